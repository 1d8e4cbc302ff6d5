"""The owner of a conversation: looking at it and changing it so that two who try at once cannot both win."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from service.conversations import rules
from service.conversations.tables import Conversation, State
from service.errors import ConversationNotFound


def lock_conversation(db: Session, conversation_id: str) -> Conversation:
    """Return a conversation as it is now and keep its owner from changing until commit.

    Raises ConversationNotFound.
    """
    chat = db.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(version=Conversation.version)
        .returning(Conversation)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).scalar_one_or_none()
    if chat is None:
        raise ConversationNotFound
    return chat


def change_owner(
    db: Session,
    chat: Conversation,
    target: State,
    *,
    sources: Collection[State],
    now: datetime,
    staff_id: str | None = None,
    held_by: str | None = None,
) -> bool:
    """Pass `chat` to `target` if it is in one of `sources` (and in the hands of `held_by`); tell whether.

    Compare and set: of two who try at once one wins. Moves outside the life of an owner are never made.
    """
    allowed = [source for source in sources if rules.may_move(source, target)]
    conditions = [Conversation.id == chat.id, Conversation.state.in_(allowed)]
    if held_by is not None:
        conditions.append(Conversation.staff_id == held_by)
    moved = db.execute(
        update(Conversation)
        .where(*conditions)
        .values(
            state=target,
            staff_id=staff_id,
            version=Conversation.version + 1,
            closed_at=now if target is State.CLOSED else None,
        )
        .returning(Conversation.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    db.refresh(chat)
    return moved is not None
