"""How many reports are taken a minute, from everybody together.

Addresses are not looked at, so nobody can be told apart, and nobody can be kept out alone.
"""

from __future__ import annotations

import time
from collections import deque
from threading import Lock

from service.errors import TooManyReports

A_MINUTE = 60.0
AT_MOST = 60


class Pace:
    """Lets through so many calls a minute."""

    def __init__(self, *, at_most: int = AT_MOST) -> None:
        self._at_most = at_most
        self._lock = Lock()
        self._times: deque[float] = deque()

    def take(self) -> None:
        """Count a call. Raises TooManyReports."""
        now = time.monotonic()
        with self._lock:
            while self._times and self._times[0] < now - A_MINUTE:
                self._times.popleft()
            if len(self._times) >= self._at_most:
                raise TooManyReports
            self._times.append(now)
