"""What every event says, and writing one down."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

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


def record(db: Session, event: Event) -> None:
    """Write `event` within the caller's transaction; subscribers are told of it after the commit."""
    values: dict[str, Any] = {field.name: getattr(event, field.name) for field in fields(event)}
    common = {name: values.pop(name) for name in _COMMON}
    common["sources"] = list(common["sources"])
    db.add(EventLog(kind=event.kind, actor=event.actor.value, data=values, **common))
    happened(db, event)
