"""The staff console: live delivery over a WebSocket."""
