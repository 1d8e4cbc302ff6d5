"""Tickets at the desk: those whose kind one may read, in the units one works for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from api.parts import Part, Parts
from api.routes.desk.access import DeskViewer
from api.routes.desk.schemas import DeskConversation, PersonView, StaffName
from api.routes.desk.ticket_schemas import (
    AssignTicket,
    Deadline,
    MoveTicket,
    NoteOnTicket,
    RecordSubject,
    ReplyToTicket,
    StateFilter,
    TicketList,
    TicketRow,
    TicketStep,
    TicketView,
)
from api.routes.desk.views import conversation_view
from api.schemas import AttachmentView
from service.attachments.queries import material_of
from service.people.queries import employee_name, organisation_names
from service.people.staff import staff_name
from service.people.viewer import Viewer
from service.tickets import queries, rules
from service.tickets.kinds import CaseKinds
from service.tickets.queries import Filter, Row
from service.tickets.tables import Priority, State, Step, SubjectConsent, Ticket

router = APIRouter(prefix="/desk", tags=["desk"])

SNIPPET = 60
"""Characters of a description shown in the list."""


@router.get("/tickets")
def tickets(
    viewer: DeskViewer,
    parts: Part,
    state: StateFilter | None = None,
    kind: str | None = None,
    mine: Annotated[bool, Query()] = False,
    overdue: Annotated[bool, Query()] = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: str | None = None,
) -> TicketList:
    """Return the newest tickets the viewer may read; `before` is the number after which the list goes on."""
    wanted = Filter(states=_states(state), mine=mine, overdue=overdue, kind=kind, before=before, limit=limit)
    now = parts.clock.now()
    with parts.database.read() as db:
        rows, more = queries.visible_tickets(db, wanted, viewer=viewer, kinds=_kinds(parts), now=now)
        names = organisation_names(db)
        return TicketList(tickets=[_row(parts, row, names, now=now) for row in rows], more=more)


@router.get("/tickets/{number}")
def ticket(number: str, viewer: DeskViewer, parts: Part) -> TicketView:
    """Return a ticket in full; that a contact or sealed details were read goes on record."""
    return _after(parts, viewer, number, lambda _db, _now: None)


@router.post("/tickets/{number}/assign")
def assign(number: str, body: AssignTicket, viewer: DeskViewer, parts: Part) -> TicketView:
    """Give a ticket to a colleague, or take it. 409 `changed_meanwhile` when somebody was first."""
    return _after(
        parts,
        viewer,
        number,
        lambda db, now: parts.ticket_desk.assign(
            db, number, to=body.to, version=body.version, viewer=viewer, now=now
        ),
    )


@router.post("/tickets/{number}/move")
def move(number: str, body: MoveTicket, viewer: DeskViewer, parts: Part) -> TicketView:
    """Move a ticket to another state and tell the employee."""
    return _after(
        parts,
        viewer,
        number,
        lambda db, now: parts.ticket_desk.move(
            db, number, target=body.state, version=body.version, note=body.note, viewer=viewer, now=now
        ),
    )


@router.post("/tickets/{number}/subject")
def record_subject(number: str, body: RecordSubject, viewer: DeskViewer, parts: Part) -> TicketView:
    """Keep whether the colleague agrees for whom a case was filed."""
    return _after(
        parts,
        viewer,
        number,
        lambda db, now: parts.ticket_desk.record_subject(
            db, number, agrees=body.agrees, version=body.version, viewer=viewer, now=now
        ),
    )


@router.post("/tickets/{number}/reply")
def reply(number: str, body: ReplyToTicket, viewer: DeskViewer, parts: Part) -> TicketView:
    """Answer in the employee's chat. The same `client_id` again is the same answer."""
    return _after(
        parts,
        viewer,
        number,
        lambda db, now: parts.ticket_desk.reply(
            db, number, text=body.text, client_id=body.client_id, viewer=viewer, now=now
        ),
    )


