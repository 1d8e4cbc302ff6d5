"""Sending what the outbox holds for WeChat Work: in order in a chat, several chats at once, within limits."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from api.channels.wecom.outcomes import NO_ROUTE, Again, Done, Gone, Lost, Outcome, Route
from api.metrics import WECOM_SENT
from service.clock import Clock
from service.conversations.tables import OutboxState, Sender
from service.database import Database
from service.insights.events import MessageNotSent, record
from service.messengers import sending
from service.messengers.relay import Relay
from service.messengers.sending import Batch
from service.messengers.tables import Provider

log = structlog.get_logger()

AT_ONCE = 16
ATTEMPTS = 6
PAUSE_FIRST, PAUSE_LAST = 2.0, 300.0
"""Seconds between attempts, doubling; a refusal may ask for longer."""
END_WITHIN = 3.0
"""Seconds that what is being sent gets at the end, before it is left as begun."""
NOTE_FIRST, NOTE_LAST = 1.0, 30.0
"""Seconds between tries to note what came of a send when the database does not take it, doubling."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages to one member or group, which the platform drops silently above."""

    per_minute: int
    per_hour: int

    def spans(self) -> tuple[tuple[timedelta, int], ...]:
        return (timedelta(minutes=1), self.per_minute), (timedelta(hours=1), self.per_hour)


