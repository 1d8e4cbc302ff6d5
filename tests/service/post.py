"""An outbox with messages for chats of a messenger, by a clock of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from service.conversations.messages import add_message
from service.conversations.replies import Reply
from service.conversations.tables import Message, Outbox, Sender, Turn, TurnState
from service.database import Database, new_id
from service.messengers import operations, sending
from service.messengers.operations import Writer
from service.messengers.sending import Batch
from service.messengers.tables import Provider
from tests.service.world import MORNING


@dataclass
class Post:
    """Puts messages into the outbox and looks at what became of them. `now` is what its clock says."""

    database: Database
    now: datetime = MORNING

    def later(self, **passed: float) -> None:
        self.now += timedelta(**passed)

    def turn(self, userid: str = "wangmin", *, state: TurnState = TurnState.ANSWERED) -> str:
        """Have somebody write to the bot; return the turn."""
        conversation_id = self._conversation(userid, None)
        with self.database.write() as db:
            turn = Turn(
                conversation_id=conversation_id,
                client_id=new_id(),
                body_hash="-",
                seq=0,
                payload="-",
                state=state,
                accepted_at=self.now,
            )
            db.add(turn)
            db.flush()
            return turn.id

    def put(
        self, *texts: str, userid: str = "wangmin", group: str | None = None, turn_id: str | None = None
    ) -> None:
        """Put messages to somebody into the outbox, one after the other."""
        conversation_id = self._conversation(userid, group)
        for text in texts:
            with self.database.write() as db:
                add_message(
                    db,
                    conversation_id,
                    sender=Sender.BOT,
                    reply=Reply(text),
                    turn_id=turn_id,
                    now=self.now,
                )
            self.later(milliseconds=1)

    def claim(self, *busy: str, limit: int = 16, resting: tuple[Provider, ...] = ()) -> list[Batch]:
        with self.database.write() as db:
            return sending.claim_due(db, busy=busy, limit=limit, now=self.now, resting=resting)

    def due(self, *, resting: tuple[Provider, ...] = ()) -> bool:
        with self.database.read() as db:
            return sending.is_due(db, resting=resting, now=self.now)

    def sent(self, batch: Batch) -> None:
        with self.database.write() as db:
            sending.sent(db, batch.rows, remote_id="there", now=self.now)

    def states(self) -> list[tuple[str, str]]:
        """Return text and state of everything in the outbox, the oldest first."""
        query = (
            select(Message.text, Outbox.state)
            .join(Outbox, Outbox.message_id == Message.id)
            .order_by(Outbox.created_at)
        )
        with self.database.read() as db:
            return [(text, state) for text, state in db.execute(query)]

    def rows(self) -> list[Outbox]:
        with self.database.read() as db:
            return list(db.scalars(select(Outbox).order_by(Outbox.created_at)))

    def _conversation(self, userid: str, group: str | None) -> str:
        with self.database.write() as db:
            writer = Writer(Provider.BOT, userid, group)
            chat = operations.chat_of(db, writer, is_portal_subject=False, now=self.now)
            found, _ = operations.conversation_in(db, chat, opening=None, now=self.now)
            return found.id


def said(batches: list[Batch]) -> list[list[str]]:
    return [[message.text for message in batch.messages] for batch in batches]
