"""Tables of people: employees and their identities, organisations, staff and their grants."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, UtcDateTime, new_id
from service.people.roles import Role


class Organisation(Base):
    """A unit of the bank that has a union; `path` runs from the bank down (示例银行/安徽省分行)."""

    __tablename__ = "organisation"

    path: Mapped[str] = mapped_column(String(300), primary_key=True)
    parent_path: Mapped[str | None] = mapped_column(ForeignKey("organisation.path"))
    name: Mapped[str] = mapped_column(String(100))
    short_name: Mapped[str] = mapped_column(String(50))
    contact: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sample: Mapped[bool]
    active: Mapped[bool]


class Employee(Base):
    """A person who asks. Visitors have no row here."""

    __tablename__ = "employee"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    display_name: Mapped[str | None] = mapped_column(String(100))
    organisation_path: Mapped[str | None] = mapped_column(ForeignKey("organisation.path"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EmployeeIdentity(Base):
    """One way in which an employee is known: a provider (portal, wecom) and its name for the person."""

    __tablename__ = "employee_identity"
    __table_args__ = (UniqueConstraint("provider", "subject"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    employee_id: Mapped[str] = mapped_column(ForeignKey("employee.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str] = mapped_column(String(50))
    subject: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Staff(Base):
    """A union officer, adviser or administrator who may sign in to the console."""

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(100), unique=True)
    display_name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool]
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffIdentity(Base):
    """A member of staff on a messaging platform: a provider (wecom) and its name for the person."""

    __tablename__ = "staff_identity"
    __table_args__ = (UniqueConstraint("provider", "subject"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str] = mapped_column(String(50))
    subject: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RoleGrant(Base):
    """A role of a member of staff, valid in one organisation and everything below it."""

    __tablename__ = "role_grant"
    __table_args__ = (
        UniqueConstraint("staff_id", "role", "organisation_path"),
        CheckConstraint(f"role IN ({', '.join(repr(role.value) for role in Role)})", name="role"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    organisation_path: Mapped[str] = mapped_column(ForeignKey("organisation.path"))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffSession(Base):
    """A signed-in browser of a member of staff; only the hash of its token is kept."""

    __tablename__ = "staff_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
