"""Having a conversation on a messaging platform removed from here: asked for in words, done after a yes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.conversations.messages import add_message
from service.conversations.operations import delete_conversation
from service.conversations.queries import offered_payload
from service.conversations.replies import Choice, Reply
from service.conversations.tables import Conversation, Sender
from service.errors import OptionNotOffered
from service.messengers import operations
from service.messengers.relay import Relay
from service.messengers.tables import MessengerChat
from service.texts import Texts

ERASE, KEEP = "/erase_conversation", "/keep_conversation"
"""Payloads of the options; handled without the dialogue."""
KEYS = ("words", "ask", "confirm", "leave", "done", "kept")


class Erasing:
    """Removes conversations at the wish of who had them. Threads may share this object."""

    def __init__(self, texts: Texts, relay: Relay) -> None:
        texts.require(
            f"messenger.erase.{key}" for key in ("words", "ask", "confirm", "leave", "done", "kept")
        )
        self._texts = texts
        self._relay = relay

    def is_wanted(self, text: str) -> bool:
        """Tell whether `text` says nothing but that the conversation is to be removed."""
        words = self._texts.value("messenger.erase.words")
        return isinstance(words, list) and text.strip(" 。.！!") in words

    def ask(self, db: Session, conversation: Conversation, *, now: datetime) -> None:
        """Ask whether that is meant; what WeChat Work itself keeps is nothing we can remove."""
        choices = (
            Choice(self._texts("messenger.erase.confirm"), ERASE),
            Choice(self._texts("messenger.erase.leave"), KEEP),
        )
        reply = Reply(self._texts("messenger.erase.ask"), choices=choices)
        add_message(db, conversation.id, sender=Sender.SYSTEM, reply=reply, now=now)

    def answered(
        self, db: Session, chat: MessengerChat, conversation: Conversation, option: str, *, now: datetime
    ) -> Conversation | None:
        """Do what was chosen and return the conversation that goes on; None where it is none of this."""
        try:
            _, payload = offered_payload(db, conversation.id, option)
        except OptionNotOffered:
            return None
        if payload == KEEP:
            return self._say(db, conversation, "kept", now=now)
        if payload != ERASE:
            return None
        self._relay.deleting(db, conversation, now=now)
        delete_conversation(db, conversation, now=now)
        db.expire_all()
        return self._say(db, operations.begin(db, chat, opening=None, now=now), "done", now=now)

    def _say(self, db: Session, conversation: Conversation, key: str, *, now: datetime) -> Conversation:
        reply = Reply(self._texts(f"messenger.erase.{key}"))
        add_message(db, conversation.id, sender=Sender.SYSTEM, reply=reply, now=now)
        return conversation
