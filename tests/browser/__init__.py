"""The chat page in a real browser on the real stack, at the width of a phone and of a desk."""
