"""The history of a ticket: every change is one compare-and-set, one step and one event.

A step's position is the version its change made.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from service.errors import ChangedMeanwhile
from service.insights.events import Event, record
from service.tickets.kinds import CaseKind
from service.tickets.queries import step_by_client
from service.tickets.tables import Step, Ticket, TicketStep


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change puts into the history. `text` is masked."""

    step: Step
    text: str | None = None
    staff_id: str | None = None
    internal: bool = False
    client_id: str | None = None


def change(
    db: Session,
    ticket: Ticket,
    changed: Changed,
    *,
    now: datetime,
    version: int | None = None,
    **values: object,
) -> None:
    """Set `values` if the ticket is as read, or at `version`, and keep the step. Raises ChangedMeanwhile."""
    seen = ticket.version if version is None else version
    made = db.execute(
        update(Ticket)
        .where(Ticket.number == ticket.number, Ticket.version == seen, Ticket.state == ticket.state)
        .values(version=Ticket.version + 1, changed_at=now, **values)
        .returning(Ticket.version)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    db.refresh(ticket)
    if made is None:
        raise ChangedMeanwhile
    keep_step(db, ticket, changed, now=now)


def keep_step(db: Session, ticket: Ticket, changed: Changed, *, now: datetime) -> None:
    db.add(
        TicketStep(
            ticket_number=ticket.number,
            position=ticket.version,
            kind=changed.step,
            state=ticket.state,
            staff_id=changed.staff_id,
            text=changed.text,
            internal=changed.internal,
            client_id=changed.client_id,
            at=now,
        )
    )
    db.flush()


def kept_already(db: Session, ticket: Ticket, client_id: str) -> bool:
    """Hold a ticket until commit and tell whether it has the step its sender calls `client_id`."""
    # The row first, so that the same answer sent twice at once is found by the second.
    db.execute(
        update(Ticket)
        .where(Ticket.number == ticket.number)
        .values(version=Ticket.version)
        .execution_options(synchronize_session=False)
    )
    db.refresh(ticket)
    return step_by_client(db, ticket.number, client_id) is not None


def record_of(db: Session, ticket: Ticket, kind: CaseKind, event: Event) -> None:
    """Record `event` with where the case belongs; a confidential one leads nobody to its person."""
    if not kind.confidential:
        event = replace(
            event, conversation_id=ticket.conversation_id, organisation_path=ticket.organisation_path
        )
    record(db, event)
