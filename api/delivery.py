"""Delivery to browsers of what another process has put into the outbox."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from api.channels.widget.hub import Hub
from service.conversations.delivery import undelivered
from service.database import Database

log = structlog.get_logger()

EVERY = 2.0
"""Seconds between looks; what this process commits itself is announced at once, without waiting for one."""


async def deliver(database: Database, hub: Hub) -> None:
    """Wake the streams of conversations that have unsent messages. Runs until cancelled."""

    def waiting(listening: list[str]) -> list[str]:
        with database.read() as db:
            return undelivered(db, listening)

    while True:
        try:
            for conversation_id in await asyncio.to_thread(waiting, hub.listening()):
                hub.announce(conversation_id)
        except SQLAlchemyError as error:
            log.error("delivery_failed", exc_info=error)
        await asyncio.sleep(EVERY)
