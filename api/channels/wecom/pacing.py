"""When the AI bot's connection may be tried again: back-off with jitter, and a limit nothing gets round.

The platform keeps one connection for a bot, and drops the older for the newer. Two that both come back at
once would drop each other for ever, so the pauses depend on how the last connection ended.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    """Why there is no connection."""

    UNREACHABLE = "unreachable"
    """No connection could be opened: address, network, proxy, TLS."""
    LOST = "lost"
    """It was closed, broke, or the platform says that it is not subscribed."""
    SILENT = "silent"
    """The platform acknowledged nothing any more."""
    BAD_SECRET = "bad_secret"  # noqa: S105 - the name of a trouble
    """The subscription was refused: bot id or secret are wrong, or the bot is not set to long connection."""
    KICKED = "kicked"
    """Somebody else subscribed for the same bot."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to wait before the next attempt; seconds, to which chance adds up to a quarter."""

    first: float = 1.0
    """After the loss of a connection that stood; twice as long after each further one."""
    longest: float = 60.0
    steady: float = 60.0
    """A connection that stood for so long counts as having stood: after it the pauses begin anew."""
    attempts: int = 5
    window: float = 60.0
    """In any stretch of this length no more than `attempts` begin, whatever happens."""
    refused: float = 60.0
    """After a refused subscription; twice as long after each further one."""
    refused_longest: float = 600.0
    kicked: float = 60.0
    """After a rival's subscription, at least; at most `kicked_longest`."""
    kicked_longest: float = 120.0


class Attempts:
    """Counts the attempts and knows when the next may begin. `clock` is monotonic, in seconds."""

    def __init__(self, pace: Pace, *, clock: Callable[[], float], chance: random.Random) -> None:
        self._pace = pace
        self._clock = clock
        self._chance = chance
        self._begun: deque[float] = deque(maxlen=pace.attempts)
        self._failures = 0
        self._refusals = 0
        self._due = clock()
        self.count = 0

    @property
    def wait(self) -> float:
        """Seconds until the next attempt may begin; 0 when it may now."""
        return max(0.0, self._due - self._clock())

    async def due(self) -> None:
        """Wait until the next attempt may begin."""
        while True:
            wait = self.wait
            if wait <= 0:
                return
            await asyncio.sleep(wait)

    def begin(self) -> None:
        """An attempt begins now."""
        self._begun.append(self._clock())
        self.count += 1

    def ended(self, trouble: Trouble, *, stood: float) -> None:
        """The attempt, or the connection that stood for `stood` seconds, ended in `trouble`."""
        now = self._clock()
        self._due = now + self._pause(trouble, steady=stood >= self._pace.steady)
        if len(self._begun) == self._pace.attempts:
            # A little longer than the window: on their way attempts get nearer to each other.
            self._due = max(self._due, self._begun[0] + self._pace.window * self._chance.uniform(1.01, 1.1))

    def _pause(self, trouble: Trouble, *, steady: bool) -> float:
        pace = self._pace
        if trouble is Trouble.KICKED:
            self._failures = self._refusals = 0
            return self._chance.uniform(pace.kicked, pace.kicked_longest)
        if trouble is Trouble.BAD_SECRET:
            self._failures = 0
            self._refusals += 1
            return self._doubled(pace.refused, self._refusals, pace.refused_longest)
        self._failures = 1 if steady else self._failures + 1
        self._refusals = 0
        return self._doubled(pace.first, self._failures, pace.longest)

    def _doubled(self, first: float, times: int, longest: float) -> float:
        return min(longest, first * 2.0 ** min(times - 1, 32)) * self._chance.uniform(1.0, 1.25)
