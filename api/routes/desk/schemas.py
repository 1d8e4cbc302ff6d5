"""What enters and leaves the staff API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.schemas import ClientId, ConversationState, Message, Strict
from service.conversations.rules import TEXT_LIMIT
from service.handover.tables import Ending, Reason
from service.people.roles import Role


class SignIn(Strict):
    login: Annotated[str, Field(min_length=1, max_length=100)]
    password: Annotated[str, Field(min_length=1, max_length=200)]


class ChangePassword(Strict):
    current: Annotated[str, Field(min_length=1, max_length=200)]
    new: Annotated[str, Field(min_length=1, max_length=200)]


class GrantView(BaseModel):
    role: Role
    organisation: str
    organisation_name: str


class Me(BaseModel):
    """Who is signed in, and what that person may do where."""

    id: str
    login: str
    name: str
    grants: list[GrantView]


class StaffName(BaseModel):
    id: str
    name: str


class PersonView(BaseModel):
    """An employee known by name, or a visitor."""

    known: bool
    name: str | None


class QueueItem(BaseModel):
    """A conversation that waits for a person or is in somebody's hands.

    `position` counts from 1 in the queue of `routed_to`, null beside the bot and once claimed; `unread` are
    the employee's messages since the last one of staff; `last_text` is masked and cut short, null where the
    viewer may know of the conversation without reading it.
    """

    handover_id: str
    conversation_id: str
    channel: str
    state: ConversationState
    reason: Reason
    explanation: str
    urgent: bool
    beside: bool
    position: int | None
    organisation: str | None
    organisation_name: str | None
    routed_to: str
    routed_to_name: str
    person: PersonView
    topic: str | None
    last_text: str | None
    unread: int
    requested_at: datetime
    expected_at: datetime | None
    ticket: str | None
    claimed_by: StaffName | None
    claimed_at: datetime | None


class Queue(BaseModel):
    """Urgent first, then in the order of asking."""

    waiting: list[QueueItem]
    mine: list[QueueItem]
    others: list[QueueItem]


class HandoverView(BaseModel):
    id: str
    reason: Reason
    explanation: str
    routed_to_name: str
    urgent: bool
    beside: bool
    requested_at: datetime
    claimed_at: datetime | None
    claimed_by: str | None
    ended_at: datetime | None
    ending: Ending | None


class TicketOfConversation(BaseModel):
    number: str
    kind_title: str
    state: Literal["open", "assigned", "in_progress", "waiting", "resolved", "closed"]


DeliveryState = Literal["pending", "sent", "failed", "unknown"]


class DeskMessage(Message):
    """A message as staff see it.

    `delivery` is where it stands on its way to the employee's messenger: `unknown` has perhaps arrived, null
    is for what goes to no messenger. `delivery_reason` says in words why it failed or is not known.
    """

    delivery: DeliveryState | None
    delivery_reason: str | None


class DeskConversation(BaseModel):
    """A conversation as staff see it: everything said in it, and why it came to a person."""

    id: str
    state: ConversationState
    organisation_name: str | None
    channel: str
    person: PersonView
    created_at: datetime
    read_seq: int
    staff: StaffName | None
    mine: bool
    can_claim: bool
    handovers: list[HandoverView]
    messages: list[DeskMessage]
    tickets: list[TicketOfConversation]


class WhyLine(BaseModel):
    """One part of an explanation, in words; `details` holds names and figures for whoever looks closer."""

    label: str
    texts: list[str]
    details: str | None


class MessageWhy(BaseModel):
    """Why the assistant said a message."""

    lines: list[WhyLine]


class StaffMessage(Strict):
    """`client_id` is the console's own name for the message: sent again it is the same message."""

    client_id: ClientId
    text: Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT)]


class UnitView(BaseModel):
    path: str
    name: str


class QueueFrame(BaseModel):
    """Sent at once and whenever it is another."""

    type: Literal["queue"] = "queue"
    waiting: list[QueueItem]
    mine: list[QueueItem]
    others: list[QueueItem]


class MessageDelivery(BaseModel):
    """The `delivery` of a message that has been sent to the console before."""

    message_id: str
    delivery: DeliveryState
    delivery_reason: str | None


class ConversationFrame(BaseModel):
    """News of the watched conversation; `messages` are those above the sequence number already sent.

    `deliveries` are of every message of the conversation that goes to a messenger.
    """

    type: Literal["conversation"] = "conversation"
    conversation_id: str
    state: ConversationState
    staff: StaffName | None
    read_seq: int
    messages: list[DeskMessage]
    deliveries: list[MessageDelivery]


class DeskTypingFrame(BaseModel):
    """The employee is writing."""

    type: Literal["typing"] = "typing"
    conversation_id: str


class TicketsFrame(BaseModel):
    """Something in the tickets is another: fetch them again."""

    type: Literal["tickets"] = "tickets"


class PingFrame(BaseModel):
    type: Literal["ping"] = "ping"


class DeskFrame(BaseModel):
    """Any frame of the stream; listed so that the generated client knows them."""

    frame: QueueFrame | ConversationFrame | DeskTypingFrame | TicketsFrame | PingFrame
