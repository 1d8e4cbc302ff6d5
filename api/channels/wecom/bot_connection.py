"""The AI bot's long connection: kept up until cancelled, whatever happens to it.

The service opens it, so a deployment needs no address that the platform can reach. A bot has one connection:
of several processes only the one that leads may run this.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from pydantic import SecretStr
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from api.channels.wecom.bot_frames import Ack, Callback, new_req_id
from api.channels.wecom.bot_line import Line, NotConnected, Patience
from api.channels.wecom.pacing import Attempts, Pace, Trouble
from api.channels.wecom.reception import Reception

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Health:
    """How the connection is.

    `healthy` is more than `subscribed`: no acknowledgement is overdue. `attempts` counts the connections
    tried since the start. `trouble` is why there is none, None while there is one.
    """

    subscribed: bool
    healthy: bool
    last_heard_at: datetime | None
    attempts: int
    trouble: Trouble | None


def _utc_now() -> datetime:
    return datetime.now(UTC)


class BotConnection:
    """Connects, subscribes, keeps the connection alive and comes back after a loss.

    `receive` accepts a callback and returns: the next of the same sender waits for it, and a welcome or a
    changed card is only taken within five seconds. `notice` is told of a trouble when it begins. `proxy` is
    the address of a proxy. `clock` is monotonic, in seconds.
    """

    def __init__(
        self,
        *,
        url: str,
        bot_id: str,
        secret: SecretStr,
        receive: Callable[[Callback], Awaitable[None]],
        notice: Callable[[Trouble], None],
        pace: Pace,
        patience: Patience,
        proxy: str | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = _utc_now,
        chance: random.Random | None = None,
    ) -> None:
        self._url = url
        self._bot_id = bot_id
        self._secret = secret
        self._notice = notice
        self._patience = patience
        self._proxy = proxy
        self._clock = clock
        self._now = now
        self._attempts = Attempts(pace, clock=clock, chance=chance or random.SystemRandom())
        self._reception = Reception(receive, grace=patience.close)
        self._line: Line | None = None
        self._heard_at: datetime | None = None
        self._trouble: Trouble | None = None
        # At level DEBUG the library logs every frame, and the first one holds the secret.
        self._wire_log = logging.getLogger("websockets.client.wecom")
        self._wire_log.setLevel(logging.WARNING)

    @property
    def health(self) -> Health:
        line = self._line
        return Health(
            subscribed=line is not None,
            healthy=line is not None and line.healthy,
            last_heard_at=line.heard_at if line is not None else self._heard_at,
            attempts=self._attempts.count,
            trouble=self._trouble,
        )

    async def request(self, cmd: str, body: Mapping[str, object], *, req_id: str | None = None) -> Ack:
        """Send a command and return its acknowledgement.

        `req_id` is that of the callback that is answered, None for a command of our own. Those of one req_id
        are sent one after another. Raises NotConnected (surely not done: may be tried again), Unacknowledged
        (may have been done: never repeat blindly) and Refused.
        """
        line = self._line
        if line is None:
            raise NotConnected
        return await line.ask(cmd, body, req_id=req_id or new_req_id(cmd))

    async def run(self) -> None:
        """Keep the connection up until cancelled; then close it and let what was received be handled.

        Both are given `patience.close` seconds. It may be run again afterwards.
        """
        async with self._reception:
            while True:
                await self._attempts.due()
                self._attempts.begin()
                trouble, stood = await self._live()
                self._attempts.ended(trouble, stood=stood)
                self._meet(trouble)

    async def _live(self) -> tuple[Trouble, float]:
        """Open one connection and live on it; return why it ended and how many seconds it was subscribed."""
        try:
            socket = await self._open()
        except (OSError, TimeoutError, WebSocketException) as error:
            log.warning("wecom_bot_unreachable", reason=type(error).__name__)
            return Trouble.UNREACHABLE, 0.0
        line = Line(socket, patience=self._patience, now=self._now, took=self._reception.take)
        since: list[float] = []

        def subscribed() -> None:
            since.append(self._clock())
            self._line, self._trouble = line, None
            log.info("wecom_bot_subscribed", attempts=self._attempts.count)

        try:
            trouble = await line.run(self._bot_id, self._secret, subscribed=subscribed)
        finally:
            self._line = None
            self._heard_at = line.heard_at or self._heard_at
            await socket.close()
        return trouble, self._clock() - since[0] if since else 0.0

    async def _open(self) -> ClientConnection:
        return await connect(
            self._url,
            proxy=self._proxy,
            compression=None,
            open_timeout=self._patience.open,
            close_timeout=self._patience.close,
            ping_interval=None,  # the protocol has a ping of its own
            max_size=self._patience.frame_bytes,
            logger=self._wire_log,
        )

    def _meet(self, trouble: Trouble) -> None:
        log.warning("wecom_bot_connection_ended", trouble=trouble, next_in=round(self._attempts.wait, 1))
        if trouble is not self._trouble:
            self._trouble = trouble
            self._notice(trouble)
