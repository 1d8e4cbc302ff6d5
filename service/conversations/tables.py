"""Tables of conversations: messages, turns with their effects, sources of answers, feedback."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, UtcDateTime, new_id


class State(StrEnum):
    """Who owns a conversation."""

    BOT = "bot"
    QUEUED = "queued"
    STAFF = "staff"
    CLOSED = "closed"


class Sender(StrEnum):
    EMPLOYEE = "employee"
    BOT = "bot"
    STAFF = "staff"
    SYSTEM = "system"


class TurnState(StrEnum):
    """`accepted` until it has its answer; `human` when staff own the conversation and the bot is silent."""

    ACCEPTED = "accepted"
    ANSWERED = "answered"
    HUMAN = "human"


GROUP_CHANNEL = "wecom_group"
"""The channel of questions asked in a group chat, where others read along."""
MESSENGER_CHANNELS = frozenset({"wecom_bot", "wecom_app", GROUP_CHANNEL})
"""The channels of conversations begun on a messaging platform; the page's are all others."""
OPEN_IN_CHAT = "state <> 'closed' AND channel IN ('wecom_bot', 'wecom_app', 'wecom_group')"
"""In one chat of a messaging platform one conversation begun there is open at a time."""


class Conversation(Base):
    """One talk between an employee and the service. `next_seq` numbers its messages without gaps.

    `sensitive` once somebody was in danger in it: kept out of review and of training data. `chat_id`: where
    on a messaging platform its messages go; one begun there has it from the start.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        CheckConstraint("state IN ('bot', 'queued', 'staff', 'closed')", name="state"),
        CheckConstraint("(state = 'staff') = (staff_id IS NOT NULL)", name="owner"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        Index(
            "uq_conversation_open_in_chat",
            "chat_id",
            unique=True,
            sqlite_where=text(OPEN_IN_CHAT),
            postgresql_where=text(OPEN_IN_CHAT),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    organisation_path: Mapped[str | None] = mapped_column(ForeignKey("organisation.path"))
    employee_id: Mapped[str | None] = mapped_column(ForeignKey("employee.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    chat_id: Mapped[str | None] = mapped_column(ForeignKey("messenger_chat.id", ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(default=1)
    next_seq: Mapped[int] = mapped_column(default=1)
    read_seq: Mapped[int] = mapped_column(default=0)
    sensitive: Mapped[bool] = mapped_column(default=False)
    rating: Mapped[int | None]
    rating_comment: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    active_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Turn(Base):
    """An employee's message and the work on its answer.

    `client_id` is the sender's own name for the message: the same one again is the same turn. `payload`
    is what the dialogue is given: the masked text, or an option's command. `sealed` is the text as it was
    written, sealed, where masking took something out; it is dropped with the answer.
    """

    __tablename__ = "turn"
    __table_args__ = (
        UniqueConstraint("conversation_id", "client_id"),
        CheckConstraint("state IN ('accepted', 'answered', 'human')", name="state"),
        Index(
            "ix_turn_open",
            "conversation_id",
            sqlite_where=text("state = 'accepted'"),
            postgresql_where=text("state = 'accepted'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    client_id: Mapped[str] = mapped_column(String(100))
    body_hash: Mapped[str] = mapped_column(String(64))
    seq: Mapped[int]
    payload: Mapped[str] = mapped_column(Text)
    sealed: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    degraded: Mapped[bool] = mapped_column(default=False)
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TurnEffect(Base):
    """What one action did in one turn, written once: done again it returns what stands here."""

    __tablename__ = "turn_effect"

    turn_id: Mapped[str] = mapped_column(ForeignKey("turn.id", ondelete="CASCADE"), primary_key=True)
    action: Mapped[str] = mapped_column(String(100), primary_key=True)
    result: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Message(Base):
    """One message. `seq` rises strictly within a conversation; text is stored masked.

    On messages of staff stand `staff_id` and `sender_name` (who wrote, as the employee was told then) and
    `client_id` (the console's own name for the message).
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "client_id"),
        CheckConstraint("sender IN ('employee', 'bot', 'staff', 'system')", name="sender"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    turn_id: Mapped[str | None] = mapped_column(ForeignKey("turn.id", ondelete="CASCADE"), index=True)
    seq: Mapped[int]
    sender: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    intent: Mapped[str | None] = mapped_column(String(60))
    decision: Mapped[str | None] = mapped_column(String(10))
    confidence: Mapped[float | None]
    citations: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    options: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    sender_name: Mapped[str | None] = mapped_column(String(210))
    client_id: Mapped[str | None] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class MessageSource(Base):
    """Which version of which card or article a message rested on."""

    __tablename__ = "message_source"

    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    source_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    version: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(10))


class MessageWhy(Base):
    """Why a message of the bot was said, as `why.Why` writes it: for staff, beside what employees read."""

    __tablename__ = "message_why"

    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    why: Mapped[dict[str, Any]] = mapped_column(JSON)


class Feedback(Base):
    """What an employee thought of one answer; a later word replaces the earlier one."""

    __tablename__ = "feedback"
    __table_args__ = (CheckConstraint("rating IN ('up', 'down')", name="rating"),)

    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    rating: Mapped[str] = mapped_column(String(4))
    reason: Mapped[str | None] = mapped_column(String(30))
    comment: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PendingErasure(Base):
    """A deleted conversation that the dialogue has still to forget; the row goes when it has."""

    __tablename__ = "pending_erasure"

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutboxState(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Outbox(Base):
    """A message to be sent by a channel, committed with the change that caused it.

    `unknown` is a send whose result was never learnt: shown to staff, never repeated blindly. `chat_id` is
    where on a messaging platform it goes; an employee's own message there goes to the member of staff who
    answers. `sending_since`: a process has begun to send it; `remote_id` is the platform's name for it.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'sent', 'failed', 'unknown')", name="state"),
        Index("ix_outbox_due", "state", "next_attempt_at"),
        Index("ix_outbox_to_send", "state", "chat_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    channel: Mapped[str] = mapped_column(String(20))
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    chat_id: Mapped[str | None] = mapped_column(
        ForeignKey("messenger_chat.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sending_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remote_id: Mapped[str | None] = mapped_column(String(200))
    last_error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
