"""Tables of activities, sign-ups and consultation slots."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, UtcDateTime, new_id


class SignupState(StrEnum):
    JOINED = "joined"
    WAITLISTED = "waitlisted"
    CANCELLED = "cancelled"


class SlotKind(StrEnum):
    LEGAL = "legal"
    COUNSELLING = "counselling"


class Activity(Base):
    """Something the union of `organisation_path` holds; `taken` counts the seats given."""

    __tablename__ = "activity"
    __table_args__ = (
        CheckConstraint("taken BETWEEN 0 AND capacity", name="taken"),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("ends_at > starts_at", name="times"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    organisation_path: Mapped[str] = mapped_column(ForeignKey("organisation.path"), index=True)
    title: Mapped[str] = mapped_column(String(100))
    place: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    register_until: Mapped[datetime] = mapped_column(UtcDateTime)
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    description: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(default=1)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Signup(Base):
    """One person's place in an activity.

    `participant` is `e:<employee>` or, for a visitor, `c:<conversation>`. Where somebody turned out to have
    signed up twice, the one that does not count any more has `r:<its own id>`.
    """

    __tablename__ = "activity_signup"
    __table_args__ = (
        UniqueConstraint("activity_id", "participant"),
        CheckConstraint(f"state IN ({', '.join(repr(item.value) for item in SignupState)})", name="state"),
        CheckConstraint("seats > 0", name="seats"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    activity_id: Mapped[str] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    participant: Mapped[str] = mapped_column(String(40), index=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"))
    employee_id: Mapped[str | None] = mapped_column(ForeignKey("employee.id"))
    organisation_path: Mapped[str | None] = mapped_column(ForeignKey("organisation.path"))
    name: Mapped[str] = mapped_column(String(100))
    seats: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConsultationSlot(Base):
    """A time of an adviser or counsellor for one person; `name` is how that person wants to be called."""

    __tablename__ = "consultation_slot"
    __table_args__ = (
        UniqueConstraint("adviser_id", "starts_at"),
        CheckConstraint(f"kind IN ({', '.join(repr(item.value) for item in SlotKind)})", name="kind"),
        CheckConstraint("minutes BETWEEN 5 AND 480", name="minutes"),
        CheckConstraint("(booked_by IS NULL) = (booked_at IS NULL)", name="booking"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20))
    adviser_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    organisation_path: Mapped[str] = mapped_column(ForeignKey("organisation.path"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(String(200))
    booked_by: Mapped[str | None] = mapped_column(String(40), index=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"))
    employee_id: Mapped[str | None] = mapped_column(ForeignKey("employee.id"))
    name: Mapped[str | None] = mapped_column(String(100))
    booked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
