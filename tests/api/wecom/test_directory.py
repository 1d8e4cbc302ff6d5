"""Looking members up: never in the way, and a failure is told once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from api.channels.wecom.directory import TREE_KEPT_S, Directory, Looked
from tests.api.wecom.app_client import app, platform
from tests.api.wecom.platform_model import PlatformModel
from tests.api.wecom.served import DEPARTMENTS


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlatformModel]:
    with platform(monkeypatch) as running:
        running.departments = list(DEPARTMENTS)
        yield running


def test_a_member_has_a_name_and_departments_from_the_own_one_upwards(model: PlatformModel) -> None:
    async def scenario() -> Looked | None:
        async with app(model) as api:
            return await Directory(api).look_up("lin")

    assert asyncio.run(scenario()) == Looked("林晓", (7, 5, 1), active=True)


def test_departments_that_go_in_a_circle_end(model: PlatformModel) -> None:
    model.departments = [{"id": 7, "parentid": 5}, {"id": 5, "parentid": 7}]

    async def scenario() -> Looked | None:
        async with app(model) as api:
            return await Directory(api).look_up("lin")

    looked = asyncio.run(scenario())
    assert looked is not None
    assert looked.departments == (7, 5, 1)


def test_without_the_tree_a_member_belongs_to_the_own_departments(model: PlatformModel) -> None:
    model.refuse_next(60011, path="department/list")

    async def scenario() -> Looked | None:
        async with app(model) as api:
            return await Directory(api).look_up("lin")

    assert asyncio.run(scenario()) == Looked("林晓", (7, 1), active=True)


def test_the_tree_is_asked_for_once_an_hour(model: PlatformModel) -> None:
    now = [0.0]

    async def scenario() -> None:
        async with app(model) as api:
            directory = Directory(api, now=lambda: now[0])
            for _ in range(3):
                await directory.look_up("lin")
            assert model.calls["department/list"] == 1
            now[0] += TREE_KEPT_S
            await directory.look_up("lin")
            assert model.calls["department/list"] == 2

    asyncio.run(scenario())


def test_a_failure_is_none_and_is_logged_once_until_it_works_again(model: PlatformModel) -> None:
    async def scenario() -> list[Looked | None]:
        async with app(model) as api:
            directory = Directory(api)
            return [await directory.look_up(userid) for userid in ("nobody", "not a userid", "lin", "nobody")]

    with capture_logs() as logged:
        first, second, third, fourth = asyncio.run(scenario())
    assert (first, second, fourth) == (None, None, None)
    assert third is not None
    assert [line["event"] for line in logged] == ["directory_not_read"] * 2
    assert "nobody" not in str(logged)
