"""Where what a member of staff writes in the messenger goes, and where they are told things."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import Session

from service.conversations.messages import add_message
from service.conversations.replies import Reply
from service.conversations.tables import Conversation, Sender, State
from service.messengers import operations
from service.messengers.desk_words import Loss
from service.messengers.tables import MessengerChat, Provider, StaffTalk
from service.people.identities import WECOM
from service.people.tables import Staff, StaffIdentity


def chats_of_staff(db: Session) -> dict[str, MessengerChat]:
    """Return where each member of staff with an open account can be written to, by staff id."""
    return _last_written_in(db, Staff.active.is_(True))


def chat_of_staff(db: Session, staff_id: str) -> MessengerChat | None:
    """Return where a member of staff can be written to, None where nowhere."""
    return _last_written_in(db, StaffIdentity.staff_id == staff_id).get(staff_id)


def _last_written_in(db: Session, condition: ColumnElement[bool]) -> dict[str, MessengerChat]:
    query = (
        select(StaffIdentity.staff_id, MessengerChat)
        .join(MessengerChat, MessengerChat.userid == StaffIdentity.subject)
        .join(Staff, Staff.id == StaffIdentity.staff_id)
        .where(
            condition,
            StaffIdentity.provider == WECOM,
            MessengerChat.group_id.is_(None),
            MessengerChat.left_at.is_(None),
            # A bot may write first to nobody.
            or_(MessengerChat.wrote_at.is_not(None), MessengerChat.provider != Provider.BOT),
        )
        .order_by(MessengerChat.wrote_at.is_not(None), MessengerChat.wrote_at, MessengerChat.id)
    )
    return {row[0]: row[1] for row in db.execute(query)}  # the last one stays


def talk_of(db: Session, staff_id: str) -> StaffTalk | None:
    """Return to which conversation goes what a member of staff writes."""
    return db.get(StaffTalk, staff_id, populate_existing=True)


def begin_talk(db: Session, staff_id: str, conversation_id: str, *, now: datetime) -> None:
    """From now on what a member of staff writes goes to this conversation."""
    talk = talk_of(db, staff_id)
    if talk is None:
        db.add(StaffTalk(staff_id=staff_id, conversation_id=conversation_id, since=now))
    else:
        talk.conversation_id, talk.since = conversation_id, now
    db.flush()


def end_talk(db: Session, talk: StaffTalk) -> bool:
    """What they write does not go there any more; tell whether it still did."""
    ended = db.execute(
        delete(StaffTalk)
        .where(StaffTalk.staff_id == talk.staff_id, StaffTalk.conversation_id == talk.conversation_id)
        .returning(StaffTalk.staff_id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    db.expunge(talk)
    return ended is not None


def holds() -> ColumnElement[bool]:
    """Return the condition that the conversation of a StaffTalk is in that person's hands."""
    return and_(
        exists().where(
            Conversation.id == StaffTalk.conversation_id,
            Conversation.state == State.STAFF,
            Conversation.staff_id == StaffTalk.staff_id,
        ),
        exists().where(Staff.id == StaffTalk.staff_id, Staff.active),
    )


def is_held(db: Session, talk: StaffTalk) -> bool:
    """Tell whether the conversation of `talk` is in that person's hands now."""
    query = select(StaffTalk.staff_id).where(StaffTalk.staff_id == talk.staff_id, holds())
    return db.scalars(query).one_or_none() is not None


def loss_of(db: Session, talk: StaffTalk) -> Loss:
    """Return why the conversation of `talk` is not in that person's hands any more."""
    if not db.get_one(Staff, talk.staff_id).active:
        return Loss.ACCOUNT
    state = db.scalars(select(Conversation.state).where(Conversation.id == talk.conversation_id)).one()
    return Loss.CLOSED if state == State.CLOSED else Loss.RELEASED


def is_ones_own(conversation: Conversation, chat: MessengerChat) -> bool:
    """Tell whether a conversation is of the very person who writes in `chat`."""
    return conversation.employee_id is not None and conversation.employee_id == chat.employee_id


def is_with_a_person(db: Session, chat: MessengerChat) -> bool:
    """Tell whether in `chat` itself a colleague answers, or is waited for: they read what stands there."""
    own = operations.open_here(db, chat)
    return own is not None and own.state in (State.QUEUED, State.STAFF)


def tell(db: Session, chat: MessengerChat, reply: Reply, *, now: datetime) -> str:
    """Tell a member of staff something in their own conversation; return its id."""
    own, _ = operations.begun_here(db, chat, opening=None, now=now)
    add_message(db, own.id, sender=Sender.SYSTEM, reply=reply, now=now)
    return own.id
