"""What the cards cover: per topic how many there are, how they are asked for and what they rest on. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from retrieval.passages import NATIONAL, Passage
from service.knowledge.topics import TOPICS


@dataclass(frozen=True, slots=True)
class Covered:
    """The cards of one topic.

    `earlier` are versions with a last day, `unverified` have no figures because the rule could not be read,
    `laws` and `places` count what is cited: documents, and articles of them.
    """

    topic: str
    national: int
    own: int
    earlier: int
    unverified: int
    for_officers: int
    questions: int
    laws: int
    places: int
    reviewed_first: date | None

    @property
    def cards(self) -> int:
        return self.national + self.own + self.earlier


def coverage(cards: Sequence[Passage]) -> list[Covered]:
    """Return one row for each topic, in the order of the list of topics, also for those without a card."""
    return [_row(topic, [card for card in cards if card.topic == topic]) for topic in TOPICS]


def cited_laws(cards: Sequence[Passage]) -> list[tuple[str, int, int]]:
    """Return each document cited, by how many cards and in how many articles, the most cited first."""
    citing: Counter[str] = Counter()
    articles: dict[str, set[str]] = {}
    for card in cards:
        for law in {citation.law for citation in card.citations}:
            citing[law] += 1
        for citation in card.citations:
            articles.setdefault(citation.law, set()).update(filter(None, [citation.article]))
    return sorted(
        ((law, count, len(articles[law])) for law, count in citing.items()), key=lambda row: (-row[1], row[0])
    )


def _row(topic: str, cards: Sequence[Passage]) -> Covered:
    current = [card for card in cards if card.effective_to is None]
    places = {(citation.law, citation.article) for card in cards for citation in card.citations}
    return Covered(
        topic=topic,
        national=sum(card.scope == NATIONAL for card in current),
        own=sum(card.scope != NATIONAL for card in current),
        earlier=len(cards) - len(current),
        unverified=sum(not card.verified for card in cards),
        for_officers=sum(card.audience == "officers" for card in cards),
        questions=sum(len(card.questions) for card in cards),
        laws=len({law for law, _ in places}),
        places=sum(article is not None for _, article in places),
        reviewed_first=min((card.reviewed_on for card in cards if card.reviewed_on), default=None),
    )
