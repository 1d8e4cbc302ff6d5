"""Which cards and standards have ended, end soon or are due for another look. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from retrieval.passages import Passage
from service.knowledge.standards import Standard, Standards, Value

REVIEW_EVERY = timedelta(days=365)
"""A card nobody has compared with its sources for so long is due for another look."""


class State(StrEnum):
    EXPIRED = "expired"
    """It has ended and no other holds in its place today: questions about it are refused."""
    EXPIRING = "expiring"
    """It ends soon."""
    REVIEW_DUE = "review_due"
    """Nobody has compared it with its sources for a year."""


@dataclass(frozen=True, slots=True)
class Due:
    """A card that somebody has to look at, and the one that follows it, if it is written."""

    state: State
    card: Passage
    successor: Passage | None = None

    @property
    def wants_work(self) -> bool:
        """Whether something has to be done: not where a card is ready to follow without a gap."""
        return self.state is not State.EXPIRING or self.successor is None


def due_cards(cards: Sequence[Passage], *, today: date, within: timedelta) -> list[Due]:
    """Return what has ended, what ends by `today + within`, and what is due for review, in that order.

    A card that has ended is left out once another holds in its place; each card is named once.
    """
    following = {card.supersedes: card for card in cards if card.supersedes is not None}
    found = [due for card in cards if (due := _due(card, following, today, within)) is not None]
    order = list(State)
    return sorted(found, key=lambda due: (order.index(due.state), _end(due.card), due.card.id))


def _due(card: Passage, following: dict[str, Passage], today: date, within: timedelta) -> Due | None:
    end = _end(card)
    line = list(_line(card, following))
    if end < today:
        if any(one.in_force_on(today) or _end(one) < today for one in line):
            return None  # another holds now, or that other is the one that has ended
        return Due(State.EXPIRED, card, line[0] if line else None)
    if end <= today + within:
        return Due(State.EXPIRING, card, next((one for one in line if one.in_force_on(end + _DAY)), None))
    if card.reviewed_on is not None and card.reviewed_on + REVIEW_EVERY < today:
        return Due(State.REVIEW_DUE, card)
    return None


_DAY = timedelta(days=1)


def _line(card: Passage, following: dict[str, Passage]) -> Iterable[Passage]:
    """The cards that follow one after the other, the next first."""
    seen = {card.id}
    while (after := following.get(card.id)) is not None and after.id not in seen:
        seen.add(after.id)
        yield after
        card = after


def _end(card: Passage) -> date:
    return card.effective_to or date.max


@dataclass(frozen=True, slots=True)
class DueStandard:
    """A figure somebody has to look at: nothing follows it, or nobody has checked it for long."""

    state: State
    standard: Standard
    value: Value


def due_standards(standards: Standards, *, today: date, within: timedelta) -> list[DueStandard]:
    """Return the last value of each organisation that has ended or ends by `today + within`, and those in
    force that nobody has compared with their document for a year."""
    found = []
    for standard in standards.by_id.values():
        last: dict[str, Value] = {}
        for value in standard.values:
            if value.scope not in last or value.effective_from > last[value.scope].effective_from:
                last[value.scope] = value
        for value in last.values():
            end = value.effective_to or date.max
            if end < today:
                found.append(DueStandard(State.EXPIRED, standard, value))
            elif end <= today + within:
                found.append(DueStandard(State.EXPIRING, standard, value))
            elif value.reviewed_on + REVIEW_EVERY < today:
                found.append(DueStandard(State.REVIEW_DUE, standard, value))
    order = list(State)
    return sorted(found, key=lambda due: (order.index(due.state), due.standard.id, due.value.scope))
