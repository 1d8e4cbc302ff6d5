"""What becomes of attachments, within the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from service.attachments.tables import Attachment
from service.conversations.tables import Message
from service.database import happened
from service.errors import AttachmentNotFound


@dataclass(frozen=True, slots=True)
class Dropped:
    """Attachments are gone; their contents are to go too."""

    ids: tuple[str, ...]


def send_along(db: Session, message: Message, attachments: Sequence[Attachment]) -> None:
    """Have `message` bring what was handed in. Raises AttachmentNotFound where another did already."""
    sent = db.execute(
        update(Attachment)
        .where(Attachment.id.in_([item.id for item in attachments]), Attachment.message_id.is_(None))
        .values(message_id=message.id, at=message.at)
        .returning(Attachment.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    if len(sent) != len(attachments):
        raise AttachmentNotFound
    for place, attachment in enumerate(attachments):
        attachment.place = place
    message.attachments = [shown_on_message(item) for item in attachments]
    db.flush()


def shown_on_message(attachment: Attachment) -> dict[str, str | int]:
    """Return what stands on a message of an attachment: contract `Message.attachments`."""
    return {
        "id": attachment.id,
        "name": attachment.name,
        "media_type": attachment.media_type,
        "size": attachment.size,
    }


def loose(db: Session, conversation_id: str, *, since: datetime) -> list[Attachment]:
    """Return what was sent in a conversation from `since` on and is no case's material yet, oldest first."""
    query = select(Attachment).where(
        Attachment.conversation_id == conversation_id,
        Attachment.message_id.is_not(None),
        Attachment.ticket_number.is_(None),
        Attachment.at >= since,
    )
    return list(db.scalars(query.order_by(Attachment.at, Attachment.place)))


def make_material(attachments: Iterable[Attachment], ticket_number: str) -> None:
    """Make attachments the material of a case."""
    for attachment in attachments:
        attachment.ticket_number = ticket_number


def take_along(db: Session, conversation_id: str, ticket_number: str, *, since: datetime) -> list[Attachment]:
    """Make what is loose in a conversation since a moment the material of a case; return it."""
    taken = loose(db, conversation_id, since=since)
    make_material(taken, ticket_number)
    db.flush()
    return taken


def forget_conversation(db: Session, conversation_id: str) -> None:
    """Drop what was sent in a conversation, except the material of cases, which stays with them."""
    gone = db.scalars(
        select(Attachment.id).where(
            Attachment.conversation_id == conversation_id, Attachment.ticket_number.is_(None)
        )
    ).all()
    drop(db, gone)


def drop(db: Session, ids: Sequence[str]) -> None:
    if ids:
        db.execute(delete(Attachment).where(Attachment.id.in_(ids)))
        happened(db, Dropped(tuple(ids)))
