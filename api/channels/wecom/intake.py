"""Storing what comes in: in the order it came, what waits together, and before anything is answered.

A platform counts the seconds until it is told that a delivery is stored. So that a rush is stored in time,
those that wait share a transaction, in a thread of its own. What is only to be kept as it came goes before
what is to be taken in, and answering begins when nothing waits, or after a while. Each that is taken in has a
savepoint: what one meets is not the others' business.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.database import Database
from service.messengers.arrivals import Arrival, keep
from service.messengers.taking_in import Taken

TOGETHER = 20
"""Deliveries taken in in one transaction, at most."""
KEPT_TOGETHER = 200
"""Deliveries kept in one transaction, at most."""
ANSWERS_WAIT = 4.0
"""Seconds after which what is stored is answered even if more comes all the time."""

Store = Callable[[Session], Taken]


@dataclass(frozen=True, slots=True)
class _Waiting:
    store: Store
    sender: str
    stored: asyncio.Future[Taken]


@dataclass(frozen=True, slots=True)
class _Keeping:
    arrival: Arrival
    kept: asyncio.Future[None]


class Intake:
    """Stores in its thread. `wake` is told of conversations to be answered, on the event loop."""

    def __init__(self, database: Database, *, wake: Callable[[str], None]) -> None:
        self._database = database
        self._wake = wake
        self._keeping: deque[_Keeping] = deque()
        self._waiting: deque[_Waiting] = deque()
        self._to_answer: dict[str, None] = {}
        self._worker: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="wecom-intake")

    async def keep(self, arrival: Arrival) -> None:
        """Keep a delivery as it came; one that is known stays as it is. Raises what the database raises."""
        keeping = _Keeping(arrival, asyncio.get_running_loop().create_future())
        self._keeping.append(keeping)
        self._go_on()
        await keeping.kept

    async def take(self, store: Store, *, sender: str) -> Taken:
        """Have `store` store what came from `sender`. Raises what it raises, and what the database does.

        It is done again where another process stored the same at once.
        """
        waiting = _Waiting(store, sender, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._go_on()
        return await waiting.stored

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _go_on(self) -> None:
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        answered_at = loop.time()
        try:
            while self._keeping or self._waiting:
                if self._keeping:
                    await self._keep_some(loop)
                else:
                    await self._take_some(loop)
                if loop.time() - answered_at > ANSWERS_WAIT:
                    self._answer()
                    answered_at = loop.time()
        finally:
            self._worker = None
            self._answer()

    async def _keep_some(self, loop: asyncio.AbstractEventLoop) -> None:
        batch = [self._keeping.popleft() for _ in range(min(KEPT_TOGETHER, len(self._keeping)))]
        arrivals = [keeping.arrival for keeping in batch]
        failure: Exception | None = None
        try:
            await loop.run_in_executor(self._thread, self._keep, arrivals)
        except Exception as error:
            # Handed to whoever waits, be it the database or a mistake of ours.
            failure = error
        for keeping in batch:
            if keeping.kept.done():  # whoever waited has gone
                continue
            if failure is None:
                keeping.kept.set_result(None)
            else:
                keeping.kept.set_exception(failure)

    async def _take_some(self, loop: asyncio.AbstractEventLoop) -> None:
        # One person's after another, in the order they came: two processes lock in the same order.
        batch = [self._waiting.popleft() for _ in range(min(TOGETHER, len(self._waiting)))]
        batch.sort(key=lambda waiting: waiting.sender)
        stored: list[Taken | Exception]
        try:
            stored = await loop.run_in_executor(self._thread, self._store, batch)
        except Exception as error:
            # As above.
            stored = [error] * len(batch)
        for waiting, result in zip(batch, stored, strict=True):
            self._tell(waiting, result)

    def _tell(self, waiting: _Waiting, result: Taken | Exception) -> None:
        if isinstance(result, Taken) and result.answering and result.conversation_id is not None:
            self._to_answer[result.conversation_id] = None
        if waiting.stored.done():  # whoever waited has gone
            return
        if isinstance(result, Taken):
            waiting.stored.set_result(result)
        else:
            waiting.stored.set_exception(result)

    def _answer(self) -> None:
        for conversation_id in self._to_answer:
            self._wake(conversation_id)
        self._to_answer.clear()

    # In the thread:

    def _keep(self, arrivals: list[Arrival]) -> None:
        try:
            with self._database.write() as db:
                keep(db, arrivals)
        except IntegrityError:
            # The same came to another process at once, which was first: now it is found.
            with self._database.write() as db:
                keep(db, arrivals)

    def _store(self, batch: list[_Waiting]) -> list[Taken | Exception]:
        with self._database.write() as db:
            return [self._store_one(db, waiting) for waiting in batch]

    def _store_one(self, db: Session, waiting: _Waiting) -> Taken | Exception:
        try:
            return self._sorted(db, waiting)
        except IntegrityError:
            # As in `_keep`.
            pass
        except Exception as error:
            # The others in the transaction are stored all the same; who waits for this one is told.
            return error
        try:
            return self._sorted(db, waiting)
        except Exception as error:  # as above
            return error

    def _sorted(self, db: Session, waiting: _Waiting) -> Taken:
        with db.begin_nested():
            return waiting.store(db)
