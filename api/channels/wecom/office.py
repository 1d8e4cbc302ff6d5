"""WeChat Work in this process: its ways in, its ways out, and the one process that leads.

Deliveries to our addresses are taken in by every process. Sending, and the AI bot's long connection, are the
business of the process that holds the lease: two connections for one bot would throw each other out.
"""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from api.channels.wecom.app_api import AppApi
from api.channels.wecom.arrivals import Arrivals
from api.channels.wecom.bot_connection import BotConnection
from api.channels.wecom.bot_polls import BotPolls
from api.channels.wecom.bot_talk import BotTalk
from api.channels.wecom.crypto import WecomCrypto
from api.channels.wecom.directory import Directory
from api.channels.wecom.inbound import Inbound
from api.channels.wecom.sending import Sending
from api.channels.wecom.tempo import Tempo
from api.channels.wecom.troubles import Troubles
from api.metrics import WECOM_CONNECTED
from service.clock import Clock
from service.database import Database, new_id
from service.insights.leases import give_up_leases, take_lease

log = structlog.get_logger()

LEASE = "wecom"
WATCHED = 1.0
"""Seconds between two looks at how the connection is."""
BAD_SECRET, KICKED, UNREACHABLE = "bot_bad_secret", "bot_kicked", "bot_unreachable"


@dataclass(frozen=True, slots=True)
class AppDoor:
    """The self-built app: its callbacks are opened with `crypto`."""

    crypto: WecomCrypto
    arrivals: Arrivals


@dataclass(frozen=True, slots=True)
class BotDoor:
    """The AI bot in its webhook mode. `bot_id` None: not checked; `name`: what it is called in groups."""

    crypto: WecomCrypto
    polls: BotPolls
    bot_id: str | None
    name: str


@dataclass(frozen=True, slots=True)
class BotLine:
    """The AI bot's long connection, and what is said over it."""

    connection: BotConnection
    talk: BotTalk


@dataclass(slots=True)
class Office:
    """The channel. `api` is the app's and `directory` what it sees of the members, None without one."""

    database: Database
    clock: Clock
    inbound: Inbound
    sending: Sending
    troubles: Troubles
    tempo: Tempo
    api: AppApi | None
    directory: Directory | None
    app_door: AppDoor | None
    bot_door: BotDoor | None
    bot_line: BotLine | None
    holder: str = field(default_factory=lambda: f"{socket.gethostname()[:50]}:{os.getpid()}:{new_id()[:8]}")
    leading: bool = False

    async def run(self) -> None:
        """Lead whenever no other process does, until cancelled."""
        loop, terms = asyncio.get_running_loop(), self.tempo.lease
        duties: asyncio.Task[None] | None = None
        until = 0.0
        try:
            while True:
                asked_at = loop.time()
                mine = await self._renew(within=until - asked_at if duties is not None else terms.renewed)
                if mine:
                    until = asked_at + terms.given_up_after
                if duties is not None and (mine is False or loop.time() >= until or duties.done()):
                    await self._end(duties)
                    duties = None
                elif mine and duties is None:
                    self.leading = True
                    log.info("wecom_leading")
                    duties = asyncio.create_task(self._lead())
                if duties is None:
                    await asyncio.sleep(terms.renewed / 2)
                else:
                    await asyncio.wait({duties}, timeout=min(terms.renewed, until - loop.time()))
        finally:
            if duties is not None:
                await self._end(duties)
            with suppress(SQLAlchemyError):
                await asyncio.to_thread(
                    give_up_leases, self.database, holder=self.holder, now=self.clock.now()
                )

    async def close(self) -> None:
        """Let go of what every process holds."""
        if self.app_door is not None:
            await self.app_door.arrivals.close()
        await self.inbound.close()
        if self.api is not None:
            await self.api.close()
        if self.bot_door is not None:
            await self.bot_door.polls.close()

    def state(self) -> dict[str, object]:
        """Return how it is, for /readyz: only what this process knows."""
        told: dict[str, object] = {"leading": self.leading, "troubles": self.troubles.now}
        if self.bot_line is not None and self.leading:
            health = self.bot_line.connection.health
            told["connected"] = health.healthy
        return told

    async def _lead(self) -> None:
        async with asyncio.TaskGroup() as group:
            if self.app_door is not None:
                group.create_task(self.app_door.arrivals.catch_up())
            if self.bot_line is not None:
                group.create_task(self.bot_line.connection.run())
                group.create_task(self._watch(self.bot_line))
            # Not a task beside them: it ends first, while what it is sending can still be acknowledged.
            await self.sending.run()

    async def _watch(self, line: BotLine) -> None:
        """Tell how the connection is, and note when it stays away and when a trouble is over."""
        loop, tempo = asyncio.get_running_loop(), self.tempo
        since, was = loop.time(), False
        while True:
            subscribed = line.connection.health.subscribed
            if subscribed is not was:
                since, was = loop.time(), subscribed
                WECOM_CONNECTED.set(1 if subscribed else 0)
                self.sending.wake()
            lasted = loop.time() - since
            if subscribed:
                self.troubles.over(BAD_SECRET, UNREACHABLE)
                if lasted >= tempo.standing_after:
                    self.troubles.over(KICKED)
            elif lasted >= tempo.unreachable_after and not {BAD_SECRET, KICKED} & set(self.troubles.now):
                self.troubles.begin(UNREACHABLE)
            await asyncio.sleep(WATCHED)

    async def _renew(self, *, within: float) -> bool | None:
        """Tell whether the lease is ours; None when nobody can tell, or not `within` so many seconds."""
        lasts = timedelta(seconds=self.tempo.lease.lasts)
        try:
            async with asyncio.timeout(min(within, self.tempo.lease.renewed)):
                return await asyncio.to_thread(
                    take_lease, self.database, LEASE, holder=self.holder, lasts=lasts, now=self.clock.now()
                )
        except (SQLAlchemyError, TimeoutError) as error:
            log.error("wecom_lease_unreadable", error=type(error).__name__)
            return None

    async def _end(self, duties: asyncio.Task[None]) -> None:
        """Stop leading; what went wrong while leading is logged, and it is begun anew."""
        log.info("wecom_not_leading")
        duties.cancel()
        (ended,) = await asyncio.gather(duties, return_exceptions=True)
        if isinstance(ended, Exception):
            log.error("wecom_leading_failed", exc_info=ended)
        if self.bot_line is not None:
            await self.bot_line.talk.close()
        self.leading = False
        self.troubles.over(BAD_SECRET, KICKED, UNREACHABLE)  # whoever leads next finds out
        WECOM_CONNECTED.set(0)
