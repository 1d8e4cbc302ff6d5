"""Callbacks that wait to be handled: a bounded number at once, those of one sender in the order they came."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from types import TracebackType

import structlog

from api.channels.wecom.bot_frames import Callback

log = structlog.get_logger()

AT_ONCE = 32
WAITING = 2000
"""So many callbacks may wait. The platform counts on no acknowledgement of them: a further one is lost."""


class Reception:
    """Hands callbacks to `receive`. On leaving, those that wait have `grace` seconds to be handled."""

    def __init__(self, receive: Callable[[Callback], Awaitable[None]], *, grace: float) -> None:
        self._receive = receive
        self._grace = grace
        self._lanes: dict[str, deque[Callback]] = {}
        self._ready: asyncio.Queue[str] = asyncio.Queue()
        self._count = 0
        self._idle = asyncio.Event()
        self._workers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Reception:
        self._idle.set()
        self._workers = [asyncio.create_task(self._work()) for _ in range(AT_ONCE)]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            async with asyncio.timeout(self._grace):
                await self._idle.wait()
        except TimeoutError:
            log.error("wecom_callbacks_left", count=self._count)
        finally:
            for worker in self._workers:
                worker.cancel()
            await asyncio.gather(*self._workers, return_exceptions=True)

    def take(self, callback: Callback) -> None:
        """Have `callback` handled; never waits."""
        if self._count >= WAITING:
            log.error("wecom_callback_dropped", waiting=self._count)
            return
        self._count += 1
        self._idle.clear()
        lane = self._lanes.get(callback.sender)
        if lane is not None:
            lane.append(callback)
            return
        self._lanes[callback.sender] = deque([callback])
        self._ready.put_nowait(callback.sender)

    async def _work(self) -> None:
        while True:
            sender = await self._ready.get()
            lane = self._lanes[sender]
            try:
                await self._receive(lane.popleft())
            except Exception as error:
                # Whatever one callback meets must not keep the others, of whoever, from being handled.
                log.error("wecom_callback_failed", exc_info=error)
            finally:
                self._done(sender)

    def _done(self, sender: str) -> None:
        self._count -= 1
        if self._lanes[sender]:
            self._ready.put_nowait(sender)
        else:
            del self._lanes[sender]
        if self._count == 0:
            self._idle.set()