@router.post("/tickets/{number}/note")
def note(number: str, body: NoteOnTicket, viewer: DeskViewer, parts: Part) -> TicketView:
    """Keep a note the employee does not see."""
    return _after(
        parts,
        viewer,
        number,
        lambda db, now: parts.ticket_desk.note(db, number, text=body.text, viewer=viewer, now=now),
    )


@router.post("/tickets/{number}/talk")
def talk(number: str, viewer: DeskViewer, parts: Part) -> DeskConversation:
    """Open the conversation with the employee and take it."""
    with parts.database.write() as db:
        chat = parts.ticket_desk.talk(db, number, viewer=viewer, now=parts.clock.now())
    with parts.database.read() as db:
        return conversation_view(parts, db, chat, viewer=viewer)


@router.get("/colleagues")
def colleagues(ticket: str, viewer: DeskViewer, parts: Part) -> list[StaffName]:
    """Return everybody a ticket can be given to."""
    with parts.database.read() as db:
        found = queries.visible_ticket(db, ticket, viewer=viewer, kinds=_kinds(parts))
        return [
            StaffName(id=staff.id, name=staff.display_name)
            for staff in queries.colleagues(db, found, _kinds(parts)[found.kind])
        ]


def _after(
    parts: Parts, viewer: Viewer, number: str, change: Callable[[Session, datetime], None]
) -> TicketView:
    """Make a change and return the ticket as it is then."""
    now = parts.clock.now()
    with parts.database.write() as db:
        change(db, now)
        return _view(parts, db, parts.ticket_desk.open(db, number, viewer=viewer, now=now), now=now)


def _kinds(parts: Parts) -> CaseKinds:
    return parts.ticket_talk.words.kinds


def _states(wanted: StateFilter | None) -> list[State] | None:
    if wanted is None:
        return None
    return sorted(rules.ACTIVE) if wanted is StateFilter.ACTIVE else [State(wanted.value)]


def _row(parts: Parts, row: Row, names: dict[str, str], *, now: datetime) -> TicketRow:
    found, kind = row.ticket, _kinds(parts)[row.ticket.kind]
    line = " ".join(found.description.split())
    state = State(found.state)
    deadline = (
        Deadline(text=kind.deadline.text, on=found.deadline_on)
        if kind.deadline is not None and found.deadline_on is not None
        else None
    )
    return TicketRow(
        number=found.number,
        kind=found.kind,
        kind_title=kind.title,
        state=state,
        priority=Priority(found.priority),
        organisation_name=names.get(found.organisation_path or ""),
        person=PersonView(known=found.employee_id is not None, name=row.person),
        assignee=(
            StaffName(id=found.assignee_id, name=row.assignee or "")
            if found.assignee_id is not None
            else None
        ),
        due_at=found.due_at,
        overdue=rules.is_overdue(state, found.due_at, now=now),
        created_at=found.created_at,
        changed_at=found.changed_at,
        summary=line if len(line) <= SNIPPET else f"{line[:SNIPPET]}…",
        urged=found.urged_at is not None and state in rules.ACTIVE,
        deadline=deadline,
        subject_consent=SubjectConsent(found.subject_consent) if found.subject_consent is not None else None,
    )


def _view(parts: Parts, db: Session, found: Ticket, *, now: datetime) -> TicketView:
    row = Row(found, employee_name(db, found.employee_id), staff_name(db, found.assignee_id))
    return TicketView(
        **dict(_row(parts, row, organisation_names(db), now=now)),
        description=found.description,
        consent=found.consent,
        details=parts.sealer.open(found.details) if found.details is not None else None,
        contact=parts.sealer.open(found.contact) if found.contact is not None else None,
        conversation_id=found.conversation_id,
        version=found.version,
        moves=rules.moves(State(found.state)),
        history=[
            TicketStep(
                at=step.at,
                kind=Step(step.kind),
                by=staff_name(db, step.staff_id),
                text=step.text,
                internal=step.internal,
            )
            for step in queries.steps_of(db, found.number, internal=True)
        ],
        attachments=[AttachmentView.of(item) for item in material_of(db, found.number)],
    )
