"""What keeps WeChat Work from working and only an administrator can mend: noted, logged and alerted once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from service.clock import Clock
from service.database import Database
from service.insights.events import MessengerTrouble, record

log = structlog.get_logger()

UNTRUSTED_IP = "untrusted_ip"
BAD_APP = "bad_app_secret"
Alert = Callable[[str], Awaitable[None]]


class Troubles:
    """Keeps what is wrong now. Use it on the event loop. `alert` tells the administrator's gateway."""

    def __init__(self, *, database: Database, clock: Clock, alert: Alert) -> None:
        self._database = database
        self._clock = clock
        self._alert = alert
        self._now: set[str] = set()
        self._telling: set[asyncio.Task[None]] = set()

    @property
    def now(self) -> list[str]:
        """What is wrong, by name."""
        return sorted(self._now)

    def begin(self, trouble: str) -> None:
        """Something is wrong; told once until it is over."""
        if trouble in self._now:
            return
        self._now.add(trouble)
        log.error("wecom_trouble", trouble=trouble)
        task = asyncio.create_task(self._tell(trouble))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    def over(self, *troubles: str) -> None:
        """It works again."""
        for trouble in self._now.intersection(troubles):
            self._now.discard(trouble)
            log.info("wecom_trouble_over", trouble=trouble)

    async def _tell(self, trouble: str) -> None:
        try:
            await asyncio.to_thread(self._record, trouble)
        except SQLAlchemyError as error:
            log.error("wecom_trouble_not_recorded", error=type(error).__name__)
        await self._alert(trouble)

    def _record(self, trouble: str) -> None:
        with self._database.write() as db:
            record(db, MessengerTrouble(at=self._clock.now(), trouble=trouble))
