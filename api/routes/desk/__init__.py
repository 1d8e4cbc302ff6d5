"""The staff API under /api/v1/desk, used by the console."""
