"""Who listens to which conversation in this process. Signals only: messages are read from the database."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(eq=False, slots=True)
class Listener:
    """One open stream. `woken` is set when there may be news; `typing` names who is writing."""

    woken: asyncio.Event = field(default_factory=asyncio.Event)
    typing: str | None = None


class Hub:
    """Wakes the streams of a conversation. Use it on the event loop's thread only."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)

    @contextmanager
    def listen(self, conversation_id: str) -> Iterator[Listener]:
        listener = Listener()
        self._listeners[conversation_id].add(listener)
        try:
            yield listener
        finally:
            listeners = self._listeners[conversation_id]
            listeners.discard(listener)
            if not listeners:
                del self._listeners[conversation_id]

    def listening(self) -> list[str]:
        """Return the conversations somebody listens to."""
        return list(self._listeners)

    def announce(self, conversation_id: str) -> None:
        """There are new messages, or the state is another."""
        for listener in self._listeners.get(conversation_id, ()):
            listener.typing = None
            listener.woken.set()

    def typing(self, conversation_id: str, by: str) -> None:
        """Somebody is writing an answer."""
        for listener in self._listeners.get(conversation_id, ()):
            listener.typing = by
            listener.woken.set()
