"""What the app was told is stored is answered, whatever happens to the process that took it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import wait
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
import structlog
from sqlalchemy import select

from api.channels.wecom.app_messages import read_app_message
from api.channels.wecom.app_talk import AppTalk
from api.channels.wecom.arrivals import TRIES, Arrivals
from api.channels.wecom.inbound import Inbound
from api.channels.wecom.incoming import Incoming, Said
from service.conversations.tables import Message, Sender
from service.database import Database, migrate
from service.messengers.arrivals import TAKEN_IN_WITHIN, Arrival, count_left_behind, keep
from service.messengers.operations import Writer
from service.messengers.tables import Provider
from service.messengers.taking_in import Taken
from tests.api.wecom.called import Called, called_service, soon
from tests.service.world import World

PEOPLE, EACH = 30, 3
WORDS = "在吗"


@pytest.mark.verify
def test_what_was_acknowledged_is_answered_once_though_the_process_dies(home: Path, tmp_path: Path) -> None:
    with called_service(home, tmp_path) as called:
        people = [f"member-{number}" for number in range(PEOPLE)]
        called.model.members |= {userid: {} for userid in people}
        deliveries = [
            called.app_message(userid, "text", Content=f"年休假有几天 {turn}")
            for turn in range(EACH)
            for userid in people
        ]
        begun = [called.begin(called.app, text) for text in deliveries]
        wait(begun[: len(begun) // 2])
        called.die()
        acknowledged = [future.exception(30) is None and future.result().status == 200 for future in begun]
        assert any(acknowledged)
        with called.database.read() as db:
            assert count_left_behind(db, now=called.now() + timedelta(minutes=1)) > 0
        called.start_again()
        # The platform repeats what it was not told is stored; of the rest it knows nothing any more.
        for text, told in zip(deliveries, acknowledged, strict=True):
            if not told:
                assert called.deliver(called.app, text).status == 200
        soon(
            lambda: [len(called.said_to(userid)) for userid in people],
            lambda counts: min(counts) >= EACH,
            within=60,
        )
        for userid in people:
            answered_once(called, userid)


def answered_once(called: Called, userid: str) -> None:
    asked = called.messages(userid, Sender.EMPLOYEE)
    assert sorted(message.text for message in asked) == [f"年休假有几天 {turn}" for turn in range(EACH)]
    said = called.messages(userid, Sender.BOT)
    assert sorted(message.turn_id or "" for message in said) == sorted(
        message.turn_id or "" for message in asked
    )
    assert len(called.said_to(userid)) == EACH


class Taker:
    """Takes in as the channel does, after as many failures as it is told."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.failures = 0
        self.tried = 0

    async def keep(self, arrival: Arrival) -> None:
        with self.world.database.write() as db:
            keep(db, [arrival])

    async def handle(self, incoming: Incoming) -> Taken:
        self.tried += 1
        if self.tried <= self.failures:
            raise RuntimeError("a mistake")
        assert isinstance(incoming.what, Said)
        writer = Writer(incoming.provider, incoming.userid)
        with self.world.database.write() as db:
            return self.world.taking_in.said(db, writer, incoming.key, incoming.what.text)


@pytest.fixture
def taker(home: Path, tmp_path: Path) -> Iterator[Taker]:
    url = f"sqlite:///{tmp_path / 'database.sqlite3'}"
    migrate(url)
    database = Database(url)
    yield Taker(World(database, home))
    database.close()


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


def delivery(number: int) -> str:
    return (
        "<xml><ToUserName>corp</ToUserName><FromUserName>lin</FromUserName><CreateTime>1795572000</CreateTime>"
        f"<MsgType>text</MsgType><Content>{WORDS}</Content><MsgId>{number}</MsgId></xml>"
    )


def run(taker: Taker, *texts: str, looks: int) -> None:
    """Have deliveries come, and the leader look `looks` times for what was left behind."""

    async def scenario() -> None:
        arrivals = Arrivals(
            inbound=cast(Inbound, taker),
            talk=cast(AppTalk, None),
            database=taker.world.database,
            clock=taker.world.clock,
            sealer=taker.world.sealer,
            look_every=0.05,
        )
        for text in texts:
            incoming = read_app_message(text)
            assert incoming is not None
            await arrivals.keep(incoming, text)
        await asyncio.sleep(0.2)
        taker.world.now += TAKEN_IN_WITHIN + timedelta(seconds=1)
        leading = asyncio.create_task(arrivals.catch_up())
        await asyncio.sleep(0.1 * looks)
        assert not leading.done()
        leading.cancel()
        await asyncio.gather(leading, return_exceptions=True)
        await arrivals.close()

    asyncio.run(scenario())


def asked(taker: Taker) -> list[str]:
    with taker.world.database.read() as db:
        return list(db.scalars(select(Message.text).where(Message.sender == Sender.EMPLOYEE)))


def test_what_fails_is_tried_again_and_taken_in_once(taker: Taker) -> None:
    taker.failures = 3
    run(taker, delivery(1), looks=6)
    assert (taker.tried, asked(taker)) == (4, [WORDS])


def test_what_fails_again_and_again_is_left_and_others_are_taken_in(taker: Taker) -> None:
    taker.failures = 1 + TRIES
    run(taker, delivery(1), looks=2 * TRIES)
    assert (taker.tried, asked(taker)) == (1 + TRIES, [])
    run(taker, delivery(2), looks=2)  # as after a new start, when the first is tried again too
    assert asked(taker) == [WORDS, WORDS]


def test_what_was_sealed_with_another_key_is_left_alone_and_holds_nothing_up(taker: Taker) -> None:
    with taker.world.database.write() as db:
        keep(db, [Arrival(Provider.APP, "m:9", "not of this deployment", taker.world.now)])
    taker.failures = 1
    run(taker, delivery(1), looks=4)
    assert (taker.tried, asked(taker)) == (2, [WORDS])
