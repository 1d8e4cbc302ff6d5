"""Tables of tickets: the case, what happened to it, and what a form holds before it is sent."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, UtcDateTime, new_id


class State(StrEnum):
    """The life of a ticket."""

    OPEN = "open"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class SubjectConsent(StrEnum):
    """How far a colleague for whom a case was filed agrees to it.

    `open`: not asked yet; `given`: who filed it says so; `confirmed` and `refused`: staff asked.
    """

    OPEN = "open"
    GIVEN = "given"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class Step(StrEnum):
    """What happened to a ticket."""

    FILED = "filed"
    ASSIGNED = "assigned"
    MOVED = "moved"
    REPLIED = "replied"
    NOTED = "noted"
    ADDED = "added"
    URGED = "urged"
    WITHDRAWN = "withdrawn"
    OBJECTED = "objected"
    AGREED = "agreed"
    DECLINED = "declined"


class Ticket(Base):
    """A case: who it is about, what is asked, who works on it and until when. Text is stored masked.

    `routed_to` is the unit whose union works on it. `details` (health, family income, bank details) and
    `contact` are sealed; `details` is there only with `consent`. `subject_consent` stands on what somebody
    filed for a colleague, nothing on what people file for themselves. `deadline_on` is the day on which the
    law lets a claim lapse, where the kind of case has one.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(item.value) for item in State)})", name="state"),
        CheckConstraint(f"priority IN ({', '.join(repr(item.value) for item in Priority)})", name="priority"),
        CheckConstraint("details IS NULL OR consent IS TRUE", name="consent"),
        CheckConstraint(
            f"subject_consent IN ({', '.join(repr(item.value) for item in SubjectConsent)})",
            name="subject_consent",
        ),
    )

    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    conversation_id: Mapped[str | None] = mapped_column(
        ForeignKey("conversation.id", ondelete="SET NULL"), index=True
    )
    employee_id: Mapped[str | None] = mapped_column(ForeignKey("employee.id"), index=True)
    organisation_path: Mapped[str | None] = mapped_column(ForeignKey("organisation.path"), index=True)
    routed_to: Mapped[str] = mapped_column(ForeignKey("organisation.path"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    priority: Mapped[str] = mapped_column(String(10))
    assignee_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"), index=True)
    description: Mapped[str] = mapped_column(Text)
    consent: Mapped[bool | None]
    subject_consent: Mapped[str | None] = mapped_column(String(10))
    details: Mapped[str | None] = mapped_column(Text)
    contact: Mapped[str | None] = mapped_column(Text)
    deadline_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    urged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TicketStep(Base):
    """One entry of a ticket's history, in the order of `position`. `internal`: for staff only."""

    __tablename__ = "ticket_step"
    __table_args__ = (
        UniqueConstraint("ticket_number", "position"),
        UniqueConstraint("ticket_number", "client_id"),
        CheckConstraint(f"kind IN ({', '.join(repr(item.value) for item in Step)})", name="kind"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    ticket_number: Mapped[str] = mapped_column(ForeignKey("ticket.number", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str | None] = mapped_column(String(20))
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str | None] = mapped_column(Text)
    internal: Mapped[bool]
    client_id: Mapped[str | None] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class TicketDraft(Base):
    """What a form in the chat must not leave with the dialogue: contact and consented details, sealed."""

    __tablename__ = "ticket_draft"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True
    )
    contact: Mapped[str | None] = mapped_column(Text)
    details: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
