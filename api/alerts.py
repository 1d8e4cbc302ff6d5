"""Alerting the person on call: a call of the address in UA_ALERT_URL, tried until it is taken.

The body says where and when, never who or what was written: `{kind, organisation, at, conversation}`. A
gateway turns it into a text message or a phone call.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import structlog
from sqlalchemy import select, update

from service.clock import Clock
from service.database import Database
from service.handover.tables import AlertState, Handover
from service.insights.events import OnCallAlerted, record

log = structlog.get_logger()

TRIES = 8
FIRST_PAUSE = timedelta(seconds=5)
"""Between two tries, doubling: all of them together take some ten minutes."""
TIMEOUT = 5.0


@dataclass(frozen=True, slots=True)
class Alert:
    handover_id: str
    conversation_id: str
    organisation: str
    at: str
    attempts: int


class Alerts:
    """Sends what is due. `url` None: nothing is ever due, because no alert is then asked for."""

    def __init__(self, *, database: Database, clock: Clock, url: str | None) -> None:
        self._database = database
        self._clock = clock
        self._url = url

    async def send_due(self) -> None:
        """Send every alert that is due and not overtaken by somebody taking the conversation."""
        if self._url is None:
            return
        async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as http:
            for alert in await asyncio.to_thread(self._due):
                taken = await self._send(http, self._url, alert)
                await asyncio.to_thread(self._note, alert, taken)

    async def _send(self, http: httpx.AsyncClient, url: str, alert: Alert) -> bool:
        body = {
            "kind": "urgent",
            "organisation": alert.organisation,
            "at": alert.at,
            "conversation": alert.conversation_id,
        }
        try:
            response = await http.post(url, json=body)
            response.raise_for_status()
        except httpx.HTTPError as error:
            log.error("alert_not_taken", reason=type(error).__name__, attempt=alert.attempts + 1)
            return False
        return True

    def _due(self) -> list[Alert]:
        query = select(Handover).where(
            Handover.alert == AlertState.PENDING,
            Handover.alert_next_at <= self._clock.now(),
            Handover.claimed_at.is_(None),
            Handover.ended_at.is_(None),
        )
        with self._database.read() as db:
            return [
                Alert(
                    item.id,
                    item.conversation_id,
                    item.routed_to,
                    item.waiting_since.isoformat(),
                    item.alert_attempts,
                )
                for item in db.scalars(query)
            ]

    def _note(self, alert: Alert, taken: bool) -> None:
        now, attempts = self._clock.now(), alert.attempts + 1
        state = AlertState.SENT if taken else AlertState.PENDING if attempts < TRIES else AlertState.FAILED
        with self._database.write() as db:
            db.execute(
                update(Handover)
                .where(Handover.id == alert.handover_id)
                .values(
                    alert=state, alert_attempts=attempts, alert_next_at=now + FIRST_PAUSE * 2**alert.attempts
                )
            )
            record(
                db,
                OnCallAlerted(
                    at=now,
                    conversation_id=alert.conversation_id,
                    organisation_path=alert.organisation,
                    taken=taken,
                ),
            )


async def tell_administrator(url: str | None, trouble: str, *, at: datetime) -> None:
    """Tell the gateway that a messenger needs an administrator: `{kind, trouble, at}`, once, best effort."""
    if url is None:
        return
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as http:
            answer = await http.post(
                url, json={"kind": "messenger_trouble", "trouble": trouble, "at": at.isoformat()}
            )
            answer.raise_for_status()
    except httpx.HTTPError as error:
        log.error("trouble_not_alerted", reason=type(error).__name__)
