"""Tables of confirmed questions: what was asked, what answers it, and what speaks for that."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, UtcDateTime, new_id


class ConfirmedQuestion(Base):
    """A question, masked, and the source that answers it; `key` is what its spellings share.

    `organisation_path` is the unit whose answers change with it: the source's own, the head office for a
    national one. `chosen` and `liked` count the conversations that speak for it. `decided_by` is None where
    an administrator decided on the command line.
    """

    __tablename__ = "confirmed_question"
    __table_args__ = (
        UniqueConstraint("key", "source_id"),
        CheckConstraint("state IN ('candidate', 'confirmed', 'rejected')", name="state"),
        CheckConstraint("(state = 'candidate') = (decided_at IS NULL)", name="decision"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    source_id: Mapped[str] = mapped_column(String(200))
    organisation_path: Mapped[str] = mapped_column(ForeignKey("organisation.path"))
    state: Mapped[str] = mapped_column(String(10), index=True)
    chosen: Mapped[int] = mapped_column(default=0)
    liked: Mapped[int] = mapped_column(default=0)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))


class QuestionEvidence(Base):
    """An answer that speaks for a question and its source; it goes when the message goes."""

    __tablename__ = "question_evidence"
    __table_args__ = (CheckConstraint("kind IN ('chosen', 'liked')", name="kind"),)

    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    question_id: Mapped[str] = mapped_column(
        ForeignKey("confirmed_question.id", ondelete="CASCADE"), index=True
    )
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
