"""What happens when people take over, and at the door of the desk."""

from __future__ import annotations

from dataclasses import dataclass

from service.insights.events.event import Actor, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverRequested(Event):
    """A person is called. `beside`: the bot goes on meanwhile; `routed_to` is whose union is called."""

    kind = "handover_requested"
    actor = Actor.EMPLOYEE
    reason: str
    routed_to: str
    urgent: bool
    beside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverClaimed(Event):
    kind = "handover_claimed"
    actor = Actor.STAFF
    staff_id: str
    waited_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverEscalated(Event):
    """Nobody took it in time; `level` counts how often it moved up."""

    kind = "handover_escalated"
    actor = Actor.SYSTEM
    routed_to: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverDeferred(Event):
    """The office closed before anybody took it: the bot goes on, an answer is due later."""

    kind = "handover_deferred"
    actor = Actor.SYSTEM


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverEnded(Event):
    kind = "handover_ended"
    actor = Actor.STAFF
    staff_id: str | None
    ending: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffReplied(Event):
    """`length` is in characters."""

    kind = "staff_replied"
    actor = Actor.STAFF
    staff_id: str
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCallAlerted(Event):
    """The alert for somebody in danger was given to the alert address, or was not taken there."""

    kind = "on_call_alerted"
    actor = Actor.SYSTEM
    taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeesJoined(Event):
    """Who wrote in WeChat Work turned out to be somebody the portal knows; how much has moved to the one."""

    kind = "employees_joined"
    actor = Actor.SYSTEM
    conversations: int
    tickets: int
    signups: int
    slots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSignedIn(Event):
    kind = "staff_signed_in"
    actor = Actor.STAFF
    staff_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLockedOut(Event):
    """Too many wrong passwords in a row."""

    kind = "staff_locked_out"
    actor = Actor.SYSTEM
    staff_id: str
