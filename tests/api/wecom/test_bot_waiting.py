"""What somebody sees who waits for the AI bot's answer."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from api.channels.wecom.tempo import StreamTimes
from api.settings import Settings
from tests.api.wecom.channel import RESPOND, TEMPO, running
from tests.api.wecom.dialogue import Dialogue
from tests.api.wecom.gateway import Gateway


def test_a_slow_answer_is_announced_kept_alive_and_shown(
    settings: Settings, gateway: Gateway, dialogue: Dialogue
) -> None:
    async def scenario() -> None:
        async with running(settings, gateway, dialogue=dialogue) as channel:
            dialogue.hold()
            began = time.monotonic()
            gateway.say("在吗")
            await channel.until(lambda: bool(gateway.streams()))
            assert time.monotonic() - began >= 0.7
            await channel.until(lambda: len(gateway.taken(RESPOND)) == 3)
            dialogue.release()
            await channel.until(lambda: bool(channel.finished()))
            (name,) = gateway.streams()
            assert gateway.streams()[name] == [
                ("正在查……", False),
                ("还在查，请再等一会儿（已经1秒）。", False),
                ("还在查，请再等一会儿（已经2秒）。", False),
                ("答：在吗", True),
            ]
            judged = [body["stream"].get("feedback") for body in gateway.taken(RESPOND)]
            assert judged == [{"id": name}, None, None, None]

    asyncio.run(scenario())


@pytest.mark.verify
def test_an_answer_that_takes_longer_than_a_stream_lasts_is_promised_and_pushed(
    settings: Settings, gateway: Gateway, dialogue: Dialogue
) -> None:
    async def scenario() -> None:
        async with running(settings, gateway, dialogue=dialogue) as channel:
            dialogue.hold()
            gateway.say("在吗")
            await channel.until(lambda: channel.finished() == ["这个问题要久一点，答好了马上发给你。"])
            assert channel.pushed() == []
            dialogue.release()
            await channel.until(lambda: bool(channel.pushed()))
            await channel.settled()
            assert [body["markdown"]["content"] for body in channel.pushed()] == ["答：在吗"]
            assert channel.states() == ["sent"]

    asyncio.run(scenario())


def test_a_quick_answer_is_the_only_thing_shown(
    settings: Settings, gateway: Gateway, dialogue: Dialogue
) -> None:
    async def scenario() -> None:
        async with running(settings, gateway, dialogue=dialogue) as channel:
            gateway.say("在吗")
            await channel.until(lambda: bool(channel.finished()))
            await asyncio.sleep(1)
            assert list(gateway.streams().values()) == [[("答：在吗", True)]]

    asyncio.run(scenario())


def test_an_answer_that_is_refused_for_good_ends_its_stream_with_words(
    settings: Settings, gateway: Gateway, dialogue: Dialogue
) -> None:
    # No sign of life comes between, which would be refused in the answer's place.
    tempo = replace(TEMPO, stream=StreamTimes(kept_alive=60.0))

    async def scenario() -> None:
        async with running(settings, gateway, dialogue=dialogue, tempo=tempo) as channel:
            dialogue.hold()
            gateway.say("在吗")
            await channel.until(lambda: bool(gateway.streams()))
            gateway.refuse(RESPOND, 40058)
            dialogue.release()
            await channel.until(lambda: bool(channel.finished()))
            assert channel.finished() == ["这个回答没能发出来。请再问一次，或者回“找人工”。"]
            await channel.settled()
            assert channel.states() == ["failed"]

    asyncio.run(scenario())
