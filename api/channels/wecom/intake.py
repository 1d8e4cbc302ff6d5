"""Storing what comes in: in the order it came, what waits together, and before anything is answered.

A platform counts the seconds until it is told that a delivery is stored. So that a rush is stored in time,
those that wait share a transaction, in a thread of its own; answering begins when nothing waits, or after a
while. Each has a savepoint: what one meets is not the others' business.
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
from service.messengers.taking_in import Taken

TOGETHER = 20
"""Deliveries in one transaction, at most."""
ANSWERS_WAIT = 4.0
"""Seconds after which what is stored is answered even if more comes all the time."""

Store = Callable[[Session], Taken]


@dataclass(frozen=True, slots=True)
class _Waiting:
    store: Store
    sender: str
    stored: asyncio.Future[Taken]


class Intake:
    """Stores in its thread. `wake` is told of conversations to be answered, on the event loop."""

    def __init__(self, database: Database, *, wake: Callable[[str], None]) -> None:
        self._database = database
        self._wake = wake
        self._waiting: deque[_Waiting] = deque()
        self._to_answer: dict[str, None] = {}
        self._worker: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="wecom-intake")

    async def take(self, store: Store, *, sender: str) -> Taken:
        """Have `store` store what came from `sender`. Raises what it raises, and what the database does.

        It is done again where another process stored the same at once.
        """
        waiting = _Waiting(store, sender, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        return await waiting.stored

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        answered_at = loop.time()
        try:
            while self._waiting:
                # One person's after another, in the order they came: two processes lock in the same order.
                batch = [self._waiting.popleft() for _ in range(min(TOGETHER, len(self._waiting)))]
                batch.sort(key=lambda waiting: waiting.sender)
                try:
                    stored = await loop.run_in_executor(self._thread, self._store, batch)
                except Exception as error:
                    # Handed to whoever waits for it, be it the database or a mistake of ours.
                    stored = [error] * len(batch)
                for waiting, result in zip(batch, stored, strict=True):
                    self._tell(waiting, result)
                if loop.time() - answered_at > ANSWERS_WAIT:
                    self._answer()
                    answered_at = loop.time()
        finally:
            self._worker = None
            self._answer()

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

    def _store(self, batch: list[_Waiting]) -> list[Taken | Exception]:
        with self._database.write() as db:
            return [self._store_one(db, waiting) for waiting in batch]

    def _store_one(self, db: Session, waiting: _Waiting) -> Taken | Exception:
        try:
            return self._sorted(db, waiting)
        except IntegrityError:
            # The same came to another process at once, which was first: now it is found.
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
