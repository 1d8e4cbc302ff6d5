"""Channels through which employees reach the service."""
