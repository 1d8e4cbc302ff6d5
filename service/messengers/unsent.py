"""What did not, or not surely, reach a messaging platform, and what people decide about it.

A send that failed for good, or of which nobody knows what became, is never repeated by itself: whoever writes
to people decides whether they shall perhaps read a thing twice, or not at all.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from service.conversations.queries import message_in
from service.conversations.tables import Message, Outbox, OutboxState, Sender, State
from service.errors import MessageNotFound, NotOwner
from service.handover.queries import visible_conversation
from service.insights.events import MessageResent, MessageSendDropped, record
from service.messengers.tables import MessengerChat
from service.people.viewer import Viewer

UNSENT = (OutboxState.FAILED, OutboxState.UNKNOWN)
DROPPED = "dropped"
"""The error of a send that somebody has decided to leave alone; it is listed no more."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """A send that waits for a decision. `id` is the outbox's; `error` is the channel's word for why."""

    id: str
    created_at: datetime
    provider: str
    userid: str
    conversation_id: str
    state: OutboxState
    error: str | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a message to a messenger stands; `error` is the channel's word for why it is not there."""

    state: OutboxState
    error: str | None


def unsent(db: Session, *, states: Collection[OutboxState], limit: int) -> list[Unsent]:
    """Return up to `limit` sends in `states` about which nobody has decided, the newest last."""
    query = (
        select(Outbox, MessengerChat)
        .join(MessengerChat, MessengerChat.id == Outbox.chat_id)
        .where(Outbox.state.in_(states), _undecided())
        .order_by(Outbox.created_at.desc(), Outbox.id)
        .limit(limit)
    )
    found = [
        Unsent(
            id=row.id,
            created_at=row.created_at,
            provider=chat.provider,
            userid=chat.userid,
            conversation_id=row.conversation_id,
            state=OutboxState(row.state),
            error=row.last_error,
            attempts=row.attempts,
        )
        for row, chat in db.execute(query)
    ]
    return found[::-1]


def count_unsent(db: Session) -> dict[OutboxState, int]:
    """Return how many sends wait for a decision, by state; a state with none is left out."""
    query = (
        select(Outbox.state, func.count())
        .where(Outbox.chat_id.is_not(None), Outbox.state.in_(UNSENT), _undecided())
        .group_by(Outbox.state)
    )
    return {OutboxState(state): count for state, count in db.execute(query)}


def send_again(db: Session, row_id: str, *, now: datetime, staff_id: str | None = None) -> bool:
    """Have a send that failed, or may have, tried once more as if it were new; tell whether it is.

    Of two who ask at once one does it; a send that waits, is under way or has arrived is left as it is.
    `staff_id` None: asked on the command line.
    """
    changed = _decide(
        db,
        row_id,
        state=OutboxState.PENDING,
        attempts=0,
        next_attempt_at=now,
        last_error=None,
        remote_id=None,
        sent_at=None,
    )
    if changed is None:
        return False
    record(
        db,
        MessageResent(
            at=now, conversation_id=changed.conversation_id, channel=changed.channel, staff_id=staff_id
        ),
    )
    return True


def drop(db: Session, row_id: str, *, now: datetime) -> bool:
    """Leave a send as it is for good: it counts as failed and is listed no more. Tell whether it is now."""
    changed = _decide(db, row_id, state=OutboxState.FAILED, last_error=DROPPED)
    if changed is None:
        return False
    record(db, MessageSendDropped(at=now, conversation_id=changed.conversation_id, channel=changed.channel))
    return True


def answer_again(
    db: Session, conversation_id: str, message_id: str, *, viewer: Viewer, now: datetime
) -> Message:
    """Send an answer of staff once more that did not surely arrive, as the owner of the conversation.

    Return the message. One that waits or has arrived is left as it is, so that pressing twice sends once.
    Raises ConversationNotFound, NotOwner, and MessageNotFound where staff did not write it to a messenger.
    """
    chat = visible_conversation(db, conversation_id, viewer=viewer)
    if chat.state != State.STAFF or chat.staff_id != viewer.staff_id:
        raise NotOwner
    message = message_in(db, conversation_id, message_id)
    row = _newest(db, message_id)
    if message.sender != Sender.STAFF or row is None:
        raise MessageNotFound
    send_again(db, row.id, now=now, staff_id=viewer.staff_id)
    return message


def deliveries(db: Session, conversation_id: str) -> dict[str, Delivery]:
    """Return where the messages of a conversation stand that go to the employee on a messenger, by their ids.

    What employees write goes to members of staff at most, and is not among them.
    """
    query = (
        select(Outbox.message_id, Outbox.state, Outbox.last_error)
        .join(Message, Message.id == Outbox.message_id)
        .where(
            Outbox.conversation_id == conversation_id,
            Outbox.chat_id.is_not(None),
            Message.sender != Sender.EMPLOYEE,
        )
        .order_by(Outbox.created_at, Outbox.id)
    )
    return {message_id: Delivery(OutboxState(state), error) for message_id, state, error in db.execute(query)}


def _undecided() -> ColumnElement[bool]:
    return func.coalesce(Outbox.last_error, "") != DROPPED


def _newest(db: Session, message_id: str) -> Outbox | None:
    query = (
        select(Outbox)
        .where(Outbox.message_id == message_id, Outbox.chat_id.is_not(None))
        .order_by(Outbox.created_at.desc(), Outbox.id.desc())
        .limit(1)
    )
    return db.scalars(query).first()


def _decide(db: Session, row_id: str, **values: object) -> Outbox | None:
    return db.execute(
        update(Outbox)
        .where(Outbox.id == row_id, Outbox.chat_id.is_not(None), Outbox.state.in_(UNSENT))
        .values(**values)
        .returning(Outbox)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).scalar_one_or_none()
