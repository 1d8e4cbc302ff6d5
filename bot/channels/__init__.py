"""How messages reach Rasa."""
