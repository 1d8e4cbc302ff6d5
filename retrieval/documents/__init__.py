"""Documents as a union has them, read into blocks and understood as instruments with articles."""
