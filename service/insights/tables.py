"""Tables of the event log and of job leases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, UtcDateTime


class EventLog(Base):
    """One thing that happened. Never any text a person wrote; `data` holds the fields of its kind."""

    __tablename__ = "event_log"
    __table_args__ = (Index("ix_event_log_kind_at", "kind", "at"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(50))
    actor: Mapped[str] = mapped_column(String(10))
    conversation_id: Mapped[str | None] = mapped_column(String(32), index=True)
    turn_id: Mapped[str | None] = mapped_column(String(32))
    organisation_path: Mapped[str | None] = mapped_column(String(300))
    channel: Mapped[str | None] = mapped_column(String(20))
    topic: Mapped[str | None] = mapped_column(String(30))
    intent: Mapped[str | None] = mapped_column(String(60))
    decision: Mapped[str | None] = mapped_column(String(10))
    confidence: Mapped[float | None]
    sources: Mapped[list[str]] = mapped_column(JSON)
    model_version: Mapped[str | None] = mapped_column(String(64))
    index_version: Mapped[str | None] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)


class JobLease(Base):
    """Which process may run a periodic job now, so that replicas do not run it twice."""

    __tablename__ = "job_lease"

    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    holder: Mapped[str] = mapped_column(String(100))
    until: Mapped[datetime] = mapped_column(UtcDateTime)
