"""Knowledge: turning what retrieval found into an answer with its sources."""
