"""Live signals: what was committed, in whatever thread, wakes the streams that may show it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from api.channels.desk.hub import DeskHub
from api.channels.widget.hub import Hub
from service.conversations.messages import Appended
from service.database import Database
from service.insights.events import Event
from service.messengers.sending import Delivered

QUEUE_KINDS = ("handover_", "conversation_closed", "conversation_deleted")
TICKET_KINDS = ("ticket_",)
"""How the kinds of events begin that change what the desk lists."""


class Live:
    """Carries signals from the threads that commit to the event loop with the streams.

    `outgoing` is called when there may be something to send to a messenger.
    """

    def __init__(
        self, database: Database, *, hub: Hub, desk: DeskHub, outgoing: Callable[[], None] | None = None
    ) -> None:
        self._hub = hub
        self._desk = desk
        self._outgoing = outgoing
        self._loop: asyncio.AbstractEventLoop | None = None
        database.subscribe(self._happened)

    def attach(self) -> None:
        """From now on signal to streams on the running loop."""
        self._loop = asyncio.get_running_loop()

    def detach(self) -> None:
        self._loop = None

    def _happened(self, news: Sequence[object]) -> None:
        loop = self._loop
        if loop is not None:
            loop.call_soon_threadsafe(self._announce, list(news))

    def _announce(self, news: Sequence[object]) -> None:
        conversations, kinds = set(), set()
        delivered = {item.conversation_id for item in news if isinstance(item, Delivered)}
        for item in news:
            if isinstance(item, Event):
                kinds.add(item.kind)
            if isinstance(item, Appended | Event) and item.conversation_id is not None:
                conversations.add(item.conversation_id)
        for conversation_id in conversations:
            self._hub.announce(conversation_id)
        if conversations and self._outgoing is not None:
            self._outgoing()
        queue = any(kind.startswith(QUEUE_KINDS) for kind in kinds)
        tickets = any(kind.startswith(TICKET_KINDS) for kind in kinds)
        if conversations or delivered or queue or tickets:
            self._desk.announce(conversations | delivered, queue=queue, tickets=tickets)
