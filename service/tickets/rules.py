"""The life of a ticket: states, the moves between them, when an answer is due. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from service.errors import ObjectionTooLate, SubjectNotAsked, TicketMoveNotAllowed, UrgedAlready
from service.handover.hours import WorkingHours
from service.tickets.tables import State, SubjectConsent

ACTIVE = frozenset({State.OPEN, State.ASSIGNED, State.IN_PROGRESS, State.WAITING})
"""States in which somebody has still to do something."""
OBJECTION_WITHIN = timedelta(days=15)
"""How long after its result a ticket can be opened again."""


class Actor(StrEnum):
    """Who moves a ticket."""

    STAFF = "staff"
    EMPLOYEE = "employee"
    SYSTEM = "system"


MOVES: dict[Actor, dict[State, frozenset[State]]] = {
    Actor.STAFF: {
        State.OPEN: frozenset({State.ASSIGNED, State.IN_PROGRESS}),
        State.ASSIGNED: frozenset({State.OPEN, State.IN_PROGRESS, State.WAITING, State.RESOLVED}),
        State.IN_PROGRESS: frozenset({State.WAITING, State.RESOLVED}),
        State.WAITING: frozenset({State.IN_PROGRESS, State.RESOLVED}),
        State.RESOLVED: frozenset({State.IN_PROGRESS, State.CLOSED}),
    },
    # Withdrawing closes; adding what was waited for goes on; an objection opens again.
    Actor.EMPLOYEE: {
        State.OPEN: frozenset({State.CLOSED}),
        State.ASSIGNED: frozenset({State.CLOSED}),
        State.IN_PROGRESS: frozenset({State.CLOSED}),
        State.WAITING: frozenset({State.CLOSED, State.IN_PROGRESS}),
        State.RESOLVED: frozenset({State.OPEN, State.IN_PROGRESS}),
        State.CLOSED: frozenset({State.OPEN, State.IN_PROGRESS}),
    },
    Actor.SYSTEM: {State.RESOLVED: frozenset({State.CLOSED})},
}


def may_move(source: State, target: State, *, actor: Actor) -> bool:
    """Tell whether the life of a ticket lets `actor` move it from `source` to `target`."""
    return target in MOVES[actor].get(source, frozenset())


def move(source: State, target: State, *, actor: Actor) -> State:
    """Return `target` if the life of a ticket allows it. Raises TicketMoveNotAllowed."""
    if not may_move(source, target, actor=actor):
        raise TicketMoveNotAllowed(source=source, target=target)
    return target


def check_subject(consent: str | None, target: State) -> None:
    """Raise SubjectNotAsked where a case is to go on of a colleague who has not been asked."""
    if consent == SubjectConsent.OPEN and target in (State.IN_PROGRESS, State.RESOLVED):
        raise SubjectNotAsked


def moves(source: State) -> list[State]:
    """Return where staff may move a ticket; giving it to somebody is another act than moving it."""
    found = MOVES[Actor.STAFF].get(source, frozenset())
    return [state for state in State if state in found and state is not State.ASSIGNED]


def due_at(hours: WorkingHours, filed_at: datetime, *, days: int) -> datetime:
    """Return when an answer is due: the close of the `days`th working day after a ticket was filed.

    0 is the day itself; filed when nobody is there any more, the day on which somebody is next.
    """
    local = filed_at.astimezone(hours.zone)
    day = hours.next_opening(filed_at).astimezone(hours.zone).date()
    if days > 0:
        day = hours.working_days_after(local.date(), days)
    return datetime.combine(day, hours.plan.spans[-1][1], hours.zone)


def is_overdue(state: State, due: datetime | None, *, now: datetime) -> bool:
    """Tell whether the union owes an answer; while it waits for the employee it does not."""
    return due is not None and due < now and state in ACTIVE and state is not State.WAITING


def check_urge(state: State, urged_at: datetime | None, *, hours: WorkingHours, now: datetime) -> None:
    """Raise unless a ticket may be urged: once a working day, while somebody has still to do something."""
    if state not in ACTIVE:
        raise TicketMoveNotAllowed(source=state, target=state)
    if urged_at is None:
        return
    urged_on = urged_at.astimezone(hours.zone).date()
    if now.astimezone(hours.zone).date() < hours.working_days_after(urged_on, 1):
        raise UrgedAlready


def check_objection(state: State, resolved_at: datetime | None, *, now: datetime) -> None:
    """Raise unless there is a result one can still object to."""
    if state in ACTIVE or resolved_at is None:
        raise TicketMoveNotAllowed(source=state, target=State.OPEN)
    if now - resolved_at > OBJECTION_WITHIN:
        raise ObjectionTooLate(days=OBJECTION_WITHIN.days)


def years_after(day: date, years: int) -> date:
    """Return the last day of a time of `years` from `day`, which itself does not count."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February: the month's last day
        return day.replace(year=day.year + years, day=28)


def earliest_day(spans: Iterable[tuple[date, date]], *, today: date) -> date | None:
    """Return the day a time that is running is counted from: the earliest that was said, to be safe.

    A year said in passing (在行里干了十年) is no such day, nor is one ahead or so old that nothing runs.
    """
    candidates = [
        first
        for first, last in spans
        if last - first <= timedelta(days=31) and first <= today < years_after(first, 1)
    ]
    return min(candidates, default=None)
