"""Insights: the event log from which demand, gaps and quality are counted; it holds no text."""
