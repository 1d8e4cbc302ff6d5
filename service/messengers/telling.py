"""Where news reach a person: in the conversation that is being read, else in a messenger."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from service.conversations.tables import Conversation, Message, Sender, State
from service.messengers import operations, rules
from service.messengers.tables import MessengerChat, Provider


def where_to_tell(
    db: Session, *, conversation_id: str | None, employee_id: str | None, now: datetime
) -> str | None:
    """Return the conversation in which a person reads news: a visitor's own, or an employee's latest.

    Where an employee has left that one and can be written to in a messenger, it is the open one there, begun
    for it if there is none.
    """
    if employee_id is None:
        return conversation_id
    latest = _latest(db, employee_id)
    if latest is not None and _is_read(db, latest, now=now):
        return latest.id
    chat = reachable_chat(db, employee_id)
    if chat is None:
        return latest.id if latest is not None else conversation_id
    # Held, so that of two who tell at once the second finds the conversation that the first began.
    db.execute(update(MessengerChat).where(MessengerChat.id == chat.id).values(userid=MessengerChat.userid))
    current = operations.open_here(db, chat) or operations.begin(db, chat, opening=None, now=now)
    return current.id


def reachable_chat(db: Session, employee_id: str) -> MessengerChat | None:
    """Return the chat in which an employee can be written to: of several the one written in last."""
    query = (
        select(MessengerChat)
        .where(
            MessengerChat.employee_id == employee_id,
            MessengerChat.group_id.is_(None),
            MessengerChat.left_at.is_(None),
            # The bot may write first to nobody, the app to everybody who has it.
            or_(MessengerChat.provider == Provider.APP, MessengerChat.wrote_at.is_not(None)),
        )
        .order_by(MessengerChat.wrote_at.is_(None), MessengerChat.wrote_at.desc(), MessengerChat.id)
        .limit(1)
    )
    return db.scalars(query).one_or_none()


def _latest(db: Session, employee_id: str) -> Conversation | None:
    query = (
        select(Conversation)
        .where(Conversation.employee_id == employee_id)
        .order_by((Conversation.state == State.CLOSED), Conversation.active_at.desc())
        .limit(1)
    )
    return db.scalars(query).one_or_none()


def _is_read(db: Session, conversation: Conversation, *, now: datetime) -> bool:
    """Tell whether what is said in a conversation now is likely to be read there."""
    if conversation.state == State.CLOSED:
        return False
    if conversation.chat_id is not None:
        chat = db.get(MessengerChat, conversation.chat_id)
        return chat is not None and chat.left_at is None
    wrote = select(func.max(Message.at)).where(
        Message.conversation_id == conversation.id, Message.sender == Sender.EMPLOYEE
    )
    since = db.scalars(wrote).one() or conversation.created_at
    return rules.on_the_page(since, now=now)
