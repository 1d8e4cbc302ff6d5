"""What every event says, and writing one down."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.database import happened
from service.insights.tables import EventLog


class Actor(StrEnum):
    """Who made it happen."""

    EMPLOYEE = "employee"
    BOT = "bot"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What every event may say. Kinds add fields of their own, which go to `data`."""

    kind: ClassVar[str]
    actor: ClassVar[Actor]

    at: datetime
    conversation_id: str | None = None
    turn_id: str | None = None
    organisation_path: str | None = None
    channel: str | None = None
    topic: str | None = None
    intent: str | None = None
    decision: str | None = None
    confidence: float | None = None
    sources: tuple[str, ...] = ()
    model_version: str | None = None
    index_version: str | None = None


_COMMON = frozenset(field.name for field in fields(Event))


READ_ANEW_AFTER = timedelta(hours=1)
"""Opening something again within this time is the same reading."""


def record_reading(db: Session, event: Event) -> None:
    """Write down that something was opened, unless the same is on record of just before."""
    own = {field.name: getattr(event, field.name) for field in fields(event) if field.name not in _COMMON}
    lately = select(EventLog.data).where(
        EventLog.kind == event.kind, EventLog.at > event.at - READ_ANEW_AFTER
    )
    if own not in db.scalars(lately).all():
        record(db, event)


def record(db: Session, event: Event) -> None:
    """Write `event` within the caller's transaction; subscribers are told of it after the commit."""
    values: dict[str, Any] = {field.name: getattr(event, field.name) for field in fields(event)}
    common = {name: values.pop(name) for name in _COMMON}
    common["sources"] = list(common["sources"])
    db.add(EventLog(kind=event.kind, actor=event.actor.value, data=values, **common))
    happened(db, event)
