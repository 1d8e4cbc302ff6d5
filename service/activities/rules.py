"""The rules of activities and slots: what they are at a moment, and what may be written. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from service.activities.tables import SlotKind
from service.errors import ActivityTimesWrong, SlotTimesWrong
from service.people.roles import Role

KEEPERS = (Role.OFFICER, Role.SUPERVISOR)
"""Who keeps the activities of an organisation."""
ADVISING = {SlotKind.LEGAL: Role.ADVISER, SlotKind.COUNSELLING: Role.COUNSELLOR}
"""Whose time a slot of each kind is, and who keeps such slots."""


class ActivityState(StrEnum):
    """`full` takes names for the waiting list; `closed` takes none any more and has not ended yet."""

    OPEN = "open"
    FULL = "full"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    OVER = "over"


class SlotState(StrEnum):
    FREE = "free"
    BOOKED = "booked"
    CANCELLED = "cancelled"
    OVER = "over"


JOINABLE = (ActivityState.OPEN, ActivityState.FULL)


class Held(Protocol):
    """What the state of an activity depends on: the table's row, or a test's own."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def register_until(self) -> datetime: ...
    @property
    def capacity(self) -> int: ...
    @property
    def taken(self) -> int: ...
    @property
    def cancelled_at(self) -> datetime | None: ...


class Offered(Protocol):
    """What the state of a slot depends on."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def booked_by(self) -> str | None: ...
    @property
    def cancelled_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class ActivityDraft:
    """What an officer writes about an activity of `organisation`."""

    organisation: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    register_until: datetime
    capacity: int
    description: str
    contact: str


@dataclass(frozen=True, slots=True)
class SlotDraft:
    """A time an adviser or counsellor offers."""

    kind: SlotKind
    starts_at: datetime
    minutes: int
    place: str
    organisation: str
    adviser_id: str


def state_of(activity: Held, now: datetime) -> ActivityState:
    if activity.cancelled_at is not None:
        return ActivityState.CANCELLED
    if activity.ends_at <= now:
        return ActivityState.OVER
    if min(activity.register_until, activity.starts_at) <= now:
        return ActivityState.CLOSED
    return ActivityState.OPEN if activity.taken < activity.capacity else ActivityState.FULL


def state_of_slot(slot: Offered, now: datetime) -> SlotState:
    if slot.cancelled_at is not None:
        return SlotState.CANCELLED
    if slot.starts_at <= now:
        return SlotState.OVER
    return SlotState.FREE if slot.booked_by is None else SlotState.BOOKED


def check_activity(draft: ActivityDraft, *, now: datetime, before: datetime | None = None) -> None:
    """Raise ActivityTimesWrong unless it ends after it begins, and registration ends by then.

    It has to be ahead too, unless it began at this time `before` the change.
    """
    ahead = draft.starts_at > now or draft.starts_at == before
    if not ahead or draft.ends_at <= draft.starts_at or draft.register_until > draft.starts_at:
        raise ActivityTimesWrong


def check_slot(draft: SlotDraft, *, now: datetime) -> None:
    """Raise SlotTimesWrong for a time that is past."""
    if draft.starts_at <= now:
        raise SlotTimesWrong


def end_of(starts_at: datetime, minutes: int) -> datetime:
    return starts_at + timedelta(minutes=minutes)