class Sending:
    """Sends by the routes. Runs in one process at a time: in the one that leads."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        routes: Mapping[Provider, Route],
        limits: Limits,
        relay: Relay,
        every: float,
    ) -> None:
        """`every` is in seconds, between looks: other processes commit messages too.

        `relay` says whose words they are that go to a member of staff.
        """
        self._database = database
        self._clock = clock
        self._routes = routes
        self._limits = limits
        self._relay = relay
        self._every = every
        self._woken = asyncio.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """There may be something to send. Call it on the event loop."""
        self._woken.set()

    async def run(self) -> None:
        """Send until cancelled."""
        await self._give_up_half_done()
        try:
            while True:
                self._woken.clear()
                if not await self._look():
                    await self._rest()
        finally:
            if self._tasks:
                await asyncio.wait(self._tasks.values(), timeout=END_WITHIN)
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _give_up_half_done(self) -> None:
        """Nothing is sent before what a process that is gone had begun is known to be unknown."""
        while True:
            try:
                lost = await asyncio.to_thread(self._left_half_done)
            except SQLAlchemyError as error:
                log.error("wecom_outbox_unreadable", error=type(error).__name__)
                await asyncio.sleep(NOTE_FIRST)
                continue
            if lost:
                log.warning("wecom_sends_cut_off", count=lost)
            return

    async def _rest(self) -> None:
        # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes together with the signal.
        with suppress(TimeoutError):
            async with asyncio.timeout(self._every):
                await self._woken.wait()

    async def _look(self) -> bool:
        """Begin what is due and there is room for; tell whether there may be more at once."""
        room = AT_ONCE - len(self._tasks)
        if room <= 0:
            return False
        resting = [provider for provider, route in self._routes.items() if not route.ready]
        claiming = asyncio.create_task(asyncio.to_thread(self._claim, list(self._tasks), room, resting))
        try:
            batches = await asyncio.shield(claiming)
        except SQLAlchemyError as error:
            log.error("wecom_outbox_unreadable", error=type(error).__name__)
            return False
        except asyncio.CancelledError:
            # The thread goes on. What it marks as begun is sent, or it would hold its chat up for ever.
            await asyncio.wait({claiming}, timeout=END_WITHIN)
            if claiming.done() and claiming.exception() is None:
                self._begin(claiming.result())
            raise
        self._begin(batches)
        return len(batches) == room

    def _begin(self, batches: Sequence[Batch]) -> None:
        for batch in batches:
            self._tasks[batch.place.chat_id] = asyncio.create_task(self._send(batch))

    async def _send(self, batch: Batch) -> None:
        try:
            outcome = await self._deliver(batch)
            pause = NOTE_FIRST
            while not await self._noted(batch, outcome):
                await asyncio.sleep(pause)
                pause = min(2 * pause, NOTE_LAST)
        finally:
            del self._tasks[batch.place.chat_id]
            self._woken.set()

    async def _deliver(self, batch: Batch) -> Outcome:
        route = self._routes.get(batch.place.provider)
        if route is None:
            return Gone(NO_ROUTE)
        try:
            return await route.deliver(batch)
        except Exception as error:
            # Whatever one message meets must not keep the others back; how far it got nobody knows.
            log.error("wecom_send_failed", exc_info=error)
            return Lost(type(error).__name__)

    async def _noted(self, batch: Batch, outcome: Outcome) -> bool:
        """Note what came of a send; until that is done nothing more is sent to the chat."""
        try:
            await asyncio.to_thread(self._note, batch, outcome)
        except SQLAlchemyError as error:
            log.error("wecom_send_not_noted", error=type(error).__name__)
            return False
        return True

    # In worker threads:

    def _left_half_done(self) -> int:
        with self._database.write() as db:
            return sending.left_half_done(db)

    def _claim(self, busy: list[str], room: int, resting: list[Provider]) -> list[Batch]:
        now = self._clock.now()
        with self._database.read() as db:
            if not sending.is_due(db, resting=resting, now=now):
                return []
        with self._database.write() as db:
            batches = sending.claim_due(db, busy=busy, limit=room, now=now, resting=resting)
            within = []
            for batch in batches:
                free_at = self._free_at(db, batch, now=now)
                if free_at is None:
                    within.append(self._headed(db, batch))
                else:
                    sending.later(db, batch, at=free_at, error=None)
            return within

    def _headed(self, db: Session, batch: Batch) -> Batch:
        first = batch.messages[0]
        if first.sender != Sender.EMPLOYEE:
            return batch
        return replace(batch, heading=self._relay.relay_heading(db, first))

    def _free_at(self, db: Session, batch: Batch, *, now: datetime) -> datetime | None:
        """Return when a place may be written to again, None while it may be now."""
        for span, most in self._limits.spans():
            count, first = sending.sent_lately(db, batch.place, within=span, now=now)
            if count >= most and first is not None:
                return first + span
        return None

    def _note(self, batch: Batch, outcome: Outcome) -> None:
        now = self._clock.now()
        with self._database.write() as db:
            match outcome:
                case Done(remote_id):
                    state = OutboxState.SENT
                    sending.sent(db, batch.rows, remote_id=remote_id, now=now)
                case Again(seconds, error) if error is None or batch.attempts + 1 < ATTEMPTS:
                    state = OutboxState.PENDING
                    pause = min(PAUSE_FIRST * 2**batch.attempts, PAUSE_LAST) if error is not None else 0.0
                    at = now + timedelta(seconds=max(seconds, pause))
                    sending.later(db, batch, at=at, error=error)
                case Again(_, error) | Gone(error):
                    state = OutboxState.FAILED
                    sending.failed(db, batch.rows, error=error or "")
                    self._record(db, batch, state, error or "", now=now)
                case Lost(error):
                    state = OutboxState.UNKNOWN
                    sending.unknown(db, batch.rows, error=error)
                    self._record(db, batch, state, error, now=now)
        WECOM_SENT.labels(provider=batch.place.provider, outcome=state).inc(len(batch.rows))
        if state is not OutboxState.SENT:
            error = outcome.error if not isinstance(outcome, Done) else None
            log.warning("wecom_not_sent", provider=batch.place.provider, state=state, error=error)

    def _record(self, db: Session, batch: Batch, state: OutboxState, error: str, *, now: datetime) -> None:
        for message in batch.messages:
            record(
                db,
                MessageNotSent(
                    at=now,
                    conversation_id=message.conversation_id,
                    turn_id=message.turn_id,
                    channel=batch.place.provider,
                    state=state,
                    error=error,
                ),
            )
