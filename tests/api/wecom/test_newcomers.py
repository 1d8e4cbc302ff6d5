"""Whoever writes for the first time is looked up: the name, and the unit that the answers are then for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from api.channels.wecom.directory import Directory
from api.channels.wecom.newcomers import Newcomers
from service.conversations.tables import Conversation
from service.database import Database, migrate
from service.messengers.operations import Writer
from service.messengers.tables import Provider
from service.people.tables import Employee
from tests.api.wecom.app_client import app, platform
from tests.api.wecom.platform_model import PlatformModel
from tests.api.wecom.served import DEPARTMENTS
from tests.service.world import CITY, World


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlatformModel]:
    with platform(monkeypatch) as running:
        running.departments = list(DEPARTMENTS)
        yield running


@pytest.fixture
def world(home: Path, tmp_path: Path) -> Iterator[World]:
    url = f"sqlite:///{tmp_path / 'database.sqlite3'}"
    migrate(url)
    database = Database(url)
    yield World(database, home)
    database.close()


def asked(model: PlatformModel) -> list[str]:
    return ["user/get"] * model.calls["user/get"]


def named(world: World) -> list[str]:
    with world.database.read() as db:
        return [name for name in db.scalars(select(Employee.display_name)) if name is not None]


def meet(world: World, model: PlatformModel, *userids: str, known: bool) -> None:
    async def scenario() -> None:
        async with app(model) as api:
            newcomers = Newcomers(Directory(api), world.database, units={7: CITY})
            for userid in userids:
                newcomers.meet(userid)
            for _ in range(500):
                if len(asked(model)) == len(set(userids)) and (not known or named(world)):
                    break
                await asyncio.sleep(0.01)

    asyncio.run(scenario())


def test_a_newcomer_gets_name_and_unit_and_the_conversation_too(world: World, model: PlatformModel) -> None:
    with world.database.write() as db:
        world.taking_in.said(db, Writer(Provider.APP, "lin"), "m:1", "年假几天")
    meet(world, model, "lin", "lin", "lin", known=True)
    with world.database.read() as db:
        employee = db.scalars(select(Employee)).one()
        assert (employee.display_name, employee.organisation_path) == ("林晓", CITY)
        assert db.scalars(select(Conversation.organisation_path)).one() == CITY
    assert len(asked(model)) == 1


def test_nobody_is_held_up_by_a_directory_that_does_not_say(world: World, model: PlatformModel) -> None:
    with world.database.write() as db:
        world.taking_in.said(db, Writer(Provider.APP, "wang"), "m:1", "年假几天")
    meet(world, model, "wang", "nobody-here", known=False)
    with world.database.read() as db:
        assert db.scalars(select(Employee.display_name)).one() is None
