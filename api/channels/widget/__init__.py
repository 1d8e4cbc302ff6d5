"""The chat page and widget: live delivery over a WebSocket."""
