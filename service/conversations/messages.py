"""Appending messages: under the next number of their conversation, those to employees with their outbox."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.conversations.replies import Choice, Reply
from service.conversations.tables import (
    GROUP_CHANNEL,
    Conversation,
    Message,
    MessageSource,
    MessageWhy,
    Outbox,
    OutboxState,
    Sender,
)
from service.conversations.why import UNEXPLAINED
from service.database import happened, new_id
from service.messengers.tables import MessengerChat


@dataclass(frozen=True, slots=True)
class Appended:
    """There is another message in a conversation."""

    conversation_id: str


@dataclass(frozen=True, slots=True)
class Author:
    """A member of staff as the writer of a message: `name` is how the employee is told."""

    staff_id: str
    name: str


def add_message(
    db: Session,
    conversation_id: str,
    *,
    sender: Sender,
    reply: Reply,
    now: datetime,
    turn_id: str | None = None,
    author: Author | None = None,
    client_id: str | None = None,
) -> Message:
    """Append a message to the employee, to be sent by the conversation's channel.

    `author` and `client_id` are for messages of staff.
    """
    message = append_message(
        db,
        conversation_id,
        sender=sender,
        reply=reply,
        turn_id=turn_id,
        now=now,
        author=author,
        client_id=client_id,
    )
    send(db, message, now=now)
    return message


def send(db: Session, message: Message, *, now: datetime) -> None:
    """Have a message sent to the employee, where the conversation is.

    One that was begun on the page and goes on in a messenger is sent by the messenger's channel.
    """
    channel, chat_id, provider = db.execute(
        select(Conversation.channel, Conversation.chat_id, MessengerChat.provider)
        .outerjoin(MessengerChat, MessengerChat.id == Conversation.chat_id)
        .where(Conversation.id == message.conversation_id)
    ).one()
    db.add(
        Outbox(
            channel=channel if provider is None or channel == GROUP_CHANNEL else provider,
            conversation_id=message.conversation_id,
            message_id=message.id,
            chat_id=chat_id,
            state=OutboxState.PENDING,
            attempts=0,
            next_attempt_at=now,
            created_at=now,
        )
    )


def append_message(
    db: Session,
    conversation_id: str,
    *,
    sender: Sender,
    reply: Reply,
    turn_id: str | None,
    now: datetime,
    author: Author | None = None,
    client_id: str | None = None,
) -> Message:
    """Append a message under the conversation's next number."""
    seq = db.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(next_seq=Conversation.next_seq + 1, active_at=now)
        .returning(Conversation.next_seq - 1)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    message = Message(
        id=new_id(),
        conversation_id=conversation_id,
        turn_id=turn_id,
        seq=seq,
        sender=sender,
        text=reply.text,
        intent=reply.intent,
        decision=reply.decision,
        confidence=reply.confidence,
        citations=[asdict(cited) for cited in reply.citations],
        options=[_option(choice) for choice in reply.choices],
        attachments=[],
        staff_id=author.staff_id if author is not None else None,
        sender_name=author.name if author is not None else None,
        client_id=client_id,
        at=now,
    )
    db.add(message)
    db.flush()
    for source in {item.source_id: item for item in reply.sources}.values():
        db.add(
            MessageSource(
                message_id=message.id, source_id=source.source_id, version=source.version, kind=source.kind
            )
        )
    if reply.why != UNEXPLAINED:
        db.add(MessageWhy(message_id=message.id, why=reply.why.to_json()))
    happened(db, Appended(conversation_id))
    return message


def _option(choice: Choice) -> dict[str, str]:
    return {"id": new_id()[:12], "title": choice.title, "payload": choice.payload}
