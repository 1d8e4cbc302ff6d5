"""The table of attachments; their bytes are on the `Shelf`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, UtcDateTime, new_id


class Attachment(Base):
    """A picture or paper that an employee sent.

    `message_id` is the message that brought it, None until it is sent, and `place` its place there; `at` is
    when it was handed in, then when it was sent. `ticket_number` is the case it is
    material of: it stays with the case when the conversation is deleted, as the case itself does. `size` is
    in bytes and `sha256` of the content as it came. `name` is stored masked.
    """

    __tablename__ = "attachment"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str | None] = mapped_column(
        ForeignKey("conversation.id", ondelete="SET NULL"), index=True
    )
    message_id: Mapped[str | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"), index=True)
    ticket_number: Mapped[str | None] = mapped_column(
        ForeignKey("ticket.number", ondelete="SET NULL"), index=True
    )
    place: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
