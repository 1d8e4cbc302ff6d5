"""Tickets: cases the union works on, and their life."""
