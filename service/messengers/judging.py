"""What people on a messaging platform think of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.conversations import satisfaction
from service.conversations.queries import conversation
from service.conversations.tables import Conversation, Feedback, Message, Sender
from service.errors import ConversationNotFound
from service.messengers.operations import Writer
from service.messengers.tables import MessengerChat
from service.privacy.mask import Masker

REASONS = {1: "not_my_question", 2: "unclear", 3: "wrong", 4: "wrong"}
"""What the platform's numbers mean here: beside the question, incomplete, wrong, figures wrong."""
OTHER = "other"
COMMENT_LIMIT = 500


def judge(
    db: Session,
    writer: Writer,
    turn_id: str,
    *,
    rating: Literal["up", "down"] | None,
    reasons: Sequence[int],
    comment: str,
    mask: Masker,
    now: datetime,
) -> Conversation | None:
    """Keep what the writer thinks of the answer to a turn of theirs, or take it back (`rating` None).

    Return the conversation, None where there is no such answer: a judgement is never an error to who gave it.
    """
    answer = _answer_to(db, writer, turn_id)
    if answer is None:
        return None
    try:
        chat = conversation(db, answer.conversation_id)
    except ConversationNotFound:
        return None
    if rating is None:
        if (given := db.get(Feedback, answer.id)) is not None:
            db.delete(given)
        return None
    known = [REASONS.get(reason, OTHER) for reason in reasons]
    satisfaction.give_feedback(
        db,
        chat,
        answer.id,
        rating=rating,
        reason=known[0] if rating == "down" and known else None,
        comment=comment[:COMMENT_LIMIT] or None,
        mask=mask,
        now=now,
    )
    return chat


def _answer_to(db: Session, writer: Writer, turn_id: str) -> Message | None:
    """Return the message that answered a turn, to this very person."""
    query = (
        select(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(MessengerChat, MessengerChat.id == Conversation.chat_id)
        .where(
            Message.turn_id == turn_id,
            Message.sender == Sender.BOT,
            MessengerChat.provider == writer.provider,
            MessengerChat.userid == writer.userid,
        )
        .order_by(Message.decision.is_(None), Message.seq)
        .limit(1)
    )
    return db.scalars(query).first()
