"""Tickets at the desk: what staff do with them, and what the employee is told of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.conversations.messages import Author, add_message
from service.conversations.queries import conversation
from service.conversations.replies import Reply
from service.conversations.rules import check_text
from service.conversations.tables import Sender
from service.errors import NowhereToTalk, StaffNotFound
from service.handover.desk import Desk
from service.insights.events import TicketContactRead, record_reading
from service.messengers.telling import where_to_tell
from service.people.staff import staff_name
from service.people.viewer import Viewer
from service.privacy.mask import Masker
from service.tickets import operations
from service.tickets.kinds import CaseKind
from service.tickets.queries import visible_ticket
from service.tickets.tables import State, Ticket
from service.tickets.words import FLOW, TicketWords


class TicketDesk:
    """Gives, moves and answers tickets, within the caller's transaction. Threads may share this object.

    Every method raises TicketNotFound for what the viewer may not read.
    """

    def __init__(self, *, words: TicketWords, desk: Desk, mask: Masker) -> None:
        self._words = words
        self._desk = desk
        self._mask = mask

    def open(self, db: Session, number: str, *, viewer: Viewer, now: datetime) -> Ticket:
        """Return a ticket in full; that a sealed part of it was read goes on record."""
        ticket = self._visible(db, number, viewer)
        sealed = ticket.contact is not None or ticket.details is not None
        if sealed:
            record_reading(db, TicketContactRead(at=now, ticket=number, staff_id=viewer.staff_id))
        return ticket

    def assign(
        self, db: Session, number: str, *, to: str | None, version: int, viewer: Viewer, now: datetime
    ) -> None:
        """Give a ticket to a colleague, or take it. Raises as `operations.assign`, StaffNotFound."""
        ticket = self._visible(db, number, viewer)
        taker = to or viewer.staff_id
        name = staff_name(db, taker)
        if name is None:
            raise StaffNotFound(login=taker)
        operations.assign(db, ticket, self._kind(ticket), to=taker, version=version, viewer=viewer, now=now)
        who = self._author(db, Viewer(taker, viewer.grants), ticket).name
        self._tell(db, ticket, self._words.news(ticket, "assigned", name=who), now=now)

    def move(
        self,
        db: Session,
        number: str,
        *,
        target: State,
        version: int,
        note: str | None,
        viewer: Viewer,
        now: datetime,
    ) -> None:
        """Move a ticket on and tell the employee, with the note. Raises as `operations.move`."""
        ticket = self._visible(db, number, viewer)
        text = self._mask(check_text(note)) if note is not None and note.strip() else None
        operations.move(
            db,
            ticket,
            self._kind(ticket),
            target=target,
            version=version,
            text=text,
            viewer=viewer,
            now=now,
        )
        self._tell(db, ticket, self._words.news(ticket, target.value, text=text), now=now)

    def record_subject(
        self, db: Session, number: str, *, agrees: bool, version: int, viewer: Viewer, now: datetime
    ) -> None:
        """Keep what the colleague said for whom a case was filed. Raises as `operations.record_subject`."""
        ticket = self._visible(db, number, viewer)
        operations.record_subject(
            db, ticket, self._kind(ticket), agrees=agrees, version=version, viewer=viewer, now=now
        )

    def reply(
        self, db: Session, number: str, *, text: str, client_id: str, viewer: Viewer, now: datetime
    ) -> None:
        """Answer in the employee's chat. Raises NowhereToTalk, TextEmpty, TextTooLong."""
        ticket = self._visible(db, number, viewer)
        kept = self._mask(check_text(text))
        told = self._where(db, ticket, now=now)
        if told is None:
            raise NowhereToTalk
        kind = self._kind(ticket)
        if not operations.reply(db, ticket, kind, text=kept, client_id=client_id, viewer=viewer, now=now):
            return
        said = Reply(self._words("news.reply", number=number, text=kept), decision=FLOW)
        author = self._author(db, viewer, ticket)
        add_message(db, told, sender=Sender.STAFF, reply=said, now=now, author=author)

    def note(self, db: Session, number: str, *, text: str, viewer: Viewer, now: datetime) -> None:
        """Keep a note for staff only. Raises TextEmpty, TextTooLong."""
        ticket = self._visible(db, number, viewer)
        kept = self._mask(check_text(text))
        operations.note(db, ticket, self._kind(ticket), text=kept, viewer=viewer, now=now)

    def talk(self, db: Session, number: str, *, viewer: Viewer, now: datetime) -> str:
        """Open the conversation with the employee and return it. Raises NowhereToTalk, AlreadyClaimed."""
        ticket = self._visible(db, number, viewer)
        told = self._where(db, ticket, now=now)
        if told is None:
            raise NowhereToTalk
        self._desk.reach_out(
            db,
            conversation(db, told),
            routed_to=ticket.routed_to,
            ticket_number=number,
            viewer=viewer,
            now=now,
        )
        return told

    def _visible(self, db: Session, number: str, viewer: Viewer) -> Ticket:
        return visible_ticket(db, number, viewer=viewer, kinds=self._words.kinds)

    def _kind(self, ticket: Ticket) -> CaseKind:
        return self._words.kinds[ticket.kind]

    def _author(self, db: Session, viewer: Viewer, ticket: Ticket) -> Author:
        return self._desk.author(db, viewer, routed_to=ticket.routed_to)

    def _where(self, db: Session, ticket: Ticket, *, now: datetime) -> str | None:
        return where_to_tell(
            db, conversation_id=ticket.conversation_id, employee_id=ticket.employee_id, now=now
        )

    def _tell(self, db: Session, ticket: Ticket, news: Reply, *, now: datetime) -> None:
        told = self._where(db, ticket, now=now)
        if told is not None:
            add_message(db, told, sender=Sender.SYSTEM, reply=news, now=now)
