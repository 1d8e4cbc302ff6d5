"""Answering a turn: committed once, whoever composed the answer, and never over a person who talks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from service.conversations.messages import add_message
from service.conversations.owner import lock_conversation
from service.conversations.queries import effects_of
from service.conversations.replies import Reply
from service.conversations.tables import Conversation, Message, Sender, State, Turn, TurnState
from service.insights.events import TurnAnswered, UrgentHelpShown, record

CarryOut = Callable[[Session, Conversation, Turn, Reply], Reply]
"""Does what a reply asks for beyond being said, such as calling a person, and returns what is said then."""


def said_as_it_is(_db: Session, _chat: Conversation, _turn: Turn, reply: Reply) -> Reply:
    """For replies that ask for nothing more."""
    return reply


def answer_turn(
    db: Session,
    turn_id: str,
    replies: Sequence[Reply],
    *,
    degraded: bool,
    model_version: str | None,
    now: datetime,
    carry_out: CarryOut = said_as_it_is,
) -> list[Message] | None:
    """Commit the answer of a turn, once: None when it has one already or the conversation is gone.

    Where a person has taken the conversation meanwhile the bot says nothing any more: an empty list, except
    for emergency numbers. `carry_out` does what a reply asks for, such as calling a person.

    A `degraded` answer gives way to what an action of the turn has committed meanwhile: the update below
    holds the turn, so an action either came before it and is found here, or comes after and does nothing.
    """
    turn = db.execute(
        update(Turn)
        .where(Turn.id == turn_id, Turn.state == TurnState.ACCEPTED)
        .values(state=TurnState.ANSWERED, degraded=degraded, answered_at=now, sealed=None)
        .returning(Turn)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if turn is None:
        return None
    if degraded and (done := [reply for _, reply in effects_of(db, turn.id) if reply.text]):
        replies, degraded, turn.degraded = done, False, False
    chat = lock_conversation(db, turn.conversation_id)
    if degraded:  # an action would have recorded it with its effect
        _record_urgent_help(db, chat, turn, replies, now=now)
    sender = Sender.BOT
    if chat.state in (State.QUEUED, State.STAFF):
        turn.state, turn.answered_at, sender = TurnState.HUMAN, None, Sender.SYSTEM
        replies = [reply for reply in replies if reply.need is not None]
    replies = [carry_out(db, chat, turn, reply) for reply in replies]
    messages = [
        add_message(db, chat.id, sender=sender, reply=reply, turn_id=turn.id, now=now) for reply in replies
    ]
    if turn.state == TurnState.HUMAN:
        return messages
    lead = next((reply for reply in replies if reply.decision is not None), replies[0])
    record(
        db,
        TurnAnswered(
            at=now,
            conversation_id=chat.id,
            turn_id=turn.id,
            organisation_path=chat.organisation_path,
            channel=chat.channel,
            topic=lead.topic,
            intent=lead.intent,
            decision=lead.decision,
            confidence=lead.confidence,
            sources=tuple(f"{item.source_id}@{item.version}" for item in lead.sources),
            model_version=model_version,
            index_version=lead.index_version,
            degraded=degraded,
            waited_ms=round((now - turn.accepted_at).total_seconds() * 1000),
        ),
    )
    return messages


def _record_urgent_help(
    db: Session, chat: Conversation, turn: Turn, replies: Sequence[Reply], *, now: datetime
) -> None:
    for reply in replies:
        if reply.need is not None:
            record(
                db,
                UrgentHelpShown(
                    at=now,
                    conversation_id=chat.id,
                    turn_id=turn.id,
                    organisation_path=chat.organisation_path,
                    channel=chat.channel,
                    need=reply.need,
                ),
            )
