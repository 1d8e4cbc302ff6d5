"""What is asked of attachments: by those who sent them, and by staff who read their conversation or case."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from service.attachments.tables import Attachment
from service.conversations.tables import Conversation
from service.errors import AttachmentNotFound, ConversationNotFound, TicketNotFound
from service.handover.queries import visible_conversation
from service.people.viewer import Viewer
from service.tickets.kinds import CaseKinds
from service.tickets.queries import own, visible_ticket
from service.tickets.tables import Ticket


def handed_in(db: Session, chat: Conversation, ids: Sequence[str]) -> list[Attachment]:
    """Return what was handed in to a conversation, each once, in the order of `ids`.

    Raises AttachmentNotFound.
    """
    query = select(Attachment).where(Attachment.id.in_(ids), Attachment.conversation_id == chat.id)
    found = {attachment.id: attachment for attachment in db.scalars(query)}
    wanted = list(dict.fromkeys(ids))
    if len(found) != len(wanted):
        raise AttachmentNotFound
    return [found[attachment_id] for attachment_id in wanted]


def own_attachment(db: Session, chat: Conversation, attachment_id: str) -> Attachment:
    """Return what the person of a conversation sent in it or to an own case. Raises AttachmentNotFound."""
    cases = select(Ticket.number).where(own(chat))
    query = select(Attachment).where(
        Attachment.id == attachment_id,
        or_(Attachment.conversation_id == chat.id, Attachment.ticket_number.in_(cases)),
    )
    attachment = db.scalars(query).one_or_none()
    if attachment is None:
        raise AttachmentNotFound
    return attachment


def visible_attachment(db: Session, attachment_id: str, *, viewer: Viewer, kinds: CaseKinds) -> Attachment:
    """Return what was sent in a conversation or for a case that the viewer may read.

    Raises AttachmentNotFound.
    """
    attachment = db.get(Attachment, attachment_id)
    if attachment is None or not _may_read(db, attachment, viewer=viewer, kinds=kinds):
        raise AttachmentNotFound
    return attachment


def _may_read(db: Session, attachment: Attachment, *, viewer: Viewer, kinds: CaseKinds) -> bool:
    if attachment.ticket_number is not None:
        try:
            visible_ticket(db, attachment.ticket_number, viewer=viewer, kinds=kinds)
        except TicketNotFound:
            pass
        else:
            return True
    if attachment.conversation_id is None or attachment.message_id is None:
        return False
    try:
        visible_conversation(db, attachment.conversation_id, viewer=viewer)
    except ConversationNotFound:
        return False
    return True


def material_of(db: Session, ticket_number: str) -> list[Attachment]:
    """Return the material of a case in the order it was sent."""
    query = select(Attachment).where(Attachment.ticket_number == ticket_number)
    return list(db.scalars(query.order_by(Attachment.at, Attachment.place)))


def count_in(db: Session, conversation_id: str) -> int:
    query = select(func.count()).where(Attachment.conversation_id == conversation_id)
    return db.scalars(query).one()


def known(db: Session, ids: Collection[str]) -> set[str]:
    """Return those of `ids` that are of an attachment."""
    return set(db.scalars(select(Attachment.id).where(Attachment.id.in_(ids))))


def abandoned(db: Session, *, unsent_before: datetime) -> list[str]:
    """Return what nobody needs: left without conversation and case, or never sent."""
    query = select(Attachment.id).where(
        Attachment.ticket_number.is_(None),
        or_(
            Attachment.conversation_id.is_(None),
            (Attachment.message_id.is_(None)) & (Attachment.at < unsent_before),
        ),
    )
    return list(db.scalars(query))
