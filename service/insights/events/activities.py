"""What happens to activities and consultation times."""

from __future__ import annotations

from dataclasses import dataclass

from service.insights.events.event import Actor, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityCreated(Event):
    kind = "activity_created"
    actor = Actor.STAFF
    activity: str
    staff_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityChanged(Event):
    """`moved` tells that time or place is another, which everyone signed up was told."""

    kind = "activity_changed"
    actor = Actor.STAFF
    activity: str
    staff_id: str
    moved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityCancelled(Event):
    """`told` people had signed up."""

    kind = "activity_cancelled"
    actor = Actor.STAFF
    activity: str
    staff_id: str
    told: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityJoined(Event):
    """`waiting` on the list, for want of a seat."""

    kind = "activity_joined"
    actor = Actor.EMPLOYEE
    activity: str
    waiting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityLeft(Event):
    kind = "activity_left"
    actor = Actor.EMPLOYEE
    activity: str
    waiting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPromoted(Event):
    """The first who waited got a seat that became free, and was told."""

    kind = "waiting_promoted"
    actor = Actor.SYSTEM
    activity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotCreated(Event):
    """`service` is legal or counselling, here and below."""

    kind = "slot_created"
    actor = Actor.STAFF
    slot: str
    service: str
    staff_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotBooked(Event):
    """No conversation stands here for counselling."""

    kind = "slot_booked"
    actor = Actor.EMPLOYEE
    slot: str
    service: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotReleased(Event):
    """No conversation stands here for counselling."""

    kind = "slot_released"
    actor = Actor.EMPLOYEE
    slot: str
    service: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotCancelled(Event):
    """`told` whoever had booked it."""

    kind = "slot_cancelled"
    actor = Actor.STAFF
    slot: str
    service: str
    staff_id: str
    told: bool
