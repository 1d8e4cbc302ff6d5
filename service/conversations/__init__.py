"""Conversations: who owns one, its messages and turns, and what each answer rested on."""
