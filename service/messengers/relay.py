"""Carrying what an employee writes, wherever that is, to the member of staff who answers from a messenger.

The employee's message itself goes out, as a row of the outbox: it is never copied into another conversation.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from service.conversations.owner import lock_conversation
from service.conversations.queries import conversation
from service.conversations.tables import Conversation, Message, Outbox, OutboxState, Sender, Turn
from service.handover.queries import visible_conversation
from service.messengers.desk_words import DeskWords, Loss
from service.messengers.staff_talks import chat_of_staff, end_talk, holds, tell
from service.messengers.tables import MessengerChat, StaffTalk
from service.people.queries import employee_name
from service.people.viewer import Viewer

RECENT = 5
"""Messages of the employee that are shown to whoever begins to answer."""
_EARLIER = timedelta(microseconds=1)
"""Rows go out in the order they were made in: what was written before goes before what is said about it."""


class Relay:
    """Carries messages to staff. Threads may share this object."""

    def __init__(self, words: DeskWords) -> None:
        self._words = words

    def employee_wrote(self, db: Session, turn: Turn, *, now: datetime) -> None:
        """Send the message of `turn` to whoever answers this conversation from the messenger."""
        query = select(StaffTalk).where(StaffTalk.conversation_id == turn.conversation_id, holds())
        messages = select(Message).where(Message.turn_id == turn.id, Message.sender == Sender.EMPLOYEE)
        for talk in db.scalars(query).all():
            chat = chat_of_staff(db, talk.staff_id)
            if chat is not None:
                _send(db, db.scalars(messages), chat, at=now)

    def show_recent(
        self, db: Session, conversation_id: str, chat: MessengerChat, *, viewer: Viewer, now: datetime
    ) -> None:
        """Send to `chat` the employee's latest messages that staff have not answered and that it has not had.

        Raises ConversationNotFound where the viewer may not read them.
        """
        visible_conversation(db, conversation_id, viewer=viewer)
        answered = select(func.coalesce(func.max(Message.seq), 0)).where(
            Message.conversation_id == conversation_id, Message.sender == Sender.STAFF
        )
        query = (
            select(Message)
            .where(
                Message.conversation_id == conversation_id,
                Message.sender == Sender.EMPLOYEE,
                Message.seq > answered.scalar_subquery(),
                ~exists().where(Outbox.message_id == Message.id, Outbox.chat_id == chat.id),
            )
            .order_by(Message.seq.desc())
            .limit(RECENT)
        )
        _send(db, reversed(db.scalars(query).all()), chat, at=now - _EARLIER)

    def deleting(self, db: Session, chat: Conversation, *, now: datetime) -> None:
        """Tell whoever answers `chat` from the messenger that the employee is about to remove it."""
        lock_conversation(db, chat.id)
        for talk in db.scalars(select(StaffTalk).where(StaffTalk.conversation_id == chat.id)).all():
            place = chat_of_staff(db, talk.staff_id)
            if end_talk(db, talk) and place is not None:
                tell(db, place, self._words.lost(Loss.DELETED), now=now)

    def relay_heading(self, db: Session, message: Message) -> str:
        """Return who wrote an employee's message that is sent to a member of staff, as the console does."""
        chat = conversation(db, message.conversation_id)
        return self._words.heading(chat.organisation_path, employee_name(db, chat.employee_id))


def _send(db: Session, messages: Iterable[Message], chat: MessengerChat, *, at: datetime) -> None:
    for message in messages:
        db.add(
            Outbox(
                channel=chat.provider,
                conversation_id=message.conversation_id,
                message_id=message.id,
                chat_id=chat.id,
                state=OutboxState.PENDING,
                attempts=0,
                next_attempt_at=at,
                created_at=at,
            )
        )
    db.flush()
