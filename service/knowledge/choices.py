"""What can be chosen below an answer."""

from __future__ import annotations

from service.conversations.replies import Choice

ASK_HUMAN = "/ask_human"


def to_choose(source_id: str, title: str) -> Choice:
    """Offer a card by its title."""
    return Choice(title, f'/choose_source{{"source": "{source_id}"}}')
