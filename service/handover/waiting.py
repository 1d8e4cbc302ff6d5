"""Who waits for too long: moving calls up, and giving them back to the bot when the office closes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from service.conversations.messages import add_message
from service.conversations.owner import lock_conversation
from service.conversations.replies import Reply
from service.conversations.tables import Conversation, Sender
from service.database import Database
from service.errors import ConversationNotFound
from service.handover import operations, rules
from service.handover.handovers import CallBacks
from service.handover.hours import WorkingHours
from service.handover.queries import TAKERS, open_handover, position, staffed
from service.handover.rules import Route, Why
from service.handover.tables import Ending, Handover
from service.handover.voice import Voice
from service.tickets.tables import State as TicketState
from service.tickets.tables import Ticket

SETTLED = (TicketState.RESOLVED, TicketState.CLOSED)
URGENT_MINUTES = 5
"""Minutes, day and night, that somebody in danger waits for the person on call before others see it too."""


class Waiting:
    """Looks after those who wait. `minutes`: working minutes until a call moves one union up."""

    def __init__(
        self,
        *,
        database: Database,
        hours: Mapping[str, WorkingHours],
        voice: Voice,
        call_backs: CallBacks,
        minutes: int,
    ) -> None:
        self._database = database
        self._hours = hours
        self._voice = voice
        self._call_backs = call_backs
        self._minutes = minutes

    def look_after(self, *, now: datetime) -> int:
        """See to every call nobody has taken; return how many were moved, put off or ended.

        What waits for the office to open is left alone: it is in the queue, and a ticket keeps its time. A
        call whose ticket has been answered meanwhile is over.
        """
        with self._database.read() as db:
            waiting = db.scalars(
                select(Handover.conversation_id).where(
                    Handover.ended_at.is_(None),
                    Handover.claimed_at.is_(None),
                    or_(Handover.beside.is_(False), Handover.urgent, Handover.ticket_number.in_(_settled())),
                )
            ).all()
        return sum(self._see_to(conversation_id, now=now) for conversation_id in waiting)

    def _see_to(self, conversation_id: str, *, now: datetime) -> bool:
        with self._database.write() as db:
            try:
                chat = lock_conversation(db, conversation_id)
            except ConversationNotFound:  # deleted meanwhile
                return False
            handover = open_handover(db, conversation_id)
            if handover is None or handover.claimed_at is not None:
                return False
            if handover.urgent:
                return self._urgent(db, handover, now=now)
            if handover.beside:
                return self._end_answered(db, chat, handover, now=now)
            hours = self._hours[handover.routed_to]
            if not hours.open_at(now):
                return self._put_off(db, chat, handover, now=now)
            if hours.working_minutes(handover.waiting_since, now) >= self._minutes:
                return self._move_up(db, chat, handover, now=now)
            return False

    def _end_answered(self, db: Session, chat: Conversation, handover: Handover, *, now: datetime) -> bool:
        ticket = db.get(Ticket, handover.ticket_number) if handover.ticket_number is not None else None
        if ticket is None or ticket.state not in SETTLED:
            return False
        operations.end(db, chat, handover, ending=Ending.CLOSED, staff_id=None, now=now)
        return True

    def _urgent(self, db: Session, handover: Handover, *, now: datetime) -> bool:
        waited = (now - handover.waiting_since).total_seconds() / 60
        if waited < URGENT_MINUTES:
            return False
        widened = handover.level == 0
        target = handover.routed_to if widened else self._above(db, handover.routed_to)
        if target is None:
            return False
        why = Why.WIDENED if widened else Why.ESCALATED
        explanation = self._explain(target, why, minutes=URGENT_MINUTES)
        return operations.escalate(db, handover, routed_to=target, explanation=explanation, now=now)

    def _move_up(self, db: Session, chat: Conversation, handover: Handover, *, now: datetime) -> bool:
        target = self._above(db, handover.routed_to)
        if target is None:
            return False
        explanation = self._explain(target, Why.ESCALATED, minutes=self._minutes)
        if not operations.escalate(db, handover, routed_to=target, explanation=explanation, now=now):
            return False
        place = position(db, handover)
        self._tell(
            db, chat, self._voice.say("escalated", union=self._voice.union(target), position=place), now
        )
        return True

    def _put_off(self, db: Session, chat: Conversation, handover: Handover, *, now: datetime) -> bool:
        expected_at = self._hours[handover.routed_to].next_opening(now)
        ticket = handover.ticket_number or self._call_backs.file(
            db, chat, routed_to=handover.routed_to, due_at=expected_at, turn_id=handover.turn_id
        )
        if not operations.defer(db, chat, handover, expected_at=expected_at, ticket=ticket, now=now):
            return False
        sentence = self._voice.deferred(handover.routed_to, expected_at=expected_at, ticket=ticket, now=now)
        self._tell(db, chat, sentence, now)
        return True

    def _above(self, db: Session, path: str) -> str | None:
        """Return the next union above that has staff here."""
        found = rules.route(
            path, unions=self._hours.keys(), staffed=staffed(db, *TAKERS), root=path, above=True
        )
        return found.path if found is not None else None

    def _explain(self, target: str, why: Why, *, minutes: int) -> str:
        return self._voice.explain(Route(target, why), target, minutes=minutes)

    def _tell(self, db: Session, chat: Conversation, sentence: str, now: datetime) -> None:
        add_message(db, chat.id, sender=Sender.SYSTEM, reply=Reply(sentence), now=now)


def _settled() -> Select[str]:
    return select(Ticket.number).where(Ticket.state.in_(SETTLED))
