"""Events: one dataclass per kind of thing that happens, written in the transaction that made it happen.

No field ever holds text a person wrote. `docs/events.md` is the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from service.database import happened
from service.insights.tables import EventLog


class Actor(StrEnum):
    """Who made it happen."""

    EMPLOYEE = "employee"
    BOT = "bot"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What every event may say. Kinds add fields of their own, which go to `data`."""

    kind: ClassVar[str]
    actor: ClassVar[Actor]

    at: datetime
    conversation_id: str | None = None
    turn_id: str | None = None
    organisation_path: str | None = None
    channel: str | None = None
    topic: str | None = None
    intent: str | None = None
    decision: str | None = None
    confidence: float | None = None
    sources: tuple[str, ...] = ()
    model_version: str | None = None
    index_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationOpened(Event):
    kind = "conversation_opened"
    actor = Actor.EMPLOYEE


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationClosed(Event):
    kind = "conversation_closed"
    actor = Actor.EMPLOYEE


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationDeleted(Event):
    kind = "conversation_deleted"
    actor = Actor.EMPLOYEE
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRated(Event):
    kind = "conversation_rated"
    actor = Actor.EMPLOYEE
    rating: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(Event):
    """`masked` tells that a personal number was taken out; `length` is in characters."""

    kind = "message_received"
    actor = Actor.EMPLOYEE
    length: int
    option: bool
    masked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered(Event):
    """Retrieval was asked in a turn; written with the effect, so once per turn and action."""

    kind = "question_answered"
    actor = Actor.BOT
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentHelpShown(Event):
    """`need` is the kind of emergency (self_harm, violence, medical, fire, unknown)."""

    kind = "urgent_help_shown"
    actor = Actor.BOT
    need: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnAnswered(Event):
    """`degraded` tells that the fallback answered; `waited_ms` runs from acceptance to the answer."""

    kind = "turn_answered"
    actor = Actor.BOT
    degraded: bool
    waited_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackGiven(Event):
    kind = "feedback_given"
    actor = Actor.EMPLOYEE
    rating: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchMade(Event):
    """A search through the programming interface, outside any conversation."""

    kind = "search_made"
    actor = Actor.EMPLOYEE
    hits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOpened(Event):
    kind = "source_opened"
    actor = Actor.EMPLOYEE


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStarted(Event):
    kind = "service_started"
    actor = Actor.SYSTEM
    resumed_turns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueLost(Event):
    """Rasa stopped answering; the fallback answers from here on."""

    kind = "dialogue_lost"
    actor = Actor.SYSTEM


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueBack(Event):
    kind = "dialogue_back"
    actor = Actor.SYSTEM


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


_COMMON = frozenset(field.name for field in fields(Event))


def record(db: Session, event: Event) -> None:
    """Write `event` within the caller's transaction; subscribers are told of it after the commit."""
    values: dict[str, Any] = {field.name: getattr(event, field.name) for field in fields(event)}
    common = {name: values.pop(name) for name in _COMMON}
    common["sources"] = list(common["sources"])
    db.add(EventLog(kind=event.kind, actor=event.actor.value, data=values, **common))
    happened(db, event)
