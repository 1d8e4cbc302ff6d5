"""Delivery of messages: what is still to be sent, and what has been handed to a browser."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.conversations.tables import Outbox, OutboxState

KEPT_FOR = timedelta(days=30)
"""How long a message waits for a browser that never came back."""


def undelivered(db: Session, conversation_ids: Collection[str]) -> list[str]:
    """Return those of the conversations that have messages nobody has fetched."""
    if not conversation_ids:
        return []
    query = select(Outbox.conversation_id).where(
        Outbox.state == OutboxState.PENDING, Outbox.conversation_id.in_(conversation_ids)
    )
    return list(db.scalars(query.distinct()))


def pending_messages(db: Session, message_ids: Collection[str]) -> list[str]:
    """Return those of the messages that are still to be sent."""
    if not message_ids:
        return []
    query = select(Outbox.message_id).where(
        Outbox.state == OutboxState.PENDING, Outbox.message_id.in_(message_ids)
    )
    return list(db.scalars(query))


def mark_delivered(db: Session, message_ids: Collection[str], *, now: datetime) -> None:
    """The messages have been handed to a browser of the employee; done again it changes nothing."""
    db.execute(
        update(Outbox)
        .where(Outbox.message_id.in_(message_ids), Outbox.state == OutboxState.PENDING)
        .values(state=OutboxState.SENT, sent_at=now, attempts=Outbox.attempts + 1)
        .execution_options(synchronize_session=False)
    )


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
