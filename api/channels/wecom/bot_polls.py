"""The AI bot's webhook mode: answers are handed over when the platform asks for them, the rest is sent.

The platform asks again and again for the stream of a message, for six minutes. What comes later, or belongs
to no message, goes by the address for one answer, or by the self-built app.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import httpx
import structlog

from api.channels.wecom.app_talk import AppTalk
from api.channels.wecom.bot_talk import CONTENT_BYTES, stream_body
from api.channels.wecom.outcomes import Again, Done, Gone, Lost, Outcome
from api.channels.wecom.rendering import Rendering, Shown
from api.channels.wecom.splitting import split_utf8
from service.clock import Clock
from service.conversations.tables import Turn, TurnState
from service.database import Database
from service.messengers import operations, sending
from service.messengers.sending import Batch
from service.privacy.sealing import Sealer
from service.texts import Texts

log = structlog.get_logger()

ASKED_FOR = timedelta(minutes=6)
"""For so long after a message the platform asks for the answer to it."""
ASK_PAUSE = 5.0
TIMEOUT = 10.0
NO_ROUTE = "no_way_to_send"


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
        app: AppTalk | None,
    ) -> None:
        texts.require(f"messenger.{key}" for key in ("thinking", "with_a_person", "part"))
        self._database = database
        self._clock = clock
        self._rendering = rendering
        self._texts = texts
        self._sealer = sealer
        self._app = app
        self._http = httpx.AsyncClient(timeout=TIMEOUT)

    async def close(self) -> None:
        await self._http.aclose()

    async def stream(self, turn_id: str) -> Mapping[str, object]:
        """Return the stream of a turn as it is now; an answer in it counts as sent."""
        return await asyncio.to_thread(self._stream, turn_id)

    async def welcome(self, message_id: str) -> Mapping[str, object] | None:
        """Return the welcome that is to be sent, which counts as sent with this."""
        return await asyncio.to_thread(self._welcome, message_id)

    async def deliver(self, batch: Batch) -> Outcome:
        """Send a batch that the platform does not ask for; one that it may still ask for is left to it."""
        if await asyncio.to_thread(self._is_asked_for, batch):
            return Again(ASK_PAUSE)
        url = await asyncio.to_thread(self._reply_url, batch)
        if url is not None:
            outcome = await self._reply(url, self._rendering.show(batch.messages, heading=batch.heading))
            if not isinstance(outcome, Gone):
                return outcome
        if self._app is not None and batch.place.group_id is None:
            return await self._app.deliver(batch)
        return Gone(NO_ROUTE)

    async def _reply(self, url: str, shown: Shown) -> Outcome:
        text, *rest = self._parts(shown.lettered)
        body: dict[str, object] = {"msgtype": "markdown", "markdown": {"content": text}}
        if shown.card is not None:
            body, rest = {"msgtype": "template_card", "template_card": shown.card}, []
        try:
            answer = await self._http.post(url, json=body)
            told = answer.json()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL):
            return Gone("reply_address_unreachable")
        except (httpx.HTTPError, ValueError):
            return Lost("no answer to a reply")
        if not isinstance(told, dict) or told.get("errcode", 0) != 0:
            return Gone("reply_refused")
        return Lost("cut off") if rest else Done()

    # In worker threads:

    def _stream(self, turn_id: str) -> Mapping[str, object]:
        now = self._clock.now()
        with self._database.write() as db:
            turn = db.get(Turn, turn_id)
            messages, rows = sending.messages_to_hand_over(db, turn_id)
            if messages:
                sending.handed_over(db, rows, remote_id=turn_id, now=now)
                return self._answer(turn_id, self._rendering.show(messages))
        waits = turn is not None and turn.state != TurnState.HUMAN
        return stream_body(
            turn_id,
            self._texts("messenger.thinking" if waits else "messenger.with_a_person"),
            finish=not waits,
        )

    def _answer(self, turn_id: str, shown: Shown) -> Mapping[str, object]:
        text = shown.markdown if shown.buttons is not None else shown.lettered
        body = stream_body(turn_id, self._parts(text)[0], finish=True)
        if shown.buttons is not None:
            body |= {"msgtype": "stream_with_template_card", "template_card": shown.buttons}
        return body

    def _welcome(self, message_id: str) -> Mapping[str, object] | None:
        with self._database.write() as db:
            found = sending.message_to_hand_over(db, message_id)
            if found is None:
                return None
            message, rows = found
            sending.handed_over(db, rows, remote_id=None, now=self._clock.now())
            shown = self._rendering.show([message])
        if shown.card is not None:
            return {"msgtype": "template_card", "template_card": shown.card}
        return {"msgtype": "text", "text": {"content": shown.plain}}

    def _is_asked_for(self, batch: Batch) -> bool:
        if batch.turn_id is None:
            return False
        with self._database.read() as db:
            begun_by = operations.delivery_of(db, batch.turn_id)
            return begun_by is not None and begun_by.streamed and self._clock.now() - begun_by.at < ASKED_FOR

    def _reply_url(self, batch: Batch) -> str | None:
        with self._database.write() as db:
            sealed = operations.take_reply_url(
                db,
                turn_id=batch.turn_id,
                conversation_id=batch.messages[0].conversation_id,
                now=self._clock.now(),
            )
        return self._sealer.open(sealed) if sealed is not None else None

    def _parts(self, text: str) -> list[str]:
        return split_utf8(text, limit=CONTENT_BYTES, numbering=self._texts("messenger.part"))
