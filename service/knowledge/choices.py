"""What can be chosen below an answer."""

from __future__ import annotations

from retrieval.search import Hit
from service.conversations.replies import Choice

ASK_HUMAN = "/ask_human"
CHOICES = 4
"""Named choices in a question back, at most."""
_FEWEST = 2
"""A single choice would be an answer in disguise."""


def to_choose(source_id: str, title: str) -> Choice:
    """Offer a card by its title."""
    return Choice(title, f'/choose_source{{"source": "{source_id}"}}')


def worth_naming(cards: list[Hit], least: float) -> list[Hit]:
    """Return the best cards, four at most: two, and whatever else has the probability `least`."""
    return [hit for place, hit in enumerate(cards[:CHOICES]) if place < _FEWEST or hit.score >= least]
