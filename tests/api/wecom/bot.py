"""Our own bot on the modelled gateway, with times that suit a test: a minute is 0.6 seconds."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from pydantic import SecretStr

from api.channels.wecom.bot_connection import BotConnection
from api.channels.wecom.bot_frames import Callback
from api.channels.wecom.bot_line import Patience
from api.channels.wecom.pacing import Pace, Trouble
from tests.api.wecom.gateway_server import BOT, SECRET

PACE = Pace(
    first=0.01,
    longest=0.6,
    steady=0.6,
    window=0.6,
    refused=0.6,
    refused_longest=6.0,
    kicked=0.6,
    kicked_longest=1.2,
)
PATIENCE = Patience(open=2.0, close=0.3, acknowledge=2.0)


@dataclass
class Bot:
    """A connection that runs, what it received and the troubles it told of."""

    connection: BotConnection
    received: list[Callback] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def subscribed(self) -> bool:
        return self.connection.health.subscribed

    async def ready(self) -> None:
        await soon(lambda: self.subscribed)


@asynccontextmanager
async def running(
    url: str,
    *,
    secret: str = SECRET,
    pace: Pace = PACE,
    patience: Patience = PATIENCE,
    receive: Callable[[Callback], Awaitable[None]] | None = None,
    proxy: str | None = None,
    seed: int = 1,
) -> AsyncIterator[Bot]:
    """Run a bot; it is cancelled on leaving."""

    async def keep(callback: Callback) -> None:
        bot.received.append(callback)
        if receive is not None:
            await receive(callback)

    bot = Bot(
        BotConnection(
            url=url,
            bot_id=BOT,
            secret=SecretStr(secret),
            receive=keep,
            notice=lambda trouble: bot.troubles.append(trouble),
            pace=pace,
            patience=patience,
            proxy=proxy,
            chance=random.Random(seed),
        )
    )
    task = asyncio.create_task(bot.connection.run())
    try:
        yield bot
        assert not task.done(), "the connection is kept up until it is cancelled"
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def soon(condition: Callable[[], bool], *, seconds: float = 10) -> None:
    """Wait until `condition` holds, and fail if it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        await asyncio.sleep(0.01)
