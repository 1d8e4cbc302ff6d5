"""The one clock: what now and today are. Built in `create_app`, handed to whoever needs it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Clock:
    """`now()` is aware UTC; `today()` is the plain date in the deployment's time zone."""

    def __init__(self, timezone: str, source: Callable[[], datetime] = _utc_now) -> None:
        self.zone = ZoneInfo(timezone)
        self._source = source

    def now(self) -> datetime:
        return self._source().astimezone(UTC)

    def local(self) -> datetime:
        """Return now in the deployment's time zone."""
        return self._source().astimezone(self.zone)

    def today(self) -> date:
        return self.local().date()
