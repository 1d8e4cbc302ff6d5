"""Table of handovers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
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


class Handover(Base):
    """One passing of a conversation to staff: why, to whom it was routed and why there, and its end."""

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint(
            "reason IN ('asked', 'refused_twice', 'urgent', 'low_confidence', 'negative_feedback', 'rule')",
            name="reason",
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(String(20))
    routed_to: Mapped[str | None] = mapped_column(ForeignKey("organisation.path"))
    explanation: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
