"""What changes a ticket, within the caller's transaction: a step of its history and an event each.

Every change is a compare-and-set on state and version; a step's position is the version it made.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.errors import NobodyElseConcerned, NotAllowed, TicketMoveNotAllowed
from service.handover.hours import WorkingHours
from service.insights.events import (
    TicketAdded,
    TicketAssigned,
    TicketFiled,
    TicketMoved,
    TicketNoted,
    TicketObjected,
    TicketReplied,
    TicketSettled,
    TicketSubjectAsked,
    TicketUrged,
    TicketWithdrawn,
    record,
)
from service.people.viewer import Viewer
from service.tickets import rules
from service.tickets.history import Changed, change, keep_step, kept_already, record_of
from service.tickets.kinds import CaseKind
from service.tickets.queries import may_work_on, settled
from service.tickets.rules import ACTIVE, Actor
from service.tickets.tables import Priority, State, Step, SubjectConsent, Ticket

NUMBERS = 10_000
TRIES = 20
"""Numbers of a day that are tried before filing fails."""


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A case to file. Texts are masked, `details` and `contact` sealed; `key` names the filing."""

    kind: CaseKind
    routed_to: str
    description: str
    due_at: datetime
    filed_on: date
    conversation_id: str | None
    employee_id: str | None
    organisation: str | None
    channel: str | None = None
    turn_id: str | None = None
    consent: bool | None = None
    subject_consent: SubjectConsent | None = None
    details: str | None = None
    contact: str | None = None
    deadline_on: date | None = None
    key: str | None = None


def file_ticket(db: Session, new: NewTicket, *, now: datetime) -> Ticket:
    """File a case under a number of its own."""
    ticket = _numbered(db, new, now=now)
    keep_step(db, ticket, Changed(Step.FILED, client_id=new.key), now=now)
    record(
        db,
        TicketFiled(
            at=now,
            conversation_id=None if new.kind.confidential else new.conversation_id,
            turn_id=None if new.kind.confidential else new.turn_id,
            organisation_path=None if new.kind.confidential else new.organisation,
            channel=new.channel,
            ticket=ticket.number,
            case=new.kind.id,
            routed_to=new.routed_to,
        ),
    )
    return ticket


def add(db: Session, ticket: Ticket, kind: CaseKind, *, text: str, now: datetime) -> None:
    """Keep what the employee adds; a ticket that waited for it goes on. Raises TicketMoveNotAllowed."""
    if State(ticket.state) not in ACTIVE:
        raise TicketMoveNotAllowed(source=ticket.state, target=ticket.state)
    state = State.IN_PROGRESS if ticket.state == State.WAITING else State(ticket.state)
    change(db, ticket, Changed(Step.ADDED, text), now=now, state=state)
    record_of(db, ticket, kind, TicketAdded(at=now, ticket=ticket.number, length=len(text)))


def urge(db: Session, ticket: Ticket, kind: CaseKind, *, hours: WorkingHours, now: datetime) -> None:
    """Mark a ticket as urged. Raises TicketMoveNotAllowed, UrgedAlready."""
    rules.check_urge(State(ticket.state), ticket.urged_at, hours=hours, now=now)
    change(db, ticket, Changed(Step.URGED), now=now, urged_at=now)
    record_of(db, ticket, kind, TicketUrged(at=now, ticket=ticket.number))


def withdraw(db: Session, ticket: Ticket, kind: CaseKind, *, now: datetime) -> None:
    """Close a ticket for the employee who takes it back. Raises TicketMoveNotAllowed."""
    state = rules.move(State(ticket.state), State.CLOSED, actor=Actor.EMPLOYEE)
    change(db, ticket, Changed(Step.WITHDRAWN), now=now, state=state)
    record_of(db, ticket, kind, TicketWithdrawn(at=now, ticket=ticket.number))


def object_to_result(
    db: Session, ticket: Ticket, kind: CaseKind, *, text: str, due_at: datetime, now: datetime
) -> None:
    """Open a ticket again because its result is not accepted, with a new time to answer.

    Raises TicketMoveNotAllowed, ObjectionTooLate.
    """
    rules.check_objection(State(ticket.state), ticket.resolved_at, now=now)
    target = State.OPEN if ticket.assignee_id is None else State.IN_PROGRESS
    change(
        db,
        ticket,
        Changed(Step.OBJECTED, text),
        now=now,
        state=rules.move(State(ticket.state), target, actor=Actor.EMPLOYEE),
        resolved_at=None,
        urged_at=None,
        priority=max(Priority(ticket.priority), Priority.HIGH, key=list(Priority).index),
        due_at=due_at,
    )
    record_of(db, ticket, kind, TicketObjected(at=now, ticket=ticket.number, length=len(text)))


def assign(
    db: Session, ticket: Ticket, kind: CaseKind, *, to: str, version: int, viewer: Viewer, now: datetime
) -> None:
    """Give a ticket to a colleague, or take it. Of two at once one wins: the other gets ChangedMeanwhile.

    Raises NotAllowed for a colleague who may not read it, TicketMoveNotAllowed once it has its result.
    """
    if not may_work_on(db, ticket, kind, to):
        raise NotAllowed
    state = State(ticket.state)
    if state is State.OPEN or state not in ACTIVE:
        state = rules.move(state, State.ASSIGNED, actor=Actor.STAFF)
    changed = Changed(Step.ASSIGNED, staff_id=viewer.staff_id)
    change(db, ticket, changed, now=now, version=version, state=state, assignee_id=to)
    record_of(db, ticket, kind, TicketAssigned(at=now, ticket=ticket.number, staff_id=viewer.staff_id, to=to))


