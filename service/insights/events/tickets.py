"""What happens to tickets."""

from __future__ import annotations

from dataclasses import dataclass

from service.insights.events.event import Actor, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFiled(Event):
    """`case` is its kind. No conversation stands here, or below, for kinds kept from the officers."""

    kind = "ticket_filed"
    actor = Actor.EMPLOYEE
    ticket: str
    case: str
    routed_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketAssigned(Event):
    """`staff_id` gave it to `to`, perhaps to oneself."""

    kind = "ticket_assigned"
    actor = Actor.STAFF
    ticket: str
    staff_id: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketMoved(Event):
    kind = "ticket_moved"
    actor = Actor.STAFF
    ticket: str
    staff_id: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketReplied(Event):
    """`length` is in characters, here and below."""

    kind = "ticket_replied"
    actor = Actor.STAFF
    ticket: str
    staff_id: str
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketNoted(Event):
    kind = "ticket_noted"
    actor = Actor.STAFF
    ticket: str
    staff_id: str
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketContactRead(Event):
    """A member of staff opened a ticket that holds a sealed contact or sealed details."""

    kind = "ticket_contact_read"
    actor = Actor.STAFF
    ticket: str
    staff_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSubjectAsked(Event):
    """A member of staff asked the colleague for whom a case was filed."""

    kind = "ticket_subject_asked"
    actor = Actor.STAFF
    ticket: str
    staff_id: str
    agrees: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketAdded(Event):
    kind = "ticket_added"
    actor = Actor.EMPLOYEE
    ticket: str
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketUrged(Event):
    kind = "ticket_urged"
    actor = Actor.EMPLOYEE
    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketWithdrawn(Event):
    kind = "ticket_withdrawn"
    actor = Actor.EMPLOYEE
    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketObjected(Event):
    """The employee does not accept the result; the ticket is open again."""

    kind = "ticket_objected"
    actor = Actor.EMPLOYEE
    ticket: str
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSettled(Event):
    """Nobody objected in time: a ticket with a result is closed."""

    kind = "ticket_settled"
    actor = Actor.SYSTEM
    ticket: str
