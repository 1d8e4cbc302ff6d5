"""Table of tickets."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, UtcDateTime


class State(StrEnum):
    """The life of a ticket."""

    OPEN = "open"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Ticket(Base):
    """A case: who it is about, what is asked, who works on it and until when. Text is stored masked."""

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint(
            "state IN ('open', 'assigned', 'in_progress', 'waiting', 'resolved', 'closed')", name="state"
        ),
        CheckConstraint("priority IN ('low', 'normal', 'high', 'urgent')", name="priority"),
    )

    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    conversation_id: Mapped[str | None] = mapped_column(
        ForeignKey("conversation.id", ondelete="SET NULL"), index=True
    )
    employee_id: Mapped[str | None] = mapped_column(ForeignKey("employee.id"), index=True)
    organisation_path: Mapped[str | None] = mapped_column(ForeignKey("organisation.path"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    priority: Mapped[str] = mapped_column(String(10))
    assignee_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"), index=True)
    description: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
