"""Having the dialogue forget what an employee deleted, also when it could not be asked at once."""

from __future__ import annotations

import asyncio

import structlog

from api.rasa import DialogueUnavailable, Probe, RasaClient
from service.conversations import operations, queries
from service.database import Database

log = structlog.get_logger()

EVERY = 15.0
"""Seconds between looks at what is still to be forgotten."""


async def erase_in_dialogue(database: Database, rasa: RasaClient, probe: Probe) -> None:
    """Tell Rasa, again and again, which conversations to forget. Runs until cancelled."""

    def waiting() -> list[str]:
        with database.read() as db:
            return queries.pending_erasures(db)

    def done(conversation_id: str) -> None:
        with database.write() as db:
            operations.erasure_done(db, conversation_id)

    while True:
        try:
            if probe.ready:
                for conversation_id in await asyncio.to_thread(waiting):
                    await rasa.forget(conversation_id)
                    await asyncio.to_thread(done, conversation_id)
        except DialogueUnavailable as error:
            log.warning("dialogue_did_not_forget", reason=error.reason)
        except Exception as error:
            log.error("erasure_failed", exc_info=error)
        await asyncio.sleep(EVERY)
