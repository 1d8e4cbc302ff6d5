"""One's own tickets outside the chat: those of the person whose conversation token this is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.parts import Part, Parts
from api.routes.access import ConversationToken
from api.schemas import AttachmentView, ClientId, Strict
from service.activities.people import Person, person_of
from service.attachments.queries import material_of
from service.attachments.rules import LOOSE_FOR
from service.conversations.owner import lock_conversation
from service.conversations.queries import conversation_of_token
from service.conversations.rules import TEXT_LIMIT, check_text
from service.errors import CaseKindUnknown, ConsentMissing, NobodyElseConcerned
from service.tickets.filing import bring_papers, knew_on
from service.tickets.kinds import CaseKind, Others
from service.tickets.operations import file_ticket
from service.tickets.queries import filed_before, own_ticket, own_tickets, steps_of
from service.tickets.summary import can_do
from service.tickets.tables import State, Step, SubjectConsent, Ticket

router = APIRouter(prefix="/tickets", tags=["tickets"])

Text = Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT)]


class TicketDeadline(BaseModel):
    """A time after which the law lets a claim lapse; `on` is known where a day was said."""

    text: str
    on: date | None


class OwnTicket(BaseModel):
    """`step` says in plain words how far it is; `can` is what may be done: add, urge, withdraw, object."""

    number: str
    kind: str
    kind_title: str
    state: State
    step: str
    created_at: datetime
    changed_at: datetime
    due_at: datetime | None
    deadline: TicketDeadline | None
    can: list[str]


class OwnTicketStep(BaseModel):
    at: datetime
    kind: Step
    state: State | None
    text: str | None


class OwnTicketView(OwnTicket):
    description: str
    materials: list[str]
    decides: str | None
    history: list[OwnTicketStep]
    attachments: list[AttachmentView]


class FileTicket(Strict):
    """`client_id` is the sender's own name for the filing: sent again it is the same ticket.

    `details` are health, family income or bank details and need a `consent` of their own. `subject_consent`
    stands on what is filed for a colleague: whether they agree or are still to be asked; then nothing is told
    in `details`.
    """

    client_id: ClientId
    kind: Annotated[str, Field(min_length=1, max_length=40)]
    description: Text
    consent: bool = False
    subject_consent: Literal[SubjectConsent.GIVEN, SubjectConsent.OPEN] | None = None
    details: Text | None = None
    contact: Annotated[str, Field(min_length=1, max_length=100)] | None = None


@router.get("")
def list_tickets(token: ConversationToken, parts: Part) -> list[OwnTicket]:
    """Return the person's tickets, those still worked on first, then the latest changed."""
    now = parts.clock.now()
    with parts.database.read() as db:
        chat = conversation_of_token(db, token)
        return [_row(parts, ticket, now=now) for ticket in own_tickets(db, chat)]


@router.get("/{number}")
def read_ticket(number: str, token: ConversationToken, parts: Part) -> OwnTicketView:
    """Return one of the person's own tickets with its history."""
    with parts.database.read() as db:
        return _view(parts, db, own_ticket(db, conversation_of_token(db, token), number))


@router.post("", status_code=201)
def file_own_ticket(body: FileTicket, token: ConversationToken, parts: Part) -> OwnTicketView:
    """File a case. Numbers of persons are masked in the description; contact and details are sealed.

    What was sent in the conversation within the last half hour and is no case's yet becomes its material.
    """
    now = parts.clock.now()
    kind = parts.ticket_talk.words.kinds.get(body.kind)
    if kind is None or not kind.offered:
        raise CaseKindUnknown
    if body.details is not None and (
        not body.consent or kind.sensitive is None or body.subject_consent is not None
    ):
        raise ConsentMissing
    if body.subject_consent is not None and kind.for_others is Others.NEVER:
        raise NobodyElseConcerned
    with parts.database.write() as db:
        # The row first, so that the same filing sent twice at once is found by the second.
        chat = lock_conversation(db, conversation_of_token(db, token).id)
        ticket = filed_before(db, chat, body.client_id)
        if ticket is None:
            ticket = _file(parts, db, person_of(db, chat.id), kind, body, now=now)
        return _view(parts, db, ticket)


def _file(
    parts: Parts, db: Session, person: Person, kind: CaseKind, body: FileTicket, *, now: datetime
) -> Ticket:
    description = parts.mask(check_text(body.description))
    new = parts.ticket_talk.filing.new(
        db,
        person,
        kind,
        description=description,
        knew=knew_on(description, today=parts.clock.today()),
        consent=body.consent if kind.sensitive is not None and body.subject_consent is None else None,
        subject_consent=body.subject_consent,
        details=parts.sealer.seal(body.details) if body.details is not None else None,
        contact=parts.sealer.seal(body.contact) if body.contact is not None else None,
        key=body.client_id,
        turn_id=None,
        now=now,
    )
    ticket = file_ticket(db, new, now=now)
    bring_papers(db, person.conversation_id, ticket, kind, since=now - LOOSE_FOR)
    return ticket


def _row(parts: Parts, ticket: Ticket, *, now: datetime) -> OwnTicket:
    words = parts.ticket_talk.words
    kind = words.kinds.get(ticket.kind)
    deadline = kind.deadline if kind is not None else None
    return OwnTicket(
        number=ticket.number,
        kind=ticket.kind,
        kind_title=kind.title if kind is not None else ticket.kind,
        state=State(ticket.state),
        step=words.progress(ticket, kind),
        created_at=ticket.created_at,
        changed_at=ticket.changed_at,
        due_at=ticket.due_at,
        deadline=TicketDeadline(text=deadline.text, on=ticket.deadline_on) if deadline is not None else None,
        can=list(can_do(ticket, now=now)),
    )


def _view(parts: Parts, db: Session, ticket: Ticket) -> OwnTicketView:
    kind = parts.ticket_talk.words.kinds.get(ticket.kind)
    return OwnTicketView(
        **_row(parts, ticket, now=parts.clock.now()).model_dump(),
        description=ticket.description,
        materials=kind.materials if kind is not None else [],
        decides=kind.decides if kind is not None else None,
        history=[
            OwnTicketStep(
                at=step.at,
                kind=Step(step.kind),
                state=State(step.state) if step.state is not None else None,
                text=step.text,
            )
            for step in steps_of(db, ticket.number, internal=False)
        ],
        attachments=[AttachmentView.of(item) for item in material_of(db, ticket.number)],
    )
