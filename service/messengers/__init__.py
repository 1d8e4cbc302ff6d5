"""Messengers: people who write through a messaging platform, and the conversations they have there."""
