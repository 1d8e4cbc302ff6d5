"""Receiving an employee's message: what happens before any dialogue, and what needs none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from service.attachments.material import Material
from service.attachments.operations import send_along
from service.attachments.queries import handed_in
from service.attachments.rules import ATTACH_TO, PER_MESSAGE
from service.conversations.messages import add_message
from service.conversations.operations import Accepted, Enclosed, accept_message
from service.conversations.queries import messages_of_turn
from service.conversations.replies import Choice, Reply
from service.conversations.tables import Conversation, Sender, Turn, TurnState
from service.conversations.why import Because
from service.errors import TooManyInMessage
from service.handover import operations
from service.handover.handovers import LEAVE_QUEUE, Handovers
from service.handover.notices import Notices
from service.knowledge.asked import Asked
from service.people.own_unit import OwnUnit
from service.privacy.mask import Masker
from service.privacy.sealing import Sealer


class Relaying(Protocol):
    """Staff who answer from elsewhere than the console."""

    def employee_wrote(self, db: Session, turn: Turn, *, now: datetime) -> None:
        """Carry the message of `turn` to whoever answers its conversation from there."""
        ...


class Receiving:
    """Takes messages in. Threads may share this object."""

    def __init__(
        self,
        *,
        mask: Masker,
        sealer: Sealer,
        handovers: Handovers,
        notices: Notices,
        material: Material,
        own_unit: OwnUnit,
        relay: Relaying,
        max_open_turns: int,
    ) -> None:
        self._mask = mask
        self._sealer = sealer
        self._handovers = handovers
        self._notices = notices
        self._material = material
        self._own_unit = own_unit
        self._relay = relay
        self._max_open_turns = max_open_turns

    def receive(
        self,
        db: Session,
        chat: Conversation,
        *,
        client_id: str,
        text: str | None,
        option: str | None,
        asked: Asked,
        now: datetime,
        choice: Choice | None = None,
        attachments: Sequence[str] = (),
    ) -> Accepted:
        """Store a message as `accept_message` does, and see to what the dialogue is not needed for.

        Whoever stops waiting is taken out of the queue. Whoever talks to a person, or waits for one, and is
        in danger gets the emergency numbers at once; everything else is left to the person. `attachments`
        were handed in before and go along, with words or without; they are put where they belong at once.
        Raises AttachmentNotFound and TooManyInMessage too.
        """
        if len(attachments) > PER_MESSAGE:
            raise TooManyInMessage(limit=PER_MESSAGE)
        sent = handed_in(db, chat, attachments) if attachments else []
        if sent and text is not None and not text.strip():
            text = None
        accepted = accept_message(
            db,
            chat,
            client_id=client_id,
            text=text,
            option=option,
            choice=choice,
            enclosed=(
                Enclosed(tuple(item.sha256 for item in sent), self._material.shown(sent)) if sent else None
            ),
            mask=self._mask,
            sealer=self._sealer,
            max_open_turns=self._max_open_turns,
            now=now,
        )
        turn = accepted.turn
        if accepted.repeated:
            return accepted
        if sent:
            send_along(db, messages_of_turn(db, turn.id)[0], sent)
        if turn.payload == LEAVE_QUEUE:
            waited = operations.withdraw(db, chat, now=now)
            sentence = self._handovers.voice.say("left" if waited else "nobody_waits")
            _settle(db, turn, Reply(sentence, decision="flow"), now=now)
        elif turn.payload.startswith(f"/{ATTACH_TO}"):
            _settle(db, turn, self._material.attach(db, chat, turn.payload, now=now), now=now)
        elif turn.state == TurnState.HUMAN:
            self._relay.employee_wrote(db, turn, now=now)
            need = self._notices.urgent_need(turn.payload)
            if need is not None:
                reply = self._notices.urgent_help(need, asked).because(Because.URGENT_WORDS)
                _tell(db, turn, self._handovers.carry_out(db, chat, turn, reply), now=now)
        elif text is not None and (kept := self._own_unit.told(db, chat, text)) is not None:
            _settle(db, turn, kept, now=now)
        elif sent and text is None:
            _settle(db, turn, self._material.keep_material(db, chat, sent, now=now), now=now)
        elif sent:
            _tell(db, turn, self._material.keep_with_words(db, chat, sent, now=now), now=now)
        return accepted


def _settle(db: Session, turn: Turn, reply: Reply, *, now: datetime) -> None:
    """Answer a turn for good, without the dialogue."""
    turn.state, turn.answered_at = TurnState.ANSWERED, now
    _tell(db, turn, reply, now=now)


def _tell(db: Session, turn: Turn, reply: Reply, *, now: datetime) -> None:
    add_message(db, turn.conversation_id, sender=Sender.SYSTEM, reply=reply, turn_id=turn.id, now=now)
