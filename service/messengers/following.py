"""Following people who left the page: what a person or the union says there goes on to their messenger.

It is sent once. A browser and the messenger may reach for the same message: see
`service.conversations.delivery` for who then has it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.conversations.delivery import move_pending
from service.conversations.owner import lock_conversation
from service.conversations.tables import (
    MESSENGER_CHANNELS,
    Conversation,
    Message,
    Outbox,
    OutboxState,
    Sender,
)
from service.database import Database
from service.errors import ConversationNotFound
from service.messengers import rules
from service.messengers.tables import MessengerChat
from service.messengers.telling import reachable_chat

FOLLOWED = (Sender.STAFF, Sender.SYSTEM)
"""Whose words follow; an answer of the bot waits on the page for whoever asked there."""


def follow_to_messenger(database: Database, *, now: datetime) -> int:
    """Send on what nobody fetched on the page, conversation by conversation; return in how many."""
    with database.read() as db:
        waiting = _left_behind(db, now=now)
    followed = 0
    for conversation_id in waiting:
        with database.write() as db:
            followed += _follow(db, conversation_id, now=now)
    return followed


def back_to_page(db: Session, conversation: Conversation, *, now: datetime) -> None:
    """The employee writes on the page again: what is said from here on, or still waits, is for it."""
    if conversation.chat_id is None or conversation.channel in MESSENGER_CHANNELS:
        return
    conversation.chat_id = None
    move_pending(
        db, conversation.id, channel=conversation.channel, chat_id=None, since=now - rules.FOLLOWED_FOR
    )


def _follow(db: Session, conversation_id: str, *, now: datetime) -> bool:
    try:
        conversation = lock_conversation(db, conversation_id)
    except ConversationNotFound:  # removed since it was found
        return False
    if not _left_behind(db, now=now, among=conversation_id):  # fetched since it was found
        return False
    chat = reachable_chat(db, conversation.employee_id or "")
    if chat is None:
        return False
    conversation.chat_id = chat.id
    since = now - rules.FOLLOWED_FOR
    return move_pending(db, conversation.id, channel=chat.provider, chat_id=chat.id, since=since) > 0


def _left_behind(db: Session, *, now: datetime, among: str | None = None) -> list[str]:
    """Return the conversations on the page, or the one named, with something to send on."""
    query = (
        select(Outbox.conversation_id)
        .join(Message, Message.id == Outbox.message_id)
        .join(Conversation, Conversation.id == Outbox.conversation_id)
        .join(MessengerChat, MessengerChat.employee_id == Conversation.employee_id)
        .where(
            Outbox.state == OutboxState.PENDING,
            Outbox.chat_id.is_(None),
            Outbox.created_at <= now - rules.UNFETCHED_AFTER,
            Outbox.created_at >= now - rules.FOLLOWED_FOR,
            Message.sender.in_(FOLLOWED),
            Conversation.channel.not_in(MESSENGER_CHANNELS),
        )
        .distinct()
    )
    if among is not None:
        query = query.where(Outbox.conversation_id == among)
    return list(db.scalars(query))
