"""What is asked of the event log."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.insights.tables import EventLog


def last_topic(db: Session, conversation_id: str) -> str | None:
    """Return the topic a conversation was last about, None when it was about none."""
    query = (
        select(EventLog.topic)
        .where(EventLog.conversation_id == conversation_id, EventLog.topic.is_not(None))
        .order_by(EventLog.id.desc())
        .limit(1)
    )
    return db.scalars(query).first()
