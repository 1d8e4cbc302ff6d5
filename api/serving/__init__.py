"""Starting, watching and stopping the two processes: the API (this one) and Rasa (its child)."""
