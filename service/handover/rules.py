"""The rules of handover: when a person is called, and where a conversation goes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from service.handover.tables import Reason
from service.people.viewer import lineage

REFUSED_FROM = 3
"""Refusals in a row after which a person is called without being asked for; the second one offers it."""
DISSATISFIED_FROM = 2
"""Times in a row the employee says it did not help, or answers rated down, until a person is called."""
DISSATISFIED = frozenset({"feedback_bad", "not_what_i_meant"})


@dataclass(frozen=True, slots=True)
class Said:
    """What the bot said in one turn: what it understood and what it decided."""

    intent: str | None
    decision: str | None


def reason_to_call(turns: Sequence[Said]) -> Reason | None:
    """Return why a person is to be called after the latest of `turns` (oldest first), unasked."""
    if _in_a_row(turns, lambda said: said.intent in DISSATISFIED) >= DISSATISFIED_FROM:
        return Reason.NEGATIVE_FEEDBACK
    if _in_a_row(turns, lambda said: said.decision == "refuse") >= REFUSED_FROM:
        return Reason.LOW_CONFIDENCE
    return None


def _in_a_row(turns: Sequence[Said], holds: Callable[[Said], bool]) -> int:
    count = 0
    for said in reversed(turns):
        if not holds(said):
            break
        count += 1
    return count


class Why(StrEnum):
    """Why a conversation was routed where it was: keys of handover.why in texts/."""

    OWN = "own"
    UP = "up"
    UNKNOWN = "unknown"
    ABOVE = "above"
    ON_CALL = "on_call"
    NO_ON_CALL = "no_on_call"
    ESCALATED = "escalated"
    WIDENED = "widened"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Route:
    """Whose union answers, and why that one. `own` is the union that was passed over, if one was."""

    path: str
    why: Why
    own: str | None = None


def route(
    organisation: str | None,
    *,
    unions: Collection[str],
    staffed: Collection[str],
    root: str,
    above: bool = False,
) -> Route | None:
    """Return where a conversation goes: the nearest union above it that has staff of its own here.

    `unions` are the units with a union, `staffed` those of them with staff in this service. `above` leaves
    out the employee's own union. None when nobody above is there.
    """
    own = next((path for path in lineage(organisation) if path in unions), None)
    candidates = [path for path in lineage(organisation) if path in unions and (path != own or not above)]
    if organisation is None:
        candidates = [root]
    found = next((path for path in candidates if path in staffed), None)
    if found is None:
        return None
    if organisation is None:
        return Route(found, Why.UNKNOWN)
    if above:
        return Route(found, Why.ABOVE, own)
    return Route(found, Why.OWN if found == own else Why.UP, own)
