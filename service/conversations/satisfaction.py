"""What employees think: of a conversation, and of single answers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.conversations.queries import message_in
from service.conversations.tables import Conversation, Feedback, Sender
from service.errors import FeedbackNotPossible
from service.insights.events import ConversationRated, FeedbackGiven, record
from service.privacy.mask import Masker


def rate_conversation(
    db: Session, chat: Conversation, *, rating: int, comment: str | None, mask: Masker, now: datetime
) -> None:
    """Keep how satisfied the employee was, 1 to 5; a later rating replaces the earlier one."""
    chat.rating, chat.rating_comment = rating, mask(comment) if comment else None
    db.add(chat)
    record(
        db,
        ConversationRated(
            at=now,
            conversation_id=chat.id,
            organisation_path=chat.organisation_path,
            channel=chat.channel,
            rating=rating,
        ),
    )


def give_feedback(
    db: Session,
    chat: Conversation,
    message_id: str,
    *,
    rating: str,
    reason: str | None,
    comment: str | None,
    mask: Masker,
    now: datetime,
) -> Feedback:
    """Keep what the employee thinks of one answer of the bot; a later word replaces the earlier one.

    Raises MessageNotFound, and FeedbackNotPossible for a message the bot did not answer with.
    """
    message = message_in(db, chat.id, message_id)
    if message.sender != Sender.BOT or message.turn_id is None:
        raise FeedbackNotPossible
    feedback = db.get(Feedback, message_id) or Feedback(message_id=message_id, conversation_id=chat.id)
    feedback.rating, feedback.reason, feedback.at = rating, reason, now
    feedback.comment = mask(comment) if comment else None
    db.add(feedback)
    record(
        db,
        FeedbackGiven(
            at=now,
            conversation_id=chat.id,
            turn_id=message.turn_id,
            organisation_path=chat.organisation_path,
            channel=chat.channel,
            intent=message.intent,
            decision=message.decision,
            confidence=message.confidence,
            rating=rating,
            reason=reason,
        ),
    )
    return feedback
