"""Deliveries to the self-built app: kept and acknowledged at once, taken in after that.

What a process leaves behind, because it ended or its database failed, the leading process takes in later.
"""

from __future__ import annotations

import asyncio
from collections import Counter

import structlog
from sqlalchemy.exc import SQLAlchemyError

from api.channels.wecom.app_messages import read_app_message
from api.channels.wecom.app_talk import AppTalk
from api.channels.wecom.inbound import Inbound
from api.channels.wecom.incoming import Incoming, Pressed
from api.channels.wecom.rejected import Rejected
from service.clock import Clock
from service.database import Database
from service.messengers.arrivals import Arrival, left_behind
from service.messengers.tables import Provider
from service.privacy.sealing import SealBroken, Sealer

log = structlog.get_logger()

TRIES = 5
"""Times a process tries to take in what was left behind."""
AT_ONCE = 100


class Arrivals:
    """Use it on the event loop; the database is used in worker threads."""

    def __init__(
        self,
        *,
        inbound: Inbound,
        talk: AppTalk,
        database: Database,
        clock: Clock,
        sealer: Sealer,
        look_every: float,
    ) -> None:
        self._inbound = inbound
        self._talk = talk
        self._database = database
        self._clock = clock
        self._sealer = sealer
        self._look_every = look_every
        self._under_way: dict[asyncio.Task[bool], str] = {}
        self._tries: Counter[str] = Counter()

    async def keep(self, incoming: Incoming, opened: str) -> None:
        """Keep a delivery, and begin to take it in. `opened` is what it says.

        Raises what the database raises: then it is not kept, and the platform is not to be told so.
        """
        sealed = self._sealer.seal(opened)
        await self._inbound.keep(Arrival(incoming.provider, incoming.key, sealed, self._clock.now()))
        task = asyncio.create_task(self._take_in(incoming))
        self._under_way[task] = incoming.key
        task.add_done_callback(self._under_way.pop)

    async def catch_up(self) -> None:
        """Take in what is left behind, until cancelled."""
        while True:
            given_up = (key for key, tries in self._tries.items() if tries >= TRIES)
            but = {*self._under_way.values(), *given_up}
            try:
                left = await asyncio.to_thread(self._left_behind, but)
            except SQLAlchemyError as error:
                log.error("wecom_deliveries_unreadable", error=type(error).__name__)
                left = []
            for arrival in left:
                await self._take_up(arrival)
            await asyncio.sleep(self._look_every)

    async def close(self) -> None:
        """Stop taking in; what is not done is left behind."""
        tasks = list(self._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _take_in(self, incoming: Incoming) -> bool:
        try:
            taken = await self._inbound.handle(incoming)
        except Exception as error:
            # It stays kept. Whatever went wrong, others' deliveries are not to suffer from it.
            log.error("wecom_delivery_waits", exc_info=error)
            return False
        if isinstance(incoming.what, Pressed) and taken.turn_id is not None and not taken.repeated:
            await self._change_card(incoming.userid, incoming.what)
        return True

    async def _change_card(self, userid: str, pressed: Pressed) -> None:
        try:
            title = await asyncio.to_thread(self._inbound.title_of, pressed)
        except SQLAlchemyError as error:
            log.info("wecom_card_not_changed", error=type(error).__name__)
            return
        if title is not None and pressed.response_code is not None:
            await self._talk.change_card(pressed.response_code, userid, title)

    async def _take_up(self, arrival: Arrival) -> None:
        try:
            incoming = read_app_message(self._sealer.open(arrival.sealed))
        except (SealBroken, Rejected) as error:
            log.error("wecom_delivery_unreadable", error=type(error).__name__)
            self._tries[arrival.key] = TRIES
            return
        self._tries[arrival.key] += 1
        if incoming is None or await self._take_in(incoming):
            del self._tries[arrival.key]
        elif self._tries[arrival.key] == TRIES:
            log.error("wecom_delivery_given_up", tries=TRIES)

    def _left_behind(self, but: set[str]) -> list[Arrival]:
        with self._database.read() as db:
            return left_behind(db, Provider.APP, but=but, now=self._clock.now(), limit=AT_ONCE)
