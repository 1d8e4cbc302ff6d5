"""A running Rasa follows the choice of a model, over a real process and real files."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.models.reports import Conversations, Examined, Heard, Report
from api.models.shelf import Shelf
from api.serving import swapping
from api.serving.rasa_process import RasaSupervisor
from api.serving.swapping import ModelFollower
from tests.platform.conftest import FakeRasa, soon
from tests.platform.trainable import GOOD

NOW = datetime(2026, 11, 26, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swapping, "LOOK", 0.02)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Two models, the first in use."""
    shelf = Shelf(tmp_path / "models")
    shelf.folder.mkdir()
    put(shelf, "union-a", "a")
    put(shelf, "union-b", "b")
    shelf.choose("union-a", inputs="union-a", at=NOW)
    return shelf


def put(shelf: Shelf, name: str, content: str) -> None:
    """Put a model on the shelf that the stand-in calls `id of <content>`."""
    shelf.path(name).write_text(content)
    examined = Examined(
        model_id=f"id of {content}",
        heard=Heard.model_validate(GOOD),
        conversations=Conversations(held=1),
        seconds={},
    )
    shelf.keep_report(Report(model=name, trained_at=NOW, exam="e", examined_at=NOW, examined=examined))


@asynccontextmanager
async def following(
    rasa: FakeRasa, shelf: Shelf, supervisor: RasaSupervisor, *, knows: bool = True
) -> AsyncIterator[ModelFollower]:
    """Follow the choice while the block lasts, beside a Rasa that has just started."""
    follower = ModelFollower(
        shelf,
        first="union-a",
        rasa=supervisor,
        url=f"http://127.0.0.1:{rasa.port}/model",
        secret=SecretStr("secret" if knows else "another"),
        notify=rasa.note,
    )
    (rasa.folder / "model").write_text("id of " + follower.starting().read_text())
    task = asyncio.create_task(follower.follow())
    try:
        yield follower
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def test_another_choice_goes_into_the_running_process_at_once(rasa: FakeRasa, shelf: Shelf) -> None:
    async def scenario() -> None:
        async with rasa.supervised() as supervisor, following(rasa, shelf, supervisor):
            await asyncio.wait_for(supervisor.ready(), 10)
            shelf.choose("union-b", inputs="union-b", at=NOW)
            await soon(lambda: rasa.said == [("swapped", {"model": "union-b"})])
            assert supervisor.state.model == "id of b"
            assert supervisor.state.ready

    asyncio.run(scenario())
    assert len(rasa.pids) == 1


def test_a_choice_made_while_rasa_starts_is_followed_once_it_is_ready(rasa: FakeRasa, shelf: Shelf) -> None:
    rasa.tell("never-ready")

    async def scenario() -> None:
        async with rasa.supervised() as supervisor, following(rasa, shelf, supervisor):
            shelf.choose("union-b", inputs="union-b", at=NOW)
            await asyncio.sleep(0.3)
            assert rasa.said == []
            rasa.untell("never-ready")
            await soon(lambda: supervisor.state.model == "id of b")

    asyncio.run(scenario())


def test_what_cannot_be_loaded_is_said_once_and_the_old_model_goes_on(rasa: FakeRasa, shelf: Shelf) -> None:
    rasa.tell("unusable")

    async def scenario() -> None:
        async with rasa.supervised() as supervisor, following(rasa, shelf, supervisor):
            await asyncio.wait_for(supervisor.ready(), 10)
            shelf.choose("union-b", inputs="union-b", at=NOW)
            await soon(lambda: bool(rasa.said))
            await asyncio.sleep(0.3)
            assert supervisor.state.ready
            assert supervisor.state.model == "id of a"

    asyncio.run(scenario())
    assert rasa.said == [("not_swapped", {"model": "union-b", "reason": "model_unusable"})]


def test_a_refused_secret_is_a_swap_that_failed(rasa: FakeRasa, shelf: Shelf) -> None:
    async def scenario() -> None:
        async with rasa.supervised() as supervisor, following(rasa, shelf, supervisor, knows=False):
            await asyncio.wait_for(supervisor.ready(), 10)
            shelf.choose("union-b", inputs="union-b", at=NOW)
            await soon(lambda: bool(rasa.said))

    asyncio.run(scenario())
    assert rasa.said == [("not_swapped", {"model": "union-b", "reason": "unauthorised"})]


def test_the_same_model_chosen_again_is_not_loaded_again(rasa: FakeRasa, shelf: Shelf) -> None:
    async def scenario() -> None:
        async with rasa.supervised() as supervisor, following(rasa, shelf, supervisor):
            await asyncio.wait_for(supervisor.ready(), 10)
            shelf.choose("union-a", inputs="union-refused", at=NOW)
            await asyncio.sleep(0.3)

    asyncio.run(scenario())
    assert rasa.said == []


def test_a_model_trained_again_under_its_name_is_loaded(rasa: FakeRasa, shelf: Shelf) -> None:
    async def scenario() -> None:
        async with rasa.supervised() as supervisor, following(rasa, shelf, supervisor):
            await asyncio.wait_for(supervisor.ready(), 10)
            put(shelf, "union-a", "a, trained again")
            shelf.choose("union-a", inputs="union-a", at=datetime(2026, 11, 26, 3, tzinfo=UTC))
            await soon(lambda: supervisor.state.model == "id of a, trained again")

    asyncio.run(scenario())


def test_a_rasa_that_died_starts_with_the_chosen_model(rasa: FakeRasa, shelf: Shelf) -> None:
    async def scenario() -> None:
        async with rasa.supervised() as supervisor, following(rasa, shelf, supervisor) as follower:
            await asyncio.wait_for(supervisor.ready(), 10)
            rasa.tell("hang")
            shelf.choose("union-b", inputs="union-b", at=NOW)
            os.kill(rasa.pids[0], signal.SIGKILL)
            await soon(lambda: not supervisor.state.ready)
            assert follower.starting() == shelf.path("union-b")
            rasa.untell("hang")
            await asyncio.wait_for(supervisor.ready(), 10)

    asyncio.run(scenario())


def test_while_nothing_is_chosen_rasa_starts_with_what_there_is(rasa: FakeRasa, shelf: Shelf) -> None:
    (shelf.folder / "active.json").unlink()

    async def scenario() -> None:
        async with rasa.supervised() as supervisor, following(rasa, shelf, supervisor) as follower:
            assert follower.starting() == shelf.path("union-a")
            await asyncio.wait_for(supervisor.ready(), 10)

    asyncio.run(scenario())
