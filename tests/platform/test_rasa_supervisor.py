"""Rasa's supervisor, over a real process that crashes, hangs and refuses to start."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from dataclasses import replace

from api.serving.rasa_process import Pace
from tests.platform.conftest import QUICK, FakeRasa, gone, soon


def test_it_is_ready_once_the_process_says_so_and_knows_the_model(rasa: FakeRasa) -> None:
    async def scenario() -> None:
        async with rasa.supervised() as supervisor:
            assert not supervisor.state.ever_ready
            await asyncio.wait_for(supervisor.ready(), 10)
            assert supervisor.state.model == "union-test"
            assert supervisor.state.detail == "ready"

    asyncio.run(scenario())
    assert rasa.said == []


def test_a_killed_process_is_started_again_and_both_moments_are_said(rasa: FakeRasa) -> None:
    async def scenario() -> None:
        async with rasa.supervised() as supervisor:
            await asyncio.wait_for(supervisor.ready(), 10)
            os.kill(rasa.pids[0], signal.SIGKILL)
            await soon(lambda: not supervisor.state.ready)
            assert supervisor.state.ever_ready
            await asyncio.wait_for(supervisor.ready(), 10)
            assert supervisor.state.restarts == 1

    asyncio.run(scenario())
    assert len(rasa.pids) == 2
    assert [key for key, _ in rasa.said] == ["rasa_ended", "rasa_back"]
    assert rasa.said[0][1]["detail"] == "ended with status -9"


def test_a_process_that_hangs_is_ended_and_started_again(rasa: FakeRasa) -> None:
    async def scenario() -> None:
        async with rasa.supervised() as supervisor:
            await asyncio.wait_for(supervisor.ready(), 10)
            rasa.tell("hang")
            await soon(lambda: not supervisor.state.ready)
            rasa.untell("hang")
            await asyncio.wait_for(supervisor.ready(), 10)

    asyncio.run(scenario())
    assert gone(rasa.pids[0])
    assert len(rasa.pids) == 2
    assert rasa.said[0][0] == "rasa_hung"


def test_a_process_that_never_gets_ready_is_given_up_and_tried_again(rasa: FakeRasa) -> None:
    rasa.pace = replace(QUICK, start=2.0)
    rasa.tell("never-ready")

    async def scenario() -> None:
        async with rasa.supervised() as supervisor:
            await soon(lambda: supervisor.state.restarts == 1)
            rasa.untell("never-ready")
            await asyncio.wait_for(supervisor.ready(), 10)

    asyncio.run(scenario())
    assert rasa.said[0][0] == "rasa_slow"


def test_waiting_grows_with_every_failure_and_stays_below_its_limit() -> None:
    chance = random.Random(7)
    for failures, usual in ((1, 1.0), (2, 2.0), (3, 4.0), (5, 16.0)):
        waits = [Pace().wait_after(failures, chance) for _ in range(50)]
        assert all(0.75 * usual <= wait <= 1.25 * usual for wait in waits)
        assert len(set(waits)) > 1
    assert {Pace().wait_after(failures, chance) for failures in (12, 40, 5000)} == {60.0}


def test_a_process_that_crashes_at_once_is_tried_again_and_its_words_are_kept(rasa: FakeRasa) -> None:
    rasa.tell("crash-at-start")

    async def scenario() -> None:
        async with rasa.supervised() as supervisor:
            await soon(lambda: supervisor.state.restarts == 3)
            assert not supervisor.state.ever_ready
            rasa.untell("crash-at-start")
            await asyncio.wait_for(supervisor.ready(), 10)

    asyncio.run(scenario())
    assert len(rasa.pids) == 4
    assert "cannot load the model" in (rasa.folder / "rasa.log").read_text()


def test_stopping_the_supervisor_ends_the_process(rasa: FakeRasa) -> None:
    async def scenario() -> None:
        async with rasa.supervised() as supervisor:
            await asyncio.wait_for(supervisor.ready(), 10)
        assert not supervisor.state.ready

    asyncio.run(scenario())
    assert gone(rasa.pids[0])


def test_a_process_that_ignores_the_request_to_end_is_ended_by_force(rasa: FakeRasa) -> None:
    async def scenario() -> None:
        async with rasa.supervised() as supervisor:
            await asyncio.wait_for(supervisor.ready(), 10)
            os.kill(rasa.pids[0], signal.SIGSTOP)  # a stopped process does not act on SIGTERM
        assert gone(rasa.pids[0])

    asyncio.run(scenario())
