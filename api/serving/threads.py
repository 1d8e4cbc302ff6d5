"""Blocking work beside the event loop that does not hold up the end of the process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def beside(work: Callable[[], T]) -> T:
    """Run `work` in a daemon thread. A cancelled wait leaves it behind: what it does must survive a crash."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(set_it: Callable[[], None]) -> None:
        if not done.done():
            set_it()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # handed to whoever waits, whatever it is
            failure = error
            report = lambda: settle(lambda: done.set_exception(failure))  # noqa: E731
        else:
            report = lambda: settle(lambda: done.set_result(result))  # noqa: E731
        try:
            loop.call_soon_threadsafe(report)
        except RuntimeError:
            return  # the loop is gone, and with it whoever waited

    threading.Thread(target=run, daemon=True, name="prepare").start()
    return await done
