"""Table of handovers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, UtcDateTime, new_id


class Reason(StrEnum):
    """Why a conversation goes to a person."""

    ASKED = "asked"
    REFUSED_TWICE = "refused_twice"
    URGENT = "urgent"
    LOW_CONFIDENCE = "low_confidence"
    NEGATIVE_FEEDBACK = "negative_feedback"
    RULE = "rule"


class Ending(StrEnum):
    """How a handover ended: given back to the bot, closed, or given up by the employee."""

    HANDED_BACK = "handed_back"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class AlertState(StrEnum):
    """Where the call to the person on call stands."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class Handover(Base):
    """One passing of a conversation to staff: why, to whom it was routed and why there, and its end.

    `beside`: the bot goes on answering while a person is called (danger, or nobody at work now).
    `expected_at`: when the employee was told to expect an answer. `level`: how many times it moved up.
    """

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint(f"reason IN ({', '.join(repr(item.value) for item in Reason)})", name="reason"),
        CheckConstraint(f"ending IN ({', '.join(repr(item.value) for item in Ending)})", name="ending"),
        CheckConstraint(f"alert IN ({', '.join(repr(item.value) for item in AlertState)})", name="alert"),
        CheckConstraint("(claimed_at IS NULL) = (claimed_by IS NULL)", name="claim"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="end"),
        Index(
            "uq_handover_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_handover_waiting",
            "routed_to",
            "urgent",
            "requested_at",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    turn_id: Mapped[str | None] = mapped_column(ForeignKey("turn.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(String(20))
    routed_to: Mapped[str] = mapped_column(ForeignKey("organisation.path"))
    explanation: Mapped[str] = mapped_column(Text)
    topic: Mapped[str | None] = mapped_column(String(30))
    urgent: Mapped[bool]
    beside: Mapped[bool]
    level: Mapped[int] = mapped_column(default=0)
    ticket_number: Mapped[str | None] = mapped_column(ForeignKey("ticket.number", ondelete="SET NULL"))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    waiting_since: Mapped[datetime] = mapped_column(UtcDateTime)
    expected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ending: Mapped[str | None] = mapped_column(String(20))
    alert: Mapped[str | None] = mapped_column(String(10))
    alert_attempts: Mapped[int] = mapped_column(default=0)
    alert_next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
