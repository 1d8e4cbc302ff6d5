"""Receiving an employee's message while a person is called or talks: what happens before any dialogue."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.conversations.messages import add_message
from service.conversations.operations import Accepted, accept_message
from service.conversations.replies import Choice, Reply
from service.conversations.tables import Conversation, Sender, Turn, TurnState
from service.conversations.why import Because
from service.handover import operations
from service.handover.handovers import LEAVE_QUEUE, Handovers
from service.handover.notices import Notices
from service.knowledge.asked import Asked
from service.privacy.mask import Masker
from service.privacy.sealing import Sealer


class Receiving:
    """Takes messages in. Threads may share this object."""

    def __init__(
        self, *, mask: Masker, sealer: Sealer, handovers: Handovers, notices: Notices, max_open_turns: int
    ) -> None:
        self._mask = mask
        self._sealer = sealer
        self._handovers = handovers
        self._notices = notices
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
    ) -> Accepted:
        """Store a message as `accept_message` does, and see to what the dialogue is not needed for.

        Whoever stops waiting is taken out of the queue. Whoever talks to a person, or waits for one, and is
        in danger gets the emergency numbers at once; everything else is left to the person.
        """
        accepted = accept_message(
            db,
            chat,
            client_id=client_id,
            text=text,
            option=option,
            choice=choice,
            mask=self._mask,
            sealer=self._sealer,
            max_open_turns=self._max_open_turns,
            now=now,
        )
        turn = accepted.turn
        if accepted.repeated:
            return accepted
        if turn.payload == LEAVE_QUEUE:
            waited = operations.withdraw(db, chat, now=now)
            turn.state, turn.answered_at = TurnState.ANSWERED, now
            sentence = self._handovers.voice.say("left" if waited else "nobody_waits")
            _tell(db, turn, Reply(sentence, decision="flow"), now=now)
        elif turn.state == TurnState.HUMAN:
            need = self._notices.urgent_need(turn.payload)
            if need is not None:
                reply = self._notices.urgent_help(need, asked).because(Because.URGENT_WORDS)
                _tell(db, turn, self._handovers.carry_out(db, chat, turn, reply), now=now)
        return accepted


def _tell(db: Session, turn: Turn, reply: Reply, *, now: datetime) -> None:
    add_message(db, turn.conversation_id, sender=Sender.SYSTEM, reply=reply, turn_id=turn.id, now=now)
