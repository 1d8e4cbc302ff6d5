"""Which cards rest on articles that a new version changed, moved or dropped, or on a document that has ended.
Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from language.law_names import name_key
from retrieval.passages import NATIONAL, Citation, Kind, Passage
from service.knowledge.documents.differences import Change, Difference
from service.people.viewer import lineage


class Effect(StrEnum):
    """What happened to the place a card cites."""

    CHANGED = "changed"
    MOVED = "moved"
    MOVED_AND_CHANGED = "moved_and_changed"
    REMOVED = "removed"
    REPEALED = "repealed"
    """The whole document has ended."""


@dataclass(frozen=True, slots=True)
class Affected:
    """A card that somebody has to compare with the new text; `moved_to` is the article's new label."""

    card: Passage
    citation: Citation
    effect: Effect
    moved_to: str | None = None


def may_rest_on(card: Passage, scope: str) -> bool:
    """Tell whether a card can mean the document of that scope by its name."""
    return scope in (NATIONAL, *(lineage(card.scope) if card.scope != NATIONAL else ()))


def affected_by(
    cards: Iterable[Passage], law: str, differences: Sequence[Difference], *, scope: str, day: date
) -> list[Affected]:
    """Return the cards in force on `day` or later that cite an article which is not as it was from then on.

    A card that cites the law as a whole is named once when anything of it changed.
    """
    old = {one.before.label: one for one in differences if one.before is not None}
    found = []
    for card, citation in _citing(cards, law, scope=scope, day=day):
        if citation.article is None:
            if differences:
                found.append(Affected(card, citation, Effect.CHANGED))
        elif (difference := old.get(citation.article)) is not None:
            found.append(Affected(card, citation, *_effect(difference)))
    return found


def affected_by_end(cards: Iterable[Passage], law: str, *, scope: str, day: date) -> list[Affected]:
    """Return the cards in force on `day` or later that cite a document which is not from then on."""
    return [
        Affected(card, citation, Effect.REPEALED)
        for card, citation in _citing(cards, law, scope=scope, day=day)
    ]


def _citing(
    cards: Iterable[Passage], law: str, *, scope: str, day: date
) -> Iterable[tuple[Passage, Citation]]:
    key = name_key(law)
    for card in cards:
        ended = card.effective_to is not None and card.effective_to < day
        if card.kind is Kind.CARD and not ended and may_rest_on(card, scope):
            for citation in dict.fromkeys(card.citations):
                if name_key(citation.law) == key:
                    yield card, citation


def _effect(difference: Difference) -> tuple[Effect, str | None]:
    after = difference.after.label if difference.after is not None else None
    match difference.change:
        case Change.MOVED:
            return Effect.MOVED, after
        case Change.MOVED_AND_CHANGED:
            return Effect.MOVED_AND_CHANGED, after
        case Change.REMOVED:
            return Effect.REMOVED, None
        case _:
            return Effect.CHANGED, None
