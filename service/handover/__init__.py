"""Handover: a conversation passing from the bot to union staff, with its reason."""
