"""Tickets that make sure of an answer: filed when nobody is at work, taken with their conversation."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from service.conversations.tables import Conversation
from service.people.viewer import Viewer
from service.tickets.tables import Priority, State, Ticket


class CallBackTickets:
    """Files and assigns them. Threads may share this object."""

    def file(
        self, db: Session, chat: Conversation, *, routed_to: str, due_at: datetime, turn_id: str | None
    ) -> str:
        number = f"GH{due_at:%y%m%d}-{secrets.randbelow(10000):04}"
        db.add(
            Ticket(
                number=number,
                kind="call_back",
                conversation_id=chat.id,
                employee_id=chat.employee_id,
                organisation_path=chat.organisation_path,
                routed_to=routed_to,
                state=State.OPEN,
                priority=Priority.NORMAL,
                description="",
                due_at=due_at,
                created_at=chat.active_at,
                changed_at=chat.active_at,
            )
        )
        db.flush()
        return number

    def taken(self, db: Session, number: str, *, viewer: Viewer, now: datetime) -> None:
        ticket = db.get_one(Ticket, number)
        if ticket.state == State.OPEN:
            ticket.state, ticket.assignee_id, ticket.changed_at = State.ASSIGNED, viewer.staff_id, now
