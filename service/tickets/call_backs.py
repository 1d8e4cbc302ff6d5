"""Tickets that make sure of an answer: filed when nobody is at work, taken with their conversation."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from service.conversations.tables import Conversation
from service.people.viewer import Viewer
from service.tickets.kinds import CALL_BACK, CaseKinds
from service.tickets.operations import NewTicket, file_ticket, taken_with_conversation
from service.tickets.tables import Ticket


class CallBackTickets:
    """Files and assigns them. Threads may share this object."""

    def __init__(self, kinds: CaseKinds, zone: ZoneInfo) -> None:
        self._kinds = kinds
        self._zone = zone

    def file(
        self, db: Session, chat: Conversation, *, routed_to: str, due_at: datetime, turn_id: str | None
    ) -> str:
        """File one for an answer due at `due_at` and return its number."""
        now = chat.active_at
        new = NewTicket(
            kind=self._kinds[CALL_BACK],
            routed_to=routed_to,
            description="",
            due_at=due_at,
            filed_on=now.astimezone(self._zone).date(),
            conversation_id=chat.id,
            employee_id=chat.employee_id,
            organisation=chat.organisation_path,
            channel=chat.channel,
            turn_id=turn_id,
        )
        return file_ticket(db, new, now=now).number

    def taken(self, db: Session, number: str, *, viewer: Viewer, now: datetime) -> None:
        """The conversation a ticket was filed for is in the viewer's hands."""
        kind = self._kinds.get(db.get_one(Ticket, number).kind)
        if kind is not None:
            taken_with_conversation(db, number, kind, viewer=viewer, now=now)
