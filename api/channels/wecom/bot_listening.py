"""What comes by the AI bot's long connection: taken in, and answered in its place."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from sqlalchemy.exc import SQLAlchemyError

from api.channels.wecom.bot_frames import Callback
from api.channels.wecom.bot_messages import read_callback
from api.channels.wecom.bot_talk import BotTalk
from api.channels.wecom.inbound import Inbound
from api.channels.wecom.incoming import Entered, Incoming, Pressed, Rated
from api.channels.wecom.rejected import Rejected
from service.messengers.taking_in import Taken

log = structlog.get_logger()

_UNANSWERED = (Entered, Rated)
"""What nobody waits for an answer to; one to a judgement would be refused."""


class BotListening:
    """Handles callbacks. Use it on the event loop.

    `store_again` are the seconds between tries to store what came: the platform does not send it again.
    """

    def __init__(
        self, inbound: Inbound, talk: BotTalk, *, bot_name: str, store_again: Sequence[float]
    ) -> None:
        self._inbound = inbound
        self._talk = talk
        self._bot_name = bot_name
        self._store_again = store_again

    async def receive(self, callback: Callback) -> None:
        """Take a callback in. What cannot be read is logged and left; what cannot be stored is said so."""
        try:
            incoming = read_callback(callback.body, bot_name=self._bot_name)
        except Rejected as rejected:
            log.error("wecom_callback_unreadable", code=rejected.code, part=str(rejected))
            return
        if incoming is None:
            return
        taken = await self._take(incoming)
        if taken is None:
            if not isinstance(incoming.what, _UNANSWERED):
                await self._talk.not_taken(callback.req_id)
            return
        if taken.answering and taken.turn_id is not None and not isinstance(incoming.what, Pressed):
            self._talk.expect(
                taken.turn_id, callback.req_id, userid=incoming.userid, group_id=incoming.chatid
            )
        if taken.welcome is not None:
            self._talk.greet(taken.welcome, callback.req_id)
        if isinstance(incoming.what, Pressed) and taken.turn_id is not None:
            card = await self._inbound.pressed_card(incoming.what)
            if card is not None:
                await self._talk.change_card(callback.req_id, card)

    async def _take(self, incoming: Incoming) -> Taken | None:
        for pause in (*self._store_again, None):
            try:
                return await self._inbound.handle(incoming)
            except SQLAlchemyError as error:
                log.error("wecom_message_not_stored", error=type(error).__name__, again=pause is not None)
            if pause is not None:
                await asyncio.sleep(pause)
        return None
