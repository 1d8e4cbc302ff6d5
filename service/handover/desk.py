"""The desk: what union staff do with conversations, and what the employee is told of it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from service.conversations.messages import Author, add_message
from service.conversations.replies import Reply
from service.conversations.tables import Conversation, Message, Sender
from service.handover import taking
from service.handover.operations import Call
from service.handover.queries import open_handover
from service.handover.rules import Route, Why
from service.handover.tables import Ending, Handover, Reason
from service.handover.voice import Voice
from service.people.staff import staff_name
from service.people.viewer import Viewer
from service.privacy.mask import Masker


class Assigning(Protocol):
    """The tickets that belong to handovers."""

    def taken(self, db: Session, number: str, *, viewer: Viewer, now: datetime) -> None:
        """The conversation a ticket was filed for is in the viewer's hands."""
        ...


class Desk:
    """Taking, answering and giving back. Threads may share this object."""

    def __init__(self, *, voice: Voice, tickets: Assigning, mask: Masker) -> None:
        self._voice = voice
        self._tickets = tickets
        self._mask = mask

    def take(self, db: Session, conversation_id: str, *, viewer: Viewer, now: datetime) -> None:
        """Take a waiting conversation and introduce who has taken it. Raises as `taking.claim`."""
        handover = taking.claim(db, conversation_id, viewer=viewer, now=now)
        if handover.ticket_number is not None:
            self._tickets.taken(db, handover.ticket_number, viewer=viewer, now=now)
        self._introduce(db, handover, viewer=viewer, later=handover.beside, now=now)

    def reach_out(
        self,
        db: Session,
        chat: Conversation,
        *,
        routed_to: str,
        ticket_number: str,
        viewer: Viewer,
        now: datetime,
    ) -> None:
        """Open a conversation with the employee about a ticket. Raises NotOwner, AlreadyClaimed.

        Whoever waits in the conversation already is taken; otherwise a handover begins and is taken at once.
        """
        waiting = open_handover(db, chat.id)
        if waiting is None:
            route = Route(routed_to, Why.REPLY)
            call = Call(
                reason=Reason.RULE,
                routed_to=routed_to,
                explanation=self._voice.explain(route, chat.organisation_path, ticket=ticket_number),
                urgent=False,
                beside=True,
                ticket_number=ticket_number,
            )
            handover = taking.open_with(db, chat, call, viewer=viewer, now=now)
            self._introduce(db, handover, viewer=viewer, later=True, now=now)
        elif waiting.claimed_by != viewer.staff_id:
            self.take(db, chat.id, viewer=viewer, now=now)

    def say(
        self, db: Session, conversation_id: str, *, text: str, client_id: str, viewer: Viewer, now: datetime
    ) -> Message:
        """Write to the employee as the owner of the conversation. Raises NotOwner, TextEmpty, TextTooLong."""
        handover = open_handover(db, conversation_id)
        author = self.author(db, viewer, routed_to=handover.routed_to if handover is not None else None)
        return taking.say(
            db, conversation_id, text=text, client_id=client_id, author=author, mask=self._mask, now=now
        )

    def give_back(self, db: Session, conversation_id: str, *, viewer: Viewer, now: datetime) -> None:
        """Let the bot answer again. Raises ConversationNotFound, NotOwner."""
        self._release(db, conversation_id, Ending.HANDED_BACK, viewer=viewer, now=now)

    def finish(self, db: Session, conversation_id: str, *, viewer: Viewer, now: datetime) -> None:
        """End the conversation. Raises ConversationNotFound, NotOwner."""
        self._release(db, conversation_id, Ending.CLOSED, viewer=viewer, now=now)

    def author(self, db: Session, viewer: Viewer, *, routed_to: str | None) -> Author:
        """Return the viewer as the employee is told: the union's name and the person's."""
        name = staff_name(db, viewer.staff_id) or ""
        shown = self._voice.staff(routed_to, name) if routed_to is not None else name
        return Author(viewer.staff_id, shown)

    def _release(
        self, db: Session, conversation_id: str, ending: Ending, *, viewer: Viewer, now: datetime
    ) -> None:
        chat, handover = taking.release(db, conversation_id, ending=ending, viewer=viewer, now=now)
        name = staff_name(db, handover.claimed_by)
        self._tell(db, chat.id, self._voice.say(ending.value, name=name), now=now)

    def _introduce(
        self, db: Session, handover: Handover, *, viewer: Viewer, later: bool, now: datetime
    ) -> None:
        union, name = self._voice.union(handover.routed_to), staff_name(db, viewer.staff_id)
        sentence = self._voice.say("claimed_later" if later else "claimed", union=union, name=name)
        self._tell(db, handover.conversation_id, sentence, now=now)

    def _tell(self, db: Session, conversation_id: str, sentence: str, *, now: datetime) -> None:
        add_message(db, conversation_id, sender=Sender.SYSTEM, reply=Reply(sentence), now=now)
