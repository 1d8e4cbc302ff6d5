"""Answers for a platform that asks for them, and what somebody who waits can expect."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from service.conversations.tables import Message, Outbox, OutboxState, Sender, Turn, TurnState
from service.messengers.sending import delivered


class Prospect(StrEnum):
    """What somebody who waits for the answer of a turn can expect."""

    COMES = "comes"
    """It is worked on, or it is to be sent."""
    PERSON = "person"
    """A person has taken over, and the bot says nothing more."""
    NOTHING = "nothing"
    """It is there, was given up, or the conversation is gone."""


def hand_over(db: Session, turn_id: str, *, now: datetime) -> list[Message]:
    """Give the answer of a turn to a platform that asks for it; return its messages, in order.

    None of it where it goes, or went, another way. What was handed over before is given again: who asks again
    has not got it.
    """
    theirs = select(Message.id).where(Message.turn_id == turn_id, Message.sender != Sender.EMPLOYEE)
    _handed_over(db, Outbox.message_id.in_(theirs), remote_id=turn_id, now=now)
    query = (
        select(Message)
        .join(Outbox, Outbox.message_id == Message.id)
        .where(Message.turn_id == turn_id, Outbox.state == OutboxState.SENT, Outbox.remote_id == turn_id)
        .order_by(Message.seq)
    )
    return list(db.scalars(query))


def hand_over_message(db: Session, message_id: str, *, now: datetime) -> Message | None:
    """Give a message to a platform that asks for it; None where it goes, or went, another way."""
    moved = _handed_over(db, Outbox.message_id == message_id, remote_id=None, now=now)
    return db.get(Message, message_id) if moved else None


def leave_to_platform(db: Session, message_id: str, *, until: datetime) -> None:
    """Have a message wait `until` then for the platform to ask for it, before it is sent."""
    db.execute(
        update(Outbox)
        .where(Outbox.message_id == message_id, Outbox.state == OutboxState.PENDING)
        .values(next_attempt_at=until)
        .execution_options(synchronize_session=False)
    )


def _handed_over(db: Session, which: ColumnElement[bool], *, remote_id: str | None, now: datetime) -> bool:
    """Mark as sent what nobody sends just now; tell whether there was any."""
    moved = db.execute(
        update(Outbox)
        .where(
            which,
            Outbox.chat_id.is_not(None),
            Outbox.state == OutboxState.PENDING,
            Outbox.sending_since.is_(None),
        )
        .values(state=OutboxState.SENT, attempts=Outbox.attempts + 1, remote_id=remote_id, sent_at=now)
        .returning(Outbox.conversation_id)
        .execution_options(synchronize_session=False)
    )
    conversations = moved.scalars().all()
    delivered(db, conversations)
    return bool(conversations)


def prospect(db: Session, turn_id: str) -> Prospect:
    """Tell what is still to come for a turn: its answer, or the sending of it."""
    turn = db.get(Turn, turn_id)
    if turn is not None and turn.state == TurnState.ACCEPTED:
        return Prospect.COMES
    waiting = exists().where(
        Message.turn_id == turn_id,
        Message.id == Outbox.message_id,
        Outbox.chat_id > "",
        Outbox.state == OutboxState.PENDING,
    )
    if db.execute(select(waiting)).scalar_one():
        return Prospect.COMES
    return Prospect.PERSON if turn is not None and turn.state == TurnState.HUMAN else Prospect.NOTHING
