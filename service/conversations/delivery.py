"""Delivery of messages: what is still to be sent, by which way, and what has been handed to a browser.

Whoever sends a message to a messenger begins with a compare-and-set of `sending_since`. Until then it may
still go another way: fetched by a browser it counts as sent, and the sender finds nothing to begin. From then
on only the sender says what became of it, even where a browser shows it too.

What is said in a conversation begun in a messenger goes there, also while a page shows it too.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from service.conversations.tables import (
    MESSENGER_CHANNELS,
    Conversation,
    Message,
    Outbox,
    OutboxState,
    Sender,
)

KEPT_FOR = timedelta(days=30)
"""How long a message waits for a browser that never came back."""


def undelivered(db: Session, conversation_ids: Collection[str]) -> list[str]:
    """Return those of the conversations that have messages nobody has fetched."""
    if not conversation_ids:
        return []
    query = select(Outbox.conversation_id).where(*_not_begun(), Outbox.conversation_id.in_(conversation_ids))
    return list(db.scalars(query.distinct()))


def pending_messages(db: Session, message_ids: Collection[str]) -> list[str]:
    """Return those of the messages that are still to be handed to a browser."""
    if not message_ids:
        return []
    query = select(Outbox.message_id).where(*_not_begun(), _of_pages(), Outbox.message_id.in_(message_ids))
    return list(db.scalars(query))


def mark_delivered(db: Session, message_ids: Collection[str], *, now: datetime) -> None:
    """The messages have been handed to a browser of the employee; done again it changes nothing.

    One on its way to a messenger is not sent there any more, unless sending has begun.
    """
    db.execute(
        update(Outbox)
        .where(*_not_begun(), _of_pages(), Outbox.message_id.in_(message_ids))
        .values(state=OutboxState.SENT, sent_at=now, attempts=Outbox.attempts + 1)
        .execution_options(synchronize_session=False)
    )


def move_pending(
    db: Session, conversation_id: str, *, channel: str, chat_id: str | None, since: datetime
) -> int:
    """Have what waits in a conversation from `since` on go to another place; return how many messages do.

    `chat_id` None: to the browser. What has been fetched or begun meanwhile stays what it is.
    """
    result = db.execute(
        update(Outbox)
        .where(
            *_not_begun(),
            Outbox.conversation_id == conversation_id,
            Outbox.chat_id.is_distinct_from(chat_id),
            Outbox.created_at >= since,
        )
        .values(channel=channel, chat_id=chat_id)
        .returning(Outbox.id)
        .execution_options(synchronize_session=False)
    )
    return len(result.all())


def _not_begun() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of messages to an employee that nobody has sent or begun to send.

    An employee's own message stands in the outbox only on its way to the member of staff who answers.
    """
    to_staff = select(Message.id).where(Message.id == Outbox.message_id, Message.sender == Sender.EMPLOYEE)
    return Outbox.state == OutboxState.PENDING, Outbox.sending_since.is_(None), ~to_staff.exists()


def give_up_old(db: Session, *, now: datetime) -> int:
    """Stop waiting for browsers that never came back; return for how many messages."""
    result = db.execute(
        update(Outbox)
        .where(Outbox.state == OutboxState.PENDING, Outbox.created_at < now - KEPT_FOR)
        .values(state=OutboxState.FAILED, last_error="never fetched")
        .returning(Outbox.id)
        .execution_options(synchronize_session=False)
    )
    return len(result.all())


def _of_pages() -> ColumnElement[bool]:
    begun_there = select(Conversation.id).where(Conversation.channel.in_(MESSENGER_CHANNELS))
    return Outbox.conversation_id.not_in(begun_there.where(Conversation.id == Outbox.conversation_id))
