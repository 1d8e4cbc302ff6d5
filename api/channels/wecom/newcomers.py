"""Whoever writes for the first time since the start is looked up in the directory, beside the answering."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog
from sqlalchemy.exc import SQLAlchemyError

from api.channels.wecom.directory import Directory, Looked
from service.database import Database
from service.messengers.operations import unit_is_known
from service.people.identities import WECOM, employee_of
from service.people.members import told_by_directory

log = structlog.get_logger()

AT_ONCE = 4
"""Look-ups at a time: the platform limits how often its directory is asked."""


class Newcomers:
    """Learns names and units. Use it on the event loop. `units`: the unit of each department."""

    def __init__(self, directory: Directory, database: Database, *, units: Mapping[int, str]) -> None:
        self._directory = directory
        self._database = database
        self._units = units
        self._met: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(AT_ONCE)

    def meet(self, userid: str) -> None:
        """Somebody wrote; who was met before is not looked up again."""
        if userid in self._met:
            return
        self._met.add(userid)
        task = asyncio.create_task(self._look_up(userid))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _look_up(self, userid: str) -> None:
        async with self._slots:
            looked = await self._directory.look_up(userid)
        if looked is None:
            return
        try:
            await asyncio.to_thread(self._keep, userid, looked)
        except SQLAlchemyError as error:
            self._met.discard(userid)
            log.error("wecom_member_not_kept", error=type(error).__name__)

    def _keep(self, userid: str, looked: Looked) -> None:
        with self._database.write() as db:
            employee = employee_of(db, WECOM, userid)
            if employee is None:  # removed meanwhile
                return
            told_by_directory(
                db, employee, name=looked.name, departments=looked.departments, units=self._units
            )
            unit_is_known(db, employee)
