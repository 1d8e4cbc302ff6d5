"""The person on call is alerted at the address of the deployment, until it is taken or somebody comes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from api.alerts import TRIES, Alerts
from api.jobs import Job, Jobs
from service.database import Database
from service.handover.tables import Handover
from service.insights.tables import EventLog
from service.people.roles import Role
from tests.api.alert_gateway import AlertGateway
from tests.schema import make_tables
from tests.service.world import ASK, BANK, DANGER, World


@pytest.fixture
def gateway() -> Iterator[AlertGateway]:
    running = AlertGateway()
    yield running
    running.close()


@pytest.fixture
def world(home: Path, tmp_path: Path) -> Iterator[World]:
    url = f"sqlite:///{tmp_path / 'database.sqlite3'}"
    make_tables(url)
    database = Database(url)
    yield World(database, home, alerting=True)
    database.close()


def send(world: World, gateway: AlertGateway) -> None:
    alerts = Alerts(database=world.database, clock=world.clock, url=gateway.url)
    asyncio.run(alerts.send_due())


def state(world: World) -> str | None:
    with world.database.read() as db:
        return db.scalars(select(Handover.alert)).one()


def test_danger_is_told_to_the_gateway_once_without_names_or_words(
    world: World, gateway: AlertGateway
) -> None:
    world.staff("值班", Role.ON_CALL, org=BANK)
    chat = world.chat()
    world.turn(chat, DANGER, "撑不下去了")
    send(world, gateway)
    world.later(hours=1)
    send(world, gateway)
    assert gateway.taken == [
        {"kind": "urgent", "organisation": BANK, "at": "2026-11-25T02:00:00+00:00", "conversation": chat}
    ]
    assert state(world) == "sent"


def test_an_ordinary_call_alerts_nobody(world: World, gateway: AlertGateway) -> None:
    world.staff("王敏")
    world.turn(world.chat(), ASK)
    send(world, gateway)
    assert (gateway.calls, state(world)) == (0, None)


def test_a_gateway_that_is_down_is_tried_again_ever_later_and_then_given_up(
    world: World, gateway: AlertGateway
) -> None:
    world.staff("值班", Role.ON_CALL, org=BANK)
    world.turn(world.chat(), DANGER)
    gateway.down = True
    for tries in range(1, TRIES + 1):
        send(world, gateway)
        send(world, gateway)
        assert gateway.calls == tries
        world.later(seconds=5 * 2 ** (tries - 1))
    send(world, gateway)
    assert (gateway.calls, state(world)) == (TRIES, "failed")
    with world.database.read() as db:
        told = db.scalars(select(EventLog).where(EventLog.kind == "on_call_alerted")).all()
    assert [event.data["taken"] for event in told] == [False] * TRIES


def test_nobody_is_alerted_once_somebody_is_there(world: World, gateway: AlertGateway) -> None:
    on_call = world.staff("值班", Role.ON_CALL, org=BANK)
    chat = world.chat()
    world.turn(chat, DANGER)
    world.take(chat, on_call)
    send(world, gateway)
    assert gateway.calls == 0


def test_a_job_that_fails_ends_neither_the_others_nor_its_own_next_run(world: World) -> None:
    ran: list[str] = []

    def job(name: str, *, fails: bool) -> Job:
        async def run() -> None:
            ran.append(name)
            if fails:
                raise RuntimeError(name)

        return Job(name, 0, run)

    async def for_a_while(jobs: Jobs) -> None:
        running = asyncio.create_task(jobs.run())
        await asyncio.sleep(2.5)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    first = Jobs(world.database, world.clock, [job("bad", fails=True), job("good", fails=False)])
    asyncio.run(for_a_while(first))
    assert ran == ["bad", "good"] * 2
    second = Jobs(world.database, world.clock, [job("good", fails=False)])
    ran.clear()
    asyncio.run(for_a_while(second))
    assert ran == [], "another process holds the lease"
    first.stop()
    asyncio.run(for_a_while(second))
    assert ran
