"""Rasa under supervision: started, probed, started again with back-off when it dies or stops answering."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import httpx

from api.serving.child import Child, Log


@dataclass(slots=True)
class RasaState:
    """What is known of Rasa now. `detail` is for /readyz and the log, not for employees."""

    ready: bool = False
    ever_ready: bool = False
    restarts: int = 0
    detail: str = "not started"
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient the supervisor is; seconds."""

    start: float = 240.0
    """From start to ready; 12 on a quiet machine, 54 were seen on a busy one."""
    poll_starting: float = 0.3
    poll_ready: float = 5.0
    answer: float = 5.0
    misses: int = 3
    """So many probes in a row without an answer count as a hang."""
    grace: float = 4.0
    first_wait: float = 1.0
    last_wait: float = 60.0
    healthy: float = 60.0
    """Ready for so long, a later failure starts again with the first wait."""

    def wait_after(self, failures: int, chance: random.Random) -> float:
        """Seconds before the next start; twice as long after each failure, never quite the same.

        Several copies on one machine must not start together.
        """
        doubled = self.first_wait * 2.0 ** min(failures - 1, 32)
        return min(self.last_wait, doubled * chance.uniform(0.75, 1.25))


@dataclass(frozen=True, slots=True)
class Loss:
    """Why a life of Rasa ended. `notice` is said to the operator, `detail` is for /readyz and the log."""

    notice: str
    detail: str


class Notify(Protocol):
    def __call__(self, key: str, /, **fields: object) -> None: ...


class RasaSupervisor:
    """Keeps one Rasa running. `state` is read by others at any time, on the same event loop."""

    def __init__(
        self,
        *,
        ready_url: str,
        log: Log,
        notify: Notify,
        pace: Pace | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self.state = RasaState()
        self._ready_url = ready_url
        self._log = log
        self._notify = notify
        self._pace = pace or Pace()
        self._chance = chance or random.Random()  # noqa: S311  # jitter, not a secret
        self._child: Child | None = None
        self._failures = 0
        self._ready_at: float | None = None
        self._changed = asyncio.Event()

    async def run(self, start: Callable[[], Awaitable[Child]]) -> None:
        """Keep Rasa running until cancelled; its process is then gone."""
        async with httpx.AsyncClient(timeout=self._pace.answer, trust_env=False) as http:
            while True:
                self._ready_at = None
                try:
                    loss = await self._one_life(start, http)
                finally:
                    self._lost()
                    if self._child:
                        await asyncio.shield(self._child.stop(grace=self._pace.grace))
                        self._child = None
                await self._pause(loss)

    async def ready(self) -> None:
        """Wait until Rasa is ready."""
        while not self.state.ready:
            self._changed.clear()
            await self._changed.wait()

    def kill(self) -> None:
        """End Rasa at once, when there is no time left."""
        if self._child:
            self._child.kill()

    async def _one_life(self, start: Callable[[], Awaitable[Child]], http: httpx.AsyncClient) -> Loss:
        """Start Rasa and watch it; return why this life ended."""
        self.state.detail = "starting"
        try:
            child = self._child = await start()
        except OSError as error:
            return Loss("rasa_unstartable", f"cannot start: {error.strerror or error}")
        watching = asyncio.create_task(self._watch(http))
        ended = asyncio.create_task(child.wait())
        try:
            await asyncio.wait({watching, ended}, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                return Loss("rasa_ended", f"ended with status {ended.result()}")
            return watching.result()
        finally:
            watching.cancel()
            ended.cancel()
            await asyncio.gather(watching, ended, return_exceptions=True)

    async def _watch(self, http: httpx.AsyncClient) -> Loss:
        """Probe Rasa; return when it is to be given up."""
        began = time.monotonic()
        while not await self._answers(http):
            if time.monotonic() - began > self._pace.start:
                return Loss("rasa_slow", f"not ready after {self._pace.start:.0f} s")
            await asyncio.sleep(self._pace.poll_starting)
        self._found()
        misses = 0
        while misses < self._pace.misses:
            await asyncio.sleep(self._pace.poll_ready)
            self._log.trim()
            misses = 0 if await self._answers(http) else misses + 1
        return Loss("rasa_hung", f"{misses} probes without an answer")

    async def _answers(self, http: httpx.AsyncClient) -> bool:
        try:
            answer = await http.get(self._ready_url)
            if answer.status_code != httpx.codes.OK:
                return False
            told = answer.json()
        except (httpx.HTTPError, ValueError):
            return False
        if not isinstance(told, dict) or told.get("ready") is not True:
            return False
        self.state.model = str(told.get("model") or "") or None
        return True

    def _found(self) -> None:
        again = self.state.ever_ready
        self._ready_at = time.monotonic()
        self.state.ready = self.state.ever_ready = True
        self.state.detail = "ready"
        self._changed.set()
        if again:
            self._notify("rasa_back")

    def _lost(self) -> None:
        self.state.ready = False
        self.state.detail = "stopping"
        self._changed.set()

    async def _pause(self, loss: Loss) -> None:
        pace = self._pace
        healthy = self._ready_at is not None and time.monotonic() - self._ready_at > pace.healthy
        self._failures = 1 if healthy else self._failures + 1
        wait = pace.wait_after(self._failures, self._chance)
        self.state.detail = loss.detail
        self.state.restarts += 1
        self._log.trim()
        self._notify(loss.notice, detail=loss.detail, seconds=f"{wait:.0f}", log=self._log.path)
        await asyncio.sleep(wait)
