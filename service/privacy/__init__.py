"""Privacy: masking personal numbers before anything is stored or forwarded."""
