"""Sending by a response_url: the platform's address for one answer to the AI bot's webhook.

The address is as good as a secret: whoever has it can speak for the bot. It is in no log and in no error.
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx
from pydantic import BaseModel, ValidationError

from api.channels.wecom.addresses import is_safe
from api.channels.wecom.app_calls import NEVER_WRITTEN
from api.channels.wecom.bot_talk import BUSY, BUSY_PAUSE
from api.channels.wecom.outcomes import Again, Done, Gone, Lost, Outcome

TIMEOUT = 10.0
NOT_SENT_PAUSE = 5.0


class _Answer(BaseModel):
    errcode: int = 0


class BotReplies:
    """Sends replies. `proxy` is the address of the HTTP proxy to the platform; without one the environment's
    is used."""

    def __init__(self, *, proxy: str | None, timeout: float = TIMEOUT) -> None:
        self._http = httpx.AsyncClient(timeout=timeout, proxy=proxy, follow_redirects=False)

    async def close(self) -> None:
        await self._http.aclose()

    async def send(self, url: str, body: Mapping[str, object]) -> Outcome:
        """Send `body` to `url`. `Again` and `Gone`: the platform did not take it."""
        if not is_safe(url):
            return Gone("reply_address_unsafe")
        try:
            response = await self._http.post(url, json=body)
        except NEVER_WRITTEN as error:
            return Again(NOT_SENT_PAUSE, f"reply not sent: {type(error).__name__}")
        except httpx.HTTPError as error:
            return Lost(f"no answer to a reply: {type(error).__name__}")
        if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            return Lost(f"reply: status {response.status_code}")
        if response.status_code != httpx.codes.OK:
            return Again(NOT_SENT_PAUSE, f"reply not sent: status {response.status_code}")
        try:
            errcode = _Answer.model_validate_json(response.content).errcode
        except ValidationError:
            return Lost("unreadable answer to a reply")
        if errcode in BUSY:
            return Again(BUSY_PAUSE, f"reply: errcode {errcode}")
        return Done() if errcode == 0 else Gone(f"reply: errcode {errcode}")
