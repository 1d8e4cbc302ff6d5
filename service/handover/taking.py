"""Taking a conversation, writing in it and letting go of it: what an owner of it does.

Of two who take it at once one wins. The conversation's row is held first, as everywhere: two locks taken in
one order cannot wait for each other.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.conversations.messages import Author, add_message
from service.conversations.operations import close_conversation
from service.conversations.owner import change_owner, lock_conversation
from service.conversations.replies import Reply
from service.conversations.rules import check_text
from service.conversations.tables import Conversation, Message, Sender, State
from service.errors import AlreadyClaimed, NotOwner, NotWaiting
from service.handover.operations import Call, end, request
from service.handover.queries import may_take, open_handover, visible_conversation
from service.handover.tables import Ending, Handover
from service.insights.events import HandoverClaimed, StaffReplied, record
from service.people.roles import Role
from service.people.staff import staff_name
from service.people.viewer import Viewer
from service.privacy.mask import Masker


def claim(db: Session, conversation_id: str, *, viewer: Viewer, now: datetime) -> Handover:
    """Take a waiting conversation into the viewer's hands.

    Of two who try at once one wins. Raises AlreadyClaimed with the name of who has it, NotWaiting, and
    ConversationNotFound for what the viewer may not take.
    """
    chat = lock_conversation(db, conversation_id)
    taken = db.execute(
        update(Handover)
        .where(
            Handover.conversation_id == conversation_id,
            Handover.ended_at.is_(None),
            Handover.claimed_by.is_(None),
            may_take(viewer),
        )
        .values(claimed_by=viewer.staff_id, claimed_at=now)
        .returning(Handover)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).scalar_one_or_none()
    if taken is None:
        _say_why_not(db, conversation_id, viewer=viewer)
        raise NotWaiting
    sources = (State.QUEUED, State.BOT) if taken.beside else (State.QUEUED,)
    _give_to(db, chat, taken, sources=sources, staff_id=viewer.staff_id, now=now)
    return taken


def open_with(db: Session, chat: Conversation, call: Call, *, viewer: Viewer, now: datetime) -> Handover:
    """Begin a handover that is in the viewer's hands at once. Raises NotWaiting for a closed conversation.

    For who answers a case of an employee: whether the viewer may is asked of the case.
    """
    chat = lock_conversation(db, chat.id)
    handover = request(db, chat, call, now=now)
    handover.claimed_by, handover.claimed_at = viewer.staff_id, now
    _give_to(db, chat, handover, sources=(State.BOT,), staff_id=viewer.staff_id, now=now)
    return handover


def _give_to(
    db: Session,
    chat: Conversation,
    handover: Handover,
    *,
    sources: tuple[State, ...],
    staff_id: str,
    now: datetime,
) -> None:
    if not change_owner(db, chat, State.STAFF, sources=sources, now=now, staff_id=staff_id):
        raise NotWaiting
    record(
        db,
        HandoverClaimed(
            at=now,
            conversation_id=chat.id,
            organisation_path=chat.organisation_path,
            channel=chat.channel,
            topic=handover.topic,
            staff_id=staff_id,
            waited_s=round((now - handover.requested_at).total_seconds()),
        ),
    )


def _say_why_not(db: Session, conversation_id: str, *, viewer: Viewer) -> None:
    """Raise what tells the viewer why a conversation could not be taken."""
    handover = open_handover(db, conversation_id)
    if handover is not None and handover.claimed_by is not None:
        in_scope = select(Handover.id).where(Handover.id == handover.id, may_take(viewer))
        if handover.claimed_by == viewer.staff_id or db.scalars(in_scope).one_or_none() is not None:
            raise AlreadyClaimed(name=staff_name(db, handover.claimed_by))
    visible_conversation(db, conversation_id, viewer=viewer)


def say(
    db: Session,
    conversation_id: str,
    *,
    text: str,
    client_id: str,
    author: Author,
    mask: Masker,
    now: datetime,
) -> Message:
    """Write to the employee as the owner of the conversation; the same `client_id` is the same message.

    Raises NotOwner, TextEmpty, TextTooLong.
    """
    kept = mask(check_text(text))
    # Takes the conversation's row, so that it cannot change hands before the message is in it.
    owned = db.execute(
        update(Conversation)
        .where(
            Conversation.id == conversation_id,
            Conversation.state == State.STAFF,
            Conversation.staff_id == author.staff_id,
        )
        .values(version=Conversation.version)
        .returning(Conversation)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    known = db.scalars(
        select(Message).where(Message.conversation_id == conversation_id, Message.client_id == client_id)
    ).one_or_none()
    if known is not None and known.staff_id == author.staff_id:
        return known
    if owned is None:
        raise NotOwner
    message = add_message(
        db,
        conversation_id,
        sender=Sender.STAFF,
        reply=Reply(kept),
        now=now,
        author=author,
        client_id=client_id,
    )
    record(
        db,
        StaffReplied(
            at=now,
            conversation_id=conversation_id,
            organisation_path=owned.organisation_path,
            channel=owned.channel,
            staff_id=author.staff_id,
            length=len(kept),
        ),
    )
    return message


def release(
    db: Session, conversation_id: str, *, ending: Ending, viewer: Viewer, now: datetime
) -> tuple[Conversation, Handover]:
    """Give a conversation back to the bot, or end it. Its owner may, and a supervisor of its union.

    Raises ConversationNotFound, NotOwner.
    """
    chat = visible_conversation(db, conversation_id, viewer=viewer)
    handover = open_handover(db, conversation_id)
    if handover is None or handover.claimed_by is None:
        raise NotOwner
    supervises = viewer.may(Role.SUPERVISOR, handover.routed_to)
    if handover.claimed_by != viewer.staff_id and not supervises:
        raise NotOwner
    target = State.CLOSED if ending is Ending.CLOSED else State.BOT
    if target is State.CLOSED:
        close_conversation(db, chat, now=now)
    elif not change_owner(db, chat, target, sources=(State.STAFF,), now=now, held_by=handover.claimed_by):
        raise NotOwner
    end(db, chat, handover, ending=ending, staff_id=viewer.staff_id, now=now)
    return chat, handover
