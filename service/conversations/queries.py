"""What is asked of conversations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.orm import Session

from service.conversations import rules
from service.conversations.replies import Reply, Slot
from service.conversations.tables import (
    Conversation,
    Message,
    MessageWhy,
    PendingErasure,
    Sender,
    Turn,
    TurnEffect,
    TurnState,
)
from service.conversations.why import Why
from service.errors import ConversationNotFound, MessageNotFound, OptionNotOffered, TokenInvalid


def conversation(db: Session, conversation_id: str) -> Conversation:
    """Return a conversation. Raises ConversationNotFound."""
    chat = db.get(Conversation, conversation_id)
    if chat is None:
        raise ConversationNotFound
    return chat


def own_conversation(db: Session, conversation_id: str, *, token: str) -> Conversation:
    """Return the conversation whose token this is. Raises ConversationNotFound, TokenInvalid."""
    chat = conversation(db, conversation_id)
    rules.check_token(token, chat.token_hash)
    return chat


def conversation_of_token(db: Session, token: str) -> Conversation:
    """Return the conversation that a token alone opens. Raises TokenInvalid."""
    query = select(Conversation).where(Conversation.token_hash == rules.token_hash(token))
    chat = db.scalars(query).one_or_none()
    if chat is None:
        raise TokenInvalid
    return chat


def messages_after(db: Session, conversation_id: str, seq: int, *, limit: int = 500) -> list[Message]:
    """Return up to `limit` messages numbered above `seq`, in order."""
    query = (
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq > seq)
        .order_by(Message.seq)
        .limit(limit)
    )
    return list(db.scalars(query))


def messages_of_employee(
    db: Session, employee_id: str, *, before: str | None, beside: str | None, limit: int
) -> list[tuple[Message, str]]:
    """Return up to `limit` messages of an employee's conversations with their channels, the newest first.

    `before`: only those older than this message. `beside`: all but this conversation. Raises MessageNotFound
    where `before` is none of theirs.
    """
    own = (
        select(Message, Conversation.channel)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.employee_id == employee_id)
    )
    place = (Message.at, Message.conversation_id, Message.seq)
    query = own.order_by(*(column.desc() for column in place)).limit(limit)
    if beside is not None:
        query = query.where(Conversation.id != beside)
    if before is not None:
        last = db.scalars(own.where(Message.id == before)).one_or_none()
        if last is None:
            raise MessageNotFound
        query = query.where(
            tuple_(*place) < tuple_(*(literal(getattr(last, column.key), column.type) for column in place))
        )
    return [(message, channel) for message, channel in db.execute(query)]


def silent_since(db: Session, conversation_id: str) -> datetime | None:
    """Return when the employee wrote last before the newest message, None where that is the first."""
    query = (
        select(Message.at)
        .where(Message.conversation_id == conversation_id, Message.sender == Sender.EMPLOYEE)
        .order_by(Message.seq.desc())
        .offset(1)
        .limit(1)
    )
    return db.scalars(query).one_or_none()


def messages_of_turn(db: Session, turn_id: str) -> list[Message]:
    """Return the employee's message of a turn and the answers to it, in order."""
    return list(db.scalars(select(Message).where(Message.turn_id == turn_id).order_by(Message.seq)))


def message_in(db: Session, conversation_id: str, message_id: str) -> Message:
    """Return a message of a conversation. Raises MessageNotFound."""
    query = select(Message).where(Message.id == message_id, Message.conversation_id == conversation_id)
    message = db.scalars(query).one_or_none()
    if message is None:
        raise MessageNotFound
    return message


def why_of(db: Session, message_id: str) -> Why | None:
    """Return why a message was said; None for those of people, and for those older than explanations."""
    kept = db.get(MessageWhy, message_id)
    return Why.from_json(kept.why) if kept is not None else None


def turn(db: Session, turn_id: str) -> Turn | None:
    return db.get(Turn, turn_id)


def turn_and_state(db: Session, turn_id: str) -> tuple[Turn, str]:
    """Return a turn with the state of its conversation. Raises ConversationNotFound where both are gone."""
    query = select(Turn, Conversation.state).join(Conversation, Conversation.id == Turn.conversation_id)
    found = db.execute(query.where(Turn.id == turn_id)).one_or_none()
    if found is None:
        raise ConversationNotFound
    known, state = found
    return known, state


def find_turn(db: Session, conversation_id: str, client_id: str) -> Turn | None:
    return db.scalars(
        select(Turn).where(Turn.conversation_id == conversation_id, Turn.client_id == client_id)
    ).one_or_none()


def next_open_turn(db: Session, conversation_id: str) -> Turn | None:
    """Return the oldest turn of a conversation that waits for its answer."""
    query = (
        select(Turn)
        .where(Turn.conversation_id == conversation_id, Turn.state == TurnState.ACCEPTED)
        .order_by(Turn.seq)
        .limit(1)
    )
    return db.scalars(query).one_or_none()


def open_turn_count(db: Session, conversation_id: str) -> int:
    query = (
        select(func.count())
        .select_from(Turn)
        .where(Turn.conversation_id == conversation_id, Turn.state == TurnState.ACCEPTED)
    )
    return db.scalars(query).one()


def conversations_with_open_turns(db: Session) -> list[str]:
    """Return the conversations in which somebody waits for an answer."""
    return list(db.scalars(select(Turn.conversation_id).where(Turn.state == TurnState.ACCEPTED).distinct()))


def effects_of(db: Session, turn_id: str) -> list[tuple[str, Reply]]:
    """Return what the actions of a turn did, in the order they did it."""
    query = select(TurnEffect).where(TurnEffect.turn_id == turn_id).order_by(TurnEffect.at, TurnEffect.action)
    return [(effect.action, Reply.from_json(effect.result)) for effect in db.scalars(query)]


def remembered(db: Session, conversation_id: str, slot: str, *, since: datetime) -> Slot:
    """Return what the actions of a conversation last had the dialogue remember in `slot` after a moment."""
    query = (
        select(TurnEffect.result)
        .join(Turn, Turn.id == TurnEffect.turn_id)
        .where(Turn.conversation_id == conversation_id, TurnEffect.at >= since)
        .order_by(Turn.seq.desc(), TurnEffect.at.desc())
    )
    for result in db.scalars(query):
        slots = Reply.from_json(result).slots
        if slot in slots:
            return slots[slot]
    return None


def offered_payload(db: Session, conversation_id: str, option: str) -> tuple[str, str]:
    """Return title and payload of an option offered in this conversation. Raises OptionNotOffered."""
    for options in db.scalars(
        select(Message.options).where(Message.conversation_id == conversation_id).order_by(Message.seq.desc())
    ):
        for offered in options:
            if offered["id"] == option:
                return offered["title"], offered["payload"]
    raise OptionNotOffered(option=option)


def pending_erasures(db: Session, *, limit: int = 100) -> list[str]:
    """Return deleted conversations that the dialogue has still to forget, the oldest first."""
    query = select(PendingErasure.conversation_id).order_by(PendingErasure.requested_at).limit(limit)
    return list(db.scalars(query))
