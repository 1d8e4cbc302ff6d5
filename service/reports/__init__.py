"""Anonymous reports: outside any conversation, known only by a receipt code."""
