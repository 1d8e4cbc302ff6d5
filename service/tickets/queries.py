"""What is asked of tickets: by those who work on them, and by those they are about."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from service.conversations.tables import Conversation
from service.errors import TicketNotFound
from service.people.queries import within
from service.people.staff import viewer_of
from service.people.tables import Employee, RoleGrant, Staff
from service.people.viewer import Viewer
from service.tickets.kinds import CaseKind, CaseKinds
from service.tickets.rules import ACTIVE
from service.tickets.tables import State, Step, Ticket, TicketStep


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket of the desk's list, with the names of who filed it and who works on it."""

    ticket: Ticket
    person: str | None
    assignee: str | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which tickets the desk asks for; `before` is the number after which the list goes on."""

    states: Collection[State] | None = None
    mine: bool = False
    overdue: bool = False
    kind: str | None = None
    before: str | None = None
    limit: int = 50


def may_read(viewer: Viewer, kinds: CaseKinds) -> ColumnElement[bool]:
    """Return the condition that the viewer may read a ticket: its kind's readers, where it was routed.

    A kind that is no longer in the data is read by nobody, because who might is not known.
    """
    by_roles: dict[tuple[object, ...], list[CaseKind]] = {}
    for kind in kinds:
        by_roles.setdefault(kind.roles, []).append(kind)
    return or_(
        false(),
        *(
            and_(
                Ticket.kind.in_([kind.id for kind in group]),
                within(Ticket.routed_to, viewer, *group[0].roles),
            )
            for group in by_roles.values()
        ),
    )


def visible_ticket(db: Session, number: str, *, viewer: Viewer, kinds: CaseKinds) -> Ticket:
    """Return a ticket the viewer may read, as it is now. Raises TicketNotFound."""
    query = select(Ticket).where(Ticket.number == number, may_read(viewer, kinds))
    ticket = db.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if ticket is None:
        raise TicketNotFound(number=number)
    return ticket


def visible_tickets(
    db: Session, wanted: Filter, *, viewer: Viewer, kinds: CaseKinds, now: datetime
) -> tuple[list[Row], bool]:
    """Return the newest tickets the viewer may read and that are wanted, and whether there are more."""
    query = (
        select(Ticket, Employee.display_name, Staff.display_name)
        .outerjoin(Employee, Employee.id == Ticket.employee_id)
        .outerjoin(Staff, Staff.id == Ticket.assignee_id)
        .where(may_read(viewer, kinds))
        .order_by(Ticket.created_at.desc(), Ticket.number.desc())
        .limit(wanted.limit + 1)
    )
    if wanted.states is not None:
        query = query.where(Ticket.state.in_(wanted.states))
    if wanted.mine:
        query = query.where(Ticket.assignee_id == viewer.staff_id)
    if wanted.overdue:
        owed = [state for state in ACTIVE if state is not State.WAITING]
        query = query.where(Ticket.due_at < now, Ticket.state.in_(owed))
    if wanted.kind is not None:
        query = query.where(Ticket.kind == wanted.kind)
    if wanted.before is not None:
        last = visible_ticket(db, wanted.before, viewer=viewer, kinds=kinds)
        query = query.where(
            or_(
                Ticket.created_at < last.created_at,
                and_(Ticket.created_at == last.created_at, Ticket.number < last.number),
            )
        )
    rows = [Row(ticket, person, assignee) for ticket, person, assignee in db.execute(query)]
    return rows[: wanted.limit], len(rows) > wanted.limit


def tickets_of_conversation(
    db: Session, conversation_id: str, *, viewer: Viewer, kinds: CaseKinds
) -> list[Ticket]:
    """Return what the viewer may read of the tickets a conversation brought, the newest first."""
    query = select(Ticket).where(Ticket.conversation_id == conversation_id, may_read(viewer, kinds))
    return list(db.scalars(query.order_by(Ticket.created_at.desc())))


def steps_of(db: Session, number: str, *, internal: bool) -> list[TicketStep]:
    """Return the history of a ticket in order, with or without what is for staff only."""
    query = select(TicketStep).where(TicketStep.ticket_number == number).order_by(TicketStep.position)
    return list(db.scalars(query if internal else query.where(TicketStep.internal.is_(False))))


def step_by_client(db: Session, number: str, client_id: str) -> TicketStep | None:
    query = select(TicketStep).where(TicketStep.ticket_number == number, TicketStep.client_id == client_id)
    return db.scalars(query).one_or_none()


def colleagues(db: Session, ticket: Ticket, kind: CaseKind) -> list[Staff]:
    """Return everybody who may work on a ticket, by name."""
    query = (
        select(Staff)
        .join(RoleGrant, RoleGrant.staff_id == Staff.id)
        .where(Staff.active, RoleGrant.role.in_(kind.roles))
        .distinct()
        .order_by(Staff.display_name, Staff.id)
    )
    return [staff for staff in db.scalars(query) if may_work_on(db, ticket, kind, staff.id)]


def may_work_on(db: Session, ticket: Ticket, kind: CaseKind, staff_id: str) -> bool:
    """Tell whether a member of staff with an open account reads tickets of this kind there."""
    staff = db.get(Staff, staff_id)
    if staff is None or not staff.active:
        return False
    viewer = viewer_of(db, staff_id)
    return any(viewer.may(role, ticket.routed_to) for role in kind.roles)


def own(chat: Conversation) -> ColumnElement[bool]:
    """Return the condition that a ticket is of the person of a conversation: the employee, wherever that
    person wrote from, or the visitor of this very conversation."""
    if chat.employee_id is not None:
        return Ticket.employee_id == chat.employee_id
    return and_(Ticket.conversation_id == chat.id, Ticket.employee_id.is_(None))


def own_tickets(db: Session, chat: Conversation, *, active: bool = False, limit: int = 50) -> list[Ticket]:
    """Return the person's tickets, those still worked on first, then the latest changed."""
    query = (
        select(Ticket)
        .where(own(chat))
        .order_by(Ticket.state.not_in(ACTIVE), Ticket.changed_at.desc(), Ticket.number)
        .limit(limit)
    )
    return list(db.scalars(query.where(Ticket.state.in_(ACTIVE)) if active else query))


def own_ticket(db: Session, chat: Conversation, number: str) -> Ticket:
    """Return one of the person's own tickets, as it is now. Raises TicketNotFound."""
    query = select(Ticket).where(Ticket.number == number, own(chat))
    ticket = db.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if ticket is None:
        raise TicketNotFound(number=number)
    return ticket


def filed_before(db: Session, chat: Conversation, key: str) -> Ticket | None:
    """Return the person's ticket that was filed under `key`, the sender's own name for the filing."""
    query = (
        select(Ticket)
        .join(TicketStep, TicketStep.ticket_number == Ticket.number)
        .where(TicketStep.kind == Step.FILED, TicketStep.client_id == key, own(chat))
    )
    return db.scalars(query).one_or_none()


def settled(db: Session, *, before: datetime) -> Iterable[str]:
    """Return the tickets whose result came before a moment and that nobody has closed."""
    return db.scalars(
        select(Ticket.number).where(Ticket.state == State.RESOLVED, Ticket.resolved_at < before)
    ).all()
