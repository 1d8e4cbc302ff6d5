"""What the benchmark of WeChat Work measures, on the application with a stand-in for its dialogue."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from api.settings import Settings
from benchmarks import wecom
from benchmarks.talk import Talk
from tests.api.wecom.channel import running
from tests.api.wecom.dialogue import Dialogue
from tests.api.wecom.gateway import Gateway

TALK = Talk(["年休假有几天", "加班费怎么算"], [], [])


def test_a_burst_is_followed_into_the_database_and_back(
    settings: Settings, gateway: Gateway, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wecom, "BURST", 24)
    monkeypatch.setattr(wecom, "PEOPLE", 6)

    async def scenario() -> wecom.Burst:
        async with running(settings, gateway, dialogue=dialogue):
            database = Path(settings.database.removeprefix("sqlite:///"))
            return await asyncio.to_thread(wecom.measure_burst, database, gateway, TALK)

    burst = asyncio.run(scenario())
    assert (burst.messages, burst.people, burst.unanswered, burst.in_order) == (24, 6, 0, True)
    assert 0 < burst.stored_p50_s <= burst.stored_longest_s <= burst.answered_longest_s


def test_one_question_takes_from_its_writing_to_its_answer(
    settings: Settings, gateway: Gateway, dialogue: Dialogue
) -> None:
    async def scenario() -> float | None:
        async with running(settings, gateway, dialogue=dialogue):
            return await asyncio.to_thread(wecom.ask, gateway, "在吗", "zhangsan")

    took = asyncio.run(scenario())
    assert took is not None
    assert 0 < took < 10
