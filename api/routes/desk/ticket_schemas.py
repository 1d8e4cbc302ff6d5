"""What enters and leaves the staff API about tickets."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from api.routes.desk.schemas import PersonView, StaffName
from api.schemas import AttachmentView, ClientId, Strict
from service.conversations.rules import TEXT_LIMIT
from service.tickets.tables import Priority, State, Step, SubjectConsent

Text = Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT)]
Version = Annotated[int, Field(ge=1)]


class StateFilter(StrEnum):
    """A state, or every one in which somebody has still to do something."""

    OPEN = "open"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"
    ACTIVE = "active"


class Deadline(BaseModel):
    """A time after which the law lets a claim lapse; `on` is the last day, as far as it is known."""

    text: str
    on: date


class TicketRow(BaseModel):
    """`summary` is the beginning of the description; `urged` while it is still worked on.

    `subject_consent` stands on what somebody filed for a colleague: whether the colleague agrees.
    """

    number: str
    kind: str
    kind_title: str
    state: State
    priority: Priority
    organisation_name: str | None
    person: PersonView
    assignee: StaffName | None
    due_at: datetime | None
    overdue: bool
    created_at: datetime
    changed_at: datetime
    summary: str
    urged: bool
    deadline: Deadline | None
    subject_consent: SubjectConsent | None


class TicketList(BaseModel):
    """The newest first; `more` when there are others behind the last one."""

    tickets: list[TicketRow]
    more: bool


class TicketStep(BaseModel):
    """`by` is a member of staff, null for the employee; `internal` is not shown to the employee."""

    at: datetime
    kind: Step
    by: str | None
    text: str | None
    internal: bool


class TicketView(TicketRow):
    """A ticket in full. `details` and `contact` are unsealed here and nowhere else; reading goes on record.

    `moves` are the states it may be moved to. `version` goes back with a change: another one is a 409.
    """

    description: str
    consent: bool | None
    details: str | None
    contact: str | None
    conversation_id: str | None
    version: int
    moves: list[State]
    history: list[TicketStep]
    attachments: list[AttachmentView]


class AssignTicket(Strict):
    """`to` null: to oneself."""

    to: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    version: Version


class MoveTicket(Strict):
    """`note` is told to the employee with the change."""

    state: State
    version: Version
    note: Annotated[str, Field(max_length=TEXT_LIMIT)] | None = None


class RecordSubject(Strict):
    """`agrees`: what the colleague said for whom the case was filed."""

    agrees: bool
    version: Version


class ReplyToTicket(Strict):
    client_id: ClientId
    text: Text


class NoteOnTicket(Strict):
    text: Text
