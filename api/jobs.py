"""What has to be done again and again, in one process at a time."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from service.clock import Clock
from service.database import Database, new_id
from service.insights.leases import give_up_leases, take_lease

log = structlog.get_logger()

TICK = 2.0
"""Seconds between looks at what is due."""
LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every `every` seconds, in whichever process holds the lease of its name."""

    name: str
    every: float
    run: Callable[[], Awaitable[None]]


class Jobs:
    """Runs jobs until cancelled. A job that fails is logged and tried again when it is next due."""

    def __init__(self, database: Database, clock: Clock, jobs: Sequence[Job]) -> None:
        self._database = database
        self._clock = clock
        self._jobs = tuple(jobs)
        self._holder = f"{socket.gethostname()[:50]}:{os.getpid()}:{new_id()[:8]}"

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        due = {job.name: loop.time() for job in self._jobs}
        while True:
            for job in self._jobs:
                if loop.time() < due[job.name]:
                    continue
                due[job.name] = loop.time() + job.every
                try:
                    if await asyncio.to_thread(self._mine, job):
                        await job.run()
                except Exception as error:
                    # Whatever one run of one job meets must not end the others, nor its own next run.
                    log.error("job_failed", job=job.name, exc_info=error)
            await asyncio.sleep(TICK)

    def stop(self) -> None:
        """Let another process go on at once."""
        give_up_leases(self._database, holder=self._holder, now=self._clock.now())

    def _mine(self, job: Job) -> bool:
        lasts = max(LEASE, timedelta(seconds=2 * job.every))
        return take_lease(self._database, job.name, holder=self._holder, lasts=lasts, now=self._clock.now())
