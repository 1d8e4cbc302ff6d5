"""The AI bot's webhook mode: answers are handed over when the platform asks for them, the rest is sent.

The platform asks again and again for the stream of a message, for six minutes. What comes later, or belongs
to no message, goes by the address for one answer, or by the self-built app.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog
from sqlalchemy.orm import Session

from api.channels.wecom.app_talk import AppTalk
from api.channels.wecom.bot_replies import BotReplies
from api.channels.wecom.bot_talk import CONTENT_BYTES, stream_body
from api.channels.wecom.outcomes import NO_ROUTE, Done, Gone, Lost, Outcome
from api.channels.wecom.rendering import Rendering, Shown
from api.channels.wecom.splitting import split_utf8
from service.clock import Clock
from service.conversations.tables import Sender, Turn, TurnState
from service.database import Database
from service.messengers import handing_over, operations, rules
from service.messengers.handing_over import Prospect
from service.messengers.operations import ReplyWay
from service.messengers.sending import Batch
from service.messengers.tables import Provider
from service.privacy.sealing import Sealer
from service.texts import Texts

log = structlog.get_logger()


Body = Mapping[str, object]


class BotPolls:
    """Hands answers over and sends what nobody asks for. `app`: the app that can write to the same people."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        rendering: Rendering,
        texts: Texts,
        sealer: Sealer,
        replies: BotReplies,
        app: AppTalk | None,
    ) -> None:
        texts.require(f"messenger.{key}" for key in ("thinking", "comes_later", "with_a_person", "part"))
        self._database = database
        self._clock = clock
        self._rendering = rendering
        self._texts = texts
        self._sealer = sealer
        self._replies = replies
        self._app = app

    @property
    def ready(self) -> bool:
        """Every send opens a connection if it has to."""
        return True

    async def close(self) -> None:
        await self._replies.close()

    def open(self, turn_id: str) -> Body:
        """Return the stream of a turn whose answer is to come; nothing is looked up for it."""
        return stream_body(turn_id, self._texts("messenger.thinking"), finish=False, judged=True)

    async def begin(self, turn_id: str) -> Body | None:
        """Return the stream that answers the message of a turn; None: what is said comes another way."""
        return await asyncio.to_thread(self._begin, turn_id)

    async def go_on(self, turn_id: str) -> Body | None:
        """Return the stream of a turn as it is when asked for again, None for one that is not known."""
        return await asyncio.to_thread(self._go_on, turn_id)

    async def welcome(self, message_id: str) -> Body | None:
        """Return the welcome that is to be sent, which counts as sent with this."""
        return await asyncio.to_thread(self._welcome, message_id)

    async def deliver(self, batch: Batch) -> Outcome:
        """Send a batch that the platform does not ask for."""
        replied = await self._reply(batch)
        if isinstance(replied, Done | Lost):
            return replied
        if self._app is not None and batch.place.group_id is None:
            sent = await self._app.deliver(batch)
            if replied is None or not isinstance(sent, Gone):
                return sent
        return replied if replied is not None else Gone(NO_ROUTE)

    async def _reply(self, batch: Batch) -> Outcome | None:
        """Send by the address for one answer; None without one. It is kept if it was surely not used."""
        if batch.messages[0].sender == Sender.EMPLOYEE:
            return None  # on its way to who answers: the address is the employee's own
        way = await asyncio.to_thread(self._take_way, batch)
        if way is None:
            return None
        shown = self._rendering.show(batch.messages, heading=batch.heading)
        body, rest = self._replied(shown, group_member=batch.place.userid if batch.place.group_id else None)
        outcome = await self._replies.send(self._sealer.open(way.sealed), body)
        if isinstance(outcome, Done):
            return Lost("cut off") if rest else outcome
        if not isinstance(outcome, Gone | Lost):
            await asyncio.to_thread(self._give_back, way)
        return outcome

    def _replied(self, shown: Shown, *, group_member: str | None) -> tuple[Body, list[str]]:
        """Return what is sent, and what of it did not fit. In a group it says whom it is for."""
        if shown.card is not None and group_member is None:
            return {"msgtype": "template_card", "template_card": shown.card}, []
        named = f"<@{group_member}> {shown.lettered}" if group_member is not None else shown.lettered
        text, *rest = self._parts(named)
        return {"msgtype": "markdown", "markdown": {"content": text}}, rest

    # In worker threads:

    def _begin(self, turn_id: str) -> Body | None:
        with self._database.write() as db:
            answer, turn = self._answer(db, turn_id, judged=True), db.get(Turn, turn_id)
            if answer is not None or turn is None or turn.state == TurnState.HUMAN:
                return answer
            if handing_over.prospect(db, turn_id) is not Prospect.COMES:
                return None
        return self.open(turn_id)

    def _go_on(self, turn_id: str) -> Body | None:
        with self._database.write() as db:
            answer, turn = self._answer(db, turn_id, judged=False), db.get(Turn, turn_id)
            if answer is not None or turn is None:
                return answer
            if turn.state == TurnState.HUMAN:
                return self._told(turn_id, "with_a_person", finish=True)
            begun_by = operations.delivery_of(db, turn_id)
            late = begun_by is None or self._clock.now() - begun_by.at > rules.ASKED_IN_VAIN
            if not late and handing_over.prospect(db, turn_id) is Prospect.COMES:
                return self._told(turn_id, "thinking", finish=False)
            operations.asked_no_more(db, turn_id)
            return self._told(turn_id, "comes_later", finish=True)

    def _answer(self, db: Session, turn_id: str, *, judged: bool) -> dict[str, object] | None:
        """Hand the answer of a turn over; None while there is none, or where it goes another way."""
        messages = handing_over.hand_over(db, turn_id, now=self._clock.now())
        if not messages:
            return None
        operations.asked_no_more(db, turn_id)
        shown = self._rendering.show(messages)
        text = shown.markdown if shown.buttons is not None else shown.lettered
        first, *rest = self._parts(text)
        if rest:
            log.warning("wecom_answer_cut_off", turn=turn_id, parts=1 + len(rest))
        body = stream_body(turn_id, first, finish=True, judged=judged)
        if shown.buttons is not None:
            body |= {"msgtype": "stream_with_template_card", "template_card": shown.buttons}
        return body

    def _told(self, turn_id: str, key: str, *, finish: bool) -> dict[str, object]:
        return stream_body(turn_id, self._texts(f"messenger.{key}"), finish=finish)

    def _take_way(self, batch: Batch) -> ReplyWay | None:
        with self._database.write() as db:
            return operations.take_reply_way(
                db,
                Provider.BOT,
                turn_id=batch.turn_id,
                conversation_id=batch.messages[0].conversation_id,
                now=self._clock.now(),
            )

    def _give_back(self, way: ReplyWay) -> None:
        with self._database.write() as db:
            operations.give_back_reply_way(db, Provider.BOT, way)

    def _welcome(self, message_id: str) -> Body | None:
        with self._database.write() as db:
            message = handing_over.hand_over_message(db, message_id, now=self._clock.now())
            if message is None:
                return None
            shown = self._rendering.show([message])
        if shown.card is not None:
            return {"msgtype": "template_card", "template_card": shown.card}
        return {"msgtype": "text", "text": {"content": shown.plain}}

    def _parts(self, text: str) -> list[str]:
        return split_utf8(text, limit=CONTENT_BYTES, numbering=self._texts("messenger.part"))
