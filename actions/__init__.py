"""Custom actions: translate between Rasa's tracker and the service, nothing more."""
