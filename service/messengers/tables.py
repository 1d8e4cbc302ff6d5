"""Tables of messengers: where people write from, what came in, and staff who answer from there."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, UtcDateTime, new_id


class Provider(StrEnum):
    """The ways into WeChat Work: the AI bot, and the self-built app."""

    BOT = "wecom_bot"
    APP = "wecom_app"


class MessengerChat(Base):
    """A place to write to on a platform: one person, or one person's part in a group chat.

    `address` is the platform's name of the person (`userid`), with the group's name before it in a group.
    `wrote_at`: when the person wrote last; a bot may write first to nobody. `left_at`: gone from the app.
    """

    __tablename__ = "messenger_chat"
    __table_args__ = (
        UniqueConstraint("provider", "address"),
        CheckConstraint(f"provider IN ({', '.join(repr(item.value) for item in Provider)})", name="provider"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    provider: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(300))
    userid: Mapped[str] = mapped_column(String(100), index=True)
    group_id: Mapped[str | None] = mapped_column(String(190))
    employee_id: Mapped[str | None] = mapped_column(
        ForeignKey("employee.id", ondelete="SET NULL"), index=True
    )
    wrote_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Received(Base):
    """Something that came in, by the platform's own name for it: the same name again is the same thing.

    `sealed` is what the platform wrote while nobody has taken it in yet. `reply_url` is where one answer may
    be sent to (sealed); it is dropped once used or too old. `streamed`: the platform asks for the answer
    itself.
    """

    __tablename__ = "messenger_received"
    __table_args__ = (
        Index("ix_messenger_received_at", "at"),
        Index(
            "ix_messenger_received_kept",
            "at",
            sqlite_where=text("sealed IS NOT NULL"),
            postgresql_where=text("sealed IS NOT NULL"),
        ),
    )

    provider: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(150), primary_key=True)
    conversation_id: Mapped[str | None] = mapped_column(
        ForeignKey("conversation.id", ondelete="SET NULL"), index=True
    )
    turn_id: Mapped[str | None] = mapped_column(ForeignKey("turn.id", ondelete="SET NULL"), index=True)
    sealed: Mapped[str | None] = mapped_column(Text)
    reply_url: Mapped[str | None] = mapped_column(Text)
    streamed: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffTalk(Base):
    """The conversation to which what a member of staff writes in the messenger goes on."""

    __tablename__ = "messenger_staff_talk"

    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class HandoverTold(Base):
    """Staff who have been told in the messenger that somebody waits for a person."""

    __tablename__ = "messenger_handover_told"

    handover_id: Mapped[str] = mapped_column(ForeignKey("handover.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
