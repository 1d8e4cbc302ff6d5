"""Which streams a commit wakes: those of the conversation, and the consoles that show something of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.channels.desk.hub import DeskHub
from api.channels.widget.hub import Hub
from api.live import Live
from service.conversations.replies import Reply
from service.database import Database
from tests.schema import make_tables
from tests.service.world import ASK, World


@pytest.fixture
def world(home: Path, tmp_path: Path) -> Iterator[World]:
    url = f"sqlite:///{tmp_path / 'database.sqlite3'}"
    make_tables(url)
    database = Database(url)
    yield World(database, home)
    database.close()


def test_what_is_committed_in_any_thread_wakes_those_who_show_it_and_nobody_else(world: World) -> None:
    world.staff("王敏")
    asked, other = world.chat(), world.chat()
    hub, desk = Hub(), DeskHub()
    live = Live(world.database, hub=hub, desk=desk)

    async def follow() -> None:
        live.attach()
        with hub.listen(asked) as page, hub.listen(other) as quiet, desk.listen() as console:
            console.shown = frozenset({asked})

            async def woken_by(chat_id: str, reply: Reply) -> tuple[bool, bool, bool]:
                for listener in (page, quiet, console):
                    listener.woken.clear()
                await asyncio.to_thread(world.turn, chat_id, reply)
                await asyncio.sleep(0)
                return page.woken.is_set(), quiet.woken.is_set(), console.woken.is_set()

            answer = Reply("10天", decision="answer")
            assert await woken_by(asked, answer) == (True, False, True)
            assert await woken_by(other, answer) == (False, True, False)
            assert await woken_by(other, ASK) == (False, True, True)
        live.detach()
        await asyncio.to_thread(world.turn, asked, Reply("10天", decision="answer"))

    asyncio.run(follow())
