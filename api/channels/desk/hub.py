"""Which consoles are open in this process. Signals only: what they show is read from the database."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(eq=False, slots=True)
class DeskListener:
    """One open console. `watched` is the conversation on its screen, `sent` the last number it was sent.

    `shown` are the conversations in its lists.
    """

    woken: asyncio.Event = field(default_factory=asyncio.Event)
    watched: str | None = None
    shown: frozenset[str] = frozenset()
    sent: int = 0
    typing: bool = False
    tickets: bool = False


class DeskHub:
    """Wakes consoles. Use it on the event loop's thread only."""

    def __init__(self) -> None:
        self._listeners: set[DeskListener] = set()

    @contextmanager
    def listen(self) -> Iterator[DeskListener]:
        listener = DeskListener()
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def announce(self, conversations: Collection[str], *, queue: bool = False, tickets: bool = False) -> None:
        """There is news of `conversations`, of who waits (`queue`), or of tickets.

        Consoles that show nothing of it are left alone: most conversations never come to the desk.
        """
        for listener in self._listeners:
            listener.tickets = listener.tickets or tickets
            if queue or tickets or any(item in listener.shown for item in conversations):
                listener.woken.set()

    def typing(self, conversation_id: str) -> None:
        """The employee is writing in a conversation."""
        for listener in self._listeners:
            if listener.watched == conversation_id:
                listener.typing = True
                listener.woken.set()
