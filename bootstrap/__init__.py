"""Prepare a checkout to run: both Python environments, Node and the web pages. Standard library only."""
