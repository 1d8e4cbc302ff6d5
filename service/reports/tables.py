"""Tables of anonymous reports. Days, not times: a time would tell which conversation came just before."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, new_id


class About(StrEnum):
    """What a report is about."""

    RIGHTS = "rights"
    HARASSMENT = "harassment"
    SAFETY = "safety"
    UNION_WORK = "union_work"
    OTHER = "other"


class ReportState(StrEnum):
    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"


class By(StrEnum):
    REPORTER = "reporter"
    UNION = "union"


class Report(Base):
    """A report and the hash of its receipt code. Nothing of who sent it, from where or with what."""

    __tablename__ = "anonymous_report"
    __table_args__ = (
        CheckConstraint(f"about IN ({', '.join(repr(item.value) for item in About)})", name="about"),
        CheckConstraint(f"state IN ({', '.join(repr(item.value) for item in ReportState)})", name="state"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    about: Mapped[str] = mapped_column(String(20))
    organisation_path: Mapped[str | None] = mapped_column(ForeignKey("organisation.path"))
    routed_to: Mapped[str] = mapped_column(ForeignKey("organisation.path"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    received_on: Mapped[date]
    changed_on: Mapped[date]


class ReportEntry(Base):
    """What the reporter or the union wrote, sealed, in the order of `position`."""

    __tablename__ = "report_entry"
    __table_args__ = (
        UniqueConstraint("report_id", "position"),
        CheckConstraint("by IN ('reporter', 'union')", name="by"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    report_id: Mapped[str] = mapped_column(ForeignKey("anonymous_report.id", ondelete="CASCADE"))
    position: Mapped[int]
    by: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    on: Mapped[date]
