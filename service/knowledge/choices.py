"""What can be chosen below an answer."""

from __future__ import annotations

from retrieval.search import Hit
from service.conversations.replies import Choice

ASK_HUMAN = "/ask_human"
CHOICES = 4
"""Named choices in a question back, at most."""


def to_choose(source_id: str, title: str) -> Choice:
    """Offer a card by its title."""
    return Choice(title, f'/choose_source{{"source": "{source_id}"}}')


def worth_naming(cards: list[Hit], least: float) -> list[Hit]:
    """Return the best cards, four at most: the first, whatever else has the probability `least`, and where
    that is nothing the second, if it is on the same topic."""
    named = [hit for place, hit in enumerate(cards[:CHOICES]) if place == 0 or hit.score >= least]
    if len(named) == 1 and len(cards) > 1 and cards[1].passage.topic == cards[0].passage.topic:
        return cards[:2]
    return named