def move(
    db: Session,
    ticket: Ticket,
    kind: CaseKind,
    *,
    target: State,
    version: int,
    text: str | None,
    viewer: Viewer,
    now: datetime,
) -> None:
    """Move a ticket on, with a word for the employee.

    Raises TicketMoveNotAllowed, SubjectNotAsked, ChangedMeanwhile.
    """
    state = rules.move(State(ticket.state), target, actor=Actor.STAFF)
    rules.check_subject(ticket.subject_consent, state)
    assignee = None if state is State.OPEN else ticket.assignee_id or viewer.staff_id
    resolved_at = now if state is State.RESOLVED else ticket.resolved_at if state is State.CLOSED else None
    change(
        db,
        ticket,
        Changed(Step.MOVED, text, staff_id=viewer.staff_id),
        now=now,
        version=version,
        state=state,
        assignee_id=assignee,
        resolved_at=resolved_at,
    )
    record_of(
        db, ticket, kind, TicketMoved(at=now, ticket=ticket.number, staff_id=viewer.staff_id, state=state)
    )


def reply(
    db: Session, ticket: Ticket, kind: CaseKind, *, text: str, client_id: str, viewer: Viewer, now: datetime
) -> bool:
    """Keep an answer to the employee and tell whether it is new: the same `client_id` is the same answer."""
    if kept_already(db, ticket, client_id):
        return False
    changed = Changed(Step.REPLIED, text, staff_id=viewer.staff_id, client_id=client_id)
    change(db, ticket, changed, now=now)
    record_of(
        db,
        ticket,
        kind,
        TicketReplied(at=now, ticket=ticket.number, staff_id=viewer.staff_id, length=len(text)),
    )
    return True


def note(db: Session, ticket: Ticket, kind: CaseKind, *, text: str, viewer: Viewer, now: datetime) -> None:
    """Keep a note for staff only."""
    change(db, ticket, Changed(Step.NOTED, text, staff_id=viewer.staff_id, internal=True), now=now)
    record_of(
        db,
        ticket,
        kind,
        TicketNoted(at=now, ticket=ticket.number, staff_id=viewer.staff_id, length=len(text)),
    )


def record_subject(
    db: Session, ticket: Ticket, kind: CaseKind, *, agrees: bool, version: int, viewer: Viewer, now: datetime
) -> None:
    """Keep what the colleague said for whom a case was filed. Raises NobodyElseConcerned, ChangedMeanwhile.

    What was said may change as long as somebody works on it; who filed it learns that they were asked only.
    """
    if ticket.subject_consent is None:
        raise NobodyElseConcerned
    if State(ticket.state) not in ACTIVE:
        raise TicketMoveNotAllowed(source=ticket.state, target=ticket.state)
    consent = SubjectConsent.CONFIRMED if agrees else SubjectConsent.REFUSED
    changed = Changed(Step.AGREED if agrees else Step.DECLINED, staff_id=viewer.staff_id, internal=True)
    change(db, ticket, changed, now=now, version=version, subject_consent=consent)
    record_of(
        db,
        ticket,
        kind,
        TicketSubjectAsked(at=now, ticket=ticket.number, staff_id=viewer.staff_id, agrees=agrees),
    )


def taken_with_conversation(
    db: Session, number: str, kind: CaseKind, *, viewer: Viewer, now: datetime
) -> None:
    """The conversation a ticket was filed for is in the viewer's hands, and so is the ticket."""
    ticket = db.get_one(Ticket, number)
    if ticket.state != State.OPEN:
        return
    changed = Changed(Step.ASSIGNED, staff_id=viewer.staff_id)
    change(db, ticket, changed, now=now, state=State.ASSIGNED, assignee_id=viewer.staff_id)
    record_of(
        db,
        ticket,
        kind,
        TicketAssigned(at=now, ticket=number, staff_id=viewer.staff_id, to=viewer.staff_id),
    )


def close_settled(db: Session, *, now: datetime) -> None:
    """Close every ticket to whose result nobody has objected in time."""
    for number in settled(db, before=now - rules.OBJECTION_WITHIN):
        ticket = db.get_one(Ticket, number)
        state = rules.move(State(ticket.state), State.CLOSED, actor=Actor.SYSTEM)
        change(db, ticket, Changed(Step.MOVED), now=now, state=state)
        record(db, TicketSettled(at=now, ticket=number))


def _numbered(db: Session, new: NewTicket, *, now: datetime) -> Ticket:
    """Store a ticket under a random number of its day; one that is taken already is tried no more."""
    for _ in range(TRIES):
        ticket = Ticket(
            number=f"GH{new.filed_on:%y%m%d}-{secrets.randbelow(NUMBERS):04}",
            kind=new.kind.id,
            conversation_id=new.conversation_id,
            employee_id=new.employee_id,
            organisation_path=new.organisation,
            routed_to=new.routed_to,
            state=State.OPEN,
            priority=Priority.URGENT if new.kind.urgent else Priority.NORMAL,
            description=new.description,
            consent=new.consent,
            subject_consent=new.subject_consent,
            details=new.details,
            contact=new.contact,
            deadline_on=new.deadline_on,
            version=1,
            due_at=new.due_at,
            created_at=now,
            changed_at=now,
        )
        try:
            with db.begin_nested():
                db.add(ticket)
        except IntegrityError:
            if db.get(Ticket, ticket.number) is None:  # something else than the number is wrong
                raise
            continue
        return ticket
    raise NumbersUsedUp


class NumbersUsedUp(Exception):
    """No free number was found for a ticket of this day."""
