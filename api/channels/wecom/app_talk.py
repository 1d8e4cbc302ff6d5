"""What the self-built app says: every message sent by its HTTP API."""

from __future__ import annotations

import asyncio

import structlog

from api.channels.wecom.app_answers import Sent
from api.channels.wecom.app_api import TEXT_BYTES, AppApi
from api.channels.wecom.app_failures import CallFailed, NotSent, Refused, RefusedKind, ResultUnknown
from api.channels.wecom.outcomes import Again, Done, Gone, Lost, Outcome
from api.channels.wecom.rendering import Rendering
from api.channels.wecom.splitting import split_utf8
from api.channels.wecom.troubles import BAD_APP, UNTRUSTED_IP, Troubles
from service.messengers.sending import Batch
from service.texts import Texts

log = structlog.get_logger()

NOT_SENT_PAUSE = 5.0
BUSY_PAUSE, LIMIT_PAUSE, MISCONFIGURED_PAUSE = 5.0, 60.0, 300.0
PART_PAUSES = (1.0, 3.0, 9.0)
"""Seconds between tries of a later part of a long text: the first is with the employee already."""
LEFT = "left_the_app"
_MISCONFIGURED = (
    RefusedKind.TOKEN,
    RefusedKind.BAD_SECRET,
    RefusedKind.BAD_CORP,
    RefusedKind.BAD_AGENT,
)


class AppTalk:
    """Sends messages to members. `text_only`: for those who read it in the plain WeChat plug-in, where
    neither markdown nor cards are shown."""

    def __init__(
        self, *, api: AppApi, rendering: Rendering, texts: Texts, troubles: Troubles, text_only: bool
    ) -> None:
        self._api = api
        self._rendering = rendering
        self._texts = texts
        self._troubles = troubles
        self._text_only = text_only

    @property
    def ready(self) -> bool:
        """Every send opens a connection if it has to."""
        return True

    async def deliver(self, batch: Batch) -> Outcome:
        """Send a batch to its member."""
        if batch.place.left:
            return Gone(LEFT)
        userid = batch.place.userid
        shown = self._rendering.show(batch.messages, heading=batch.heading)
        try:
            if shown.card is not None and not self._text_only:
                sent = await self._api.send_card(userid, shown.card)
            else:
                text = shown.plain if self._text_only else shown.lettered
                first, *rest = split_utf8(text, limit=TEXT_BYTES, numbering=self._texts("messenger.part"))
                sent = await self._send(userid, first)
                for part in rest:
                    if not await self._send_later_part(userid, part):
                        return Lost("cut off")
        except NotSent as error:
            return Again(NOT_SENT_PAUSE, error.reason)
        except ResultUnknown as error:
            return Lost(error.reason)
        except Refused as refused:
            return self._refusal(refused)
        self._troubles.over(UNTRUSTED_IP, BAD_APP)
        return Done(sent.msgid)

    async def change_card(self, response_code: str, userid: str, title: str) -> None:
        """Show on a card what was pressed; best effort."""
        try:
            await self._api.update_card(response_code, [userid], to=self._rendering.pressed_text(title))
        except CallFailed as error:
            log.info("wecom_card_not_changed", error=type(error).__name__)

    async def _send(self, userid: str, text: str) -> Sent:
        send = self._api.send_text if self._text_only else self._api.send_markdown
        return await send(userid, text)

    async def _send_later_part(self, userid: str, part: str) -> bool:
        for pause in (*PART_PAUSES, None):
            try:
                await self._send(userid, part)
            except NotSent:
                if pause is None:
                    return False
                await asyncio.sleep(pause)
            except CallFailed:
                return False
            else:
                return True
        return False

    def _refusal(self, refused: Refused) -> Outcome:
        kind = refused.kind
        log.warning("wecom_app_refused", errcode=refused.errcode, kind=kind)
        if kind is RefusedKind.UNTRUSTED_IP:
            self._troubles.begin(UNTRUSTED_IP)
            return Gone(kind.value)
        if kind in _MISCONFIGURED:
            self._troubles.begin(BAD_APP)
            return Again(MISCONFIGURED_PAUSE, kind.value)
        if kind is RefusedKind.RATE_LIMITED:
            return Again(LIMIT_PAUSE, kind.value)
        if kind is RefusedKind.BUSY:
            return Again(BUSY_PAUSE, kind.value)
        return Gone(f"{kind} {refused.errcode}")
