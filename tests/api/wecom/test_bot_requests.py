"""What becomes of a command on the long connection: done, refused, surely not done, or not known."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from api.channels.wecom.bot_frames import RESPOND, RESPOND_UPDATE, RESPOND_WELCOME, SEND, Ack, Callback
from api.channels.wecom.bot_line import NotConnected, Refused, Unacknowledged
from api.channels.wecom.pacing import Trouble
from tests.api.wecom.bot import PATIENCE, Bot, running, soon
from tests.api.wecom.gateway import Gateway
from tests.api.wecom.gateway_rules import BAD_REQ_ID, NO_CHAT, NOT_SUBSCRIBED, STREAM_EXPIRED, Body

NOTE: Body = {"chatid": "zhangsan", "msgtype": "markdown", "markdown": {"content": "通知"}}


def stream(content: str, *, finish: bool = False, name: str = "s1") -> Body:
    return {"msgtype": "stream", "stream": {"id": name, "content": content, "finish": finish}}


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as started:
        yield started


def test_a_message_is_answered_by_a_stream_a_welcome_and_a_card_in_time(gateway: Gateway) -> None:
    async def scenario() -> None:
        async with running(gateway.url) as bot:
            await bot.ready()
            ask = bot.connection.request
            asked = gateway.say("年假有几天")
            for content, finish in (("正在查找", False), ("五天", True)):
                ack = await ask(RESPOND, stream(content, finish=finish), req_id=asked.req_id)
                assert ack == Ack(asked.req_id, 0, "ok")
            entered = gateway.enter()
            await ask(
                RESPOND_WELCOME, {"msgtype": "text", "text": {"content": "您好"}}, req_id=entered.req_id
            )
            pressed = gateway.press("apply", task_id="t1")
            card = {"response_type": "update_template_card", "template_card": {"task_id": "t1"}}
            await ask(RESPOND_UPDATE, card, req_id=pressed.req_id)
            await ask(SEND, NOTE)

    asyncio.run(scenario())
    assert gateway.streams() == {"s1": [("正在查找", False), ("五天", True)]}
    assert len(gateway.taken(RESPOND_WELCOME)) == len(gateway.taken(RESPOND_UPDATE)) == 1
    assert gateway.taken(SEND) == [NOTE]


def test_a_refusal_says_its_number(gateway: Gateway) -> None:
    async def scenario() -> list[int]:
        async with running(gateway.url) as bot:
            await bot.ready()
            asked = gateway.say("你好")
            await bot.connection.request(RESPOND, stream("答", finish=True), req_id=asked.req_id)
            found = []
            for cmd, body, req_id in (
                (RESPOND, stream("答"), "nobody-asked-this"),
                (RESPOND, stream("再答"), asked.req_id),
                (SEND, NOTE | {"chatid": "nobody"}, None),
            ):
                with pytest.raises(Refused) as refusal:
                    await bot.connection.request(cmd, body, req_id=req_id)
                found.append(refusal.value.errcode)
            return found

    assert asyncio.run(scenario()) == [BAD_REQ_ID, STREAM_EXPIRED, NO_CHAT]
    assert len(gateway.connections) == 1


def test_a_platform_that_forgot_the_subscription_surely_did_nothing_and_is_connected_anew(
    gateway: Gateway,
) -> None:
    async def scenario() -> None:
        async with running(gateway.url) as bot:
            await bot.ready()
            gateway.say("你好")
            gateway.forget_subscriptions()
            with pytest.raises(NotConnected):
                await bot.connection.request(SEND, NOTE)
            await soon(lambda: len(gateway.subscriptions) == 2)
            await bot.ready()
            await bot.connection.request(SEND, NOTE)
            assert bot.troubles == [Trouble.LOST]

    asyncio.run(scenario())
    assert gateway.refused() == [(SEND, NOT_SUBSCRIBED)]
    assert gateway.taken(SEND) == [NOTE]


def test_what_waits_behind_such_a_refusal_is_not_written(gateway: Gateway) -> None:
    async def scenario() -> list[BaseException | Ack]:
        async with running(gateway.url) as bot:
            await bot.ready()
            asked = gateway.say("你好")
            gateway.forget_subscriptions()
            return await asyncio.gather(
                *(bot.connection.request(RESPOND, stream(text), req_id=asked.req_id) for text in "一二三"),
                return_exceptions=True,
            )

    assert [type(outcome) for outcome in asyncio.run(scenario())] == [NotConnected] * 3
    assert gateway.refused() == [(RESPOND, NOT_SUBSCRIBED)]


def test_without_an_acknowledgement_it_is_not_known_whether_it_was_done(gateway: Gateway) -> None:
    async def scenario() -> None:
        async with running(gateway.url, patience=replace(PATIENCE, acknowledge=0.3)) as bot:
            await bot.ready()
            gateway.say("你好")
            gateway.withhold(SEND)
            began = time.monotonic()
            with pytest.raises(Unacknowledged):
                await bot.connection.request(SEND, NOTE)
            assert 0.25 <= time.monotonic() - began < 3
            await bot.connection.request(SEND, NOTE)
            assert bot.troubles == []

    asyncio.run(scenario())
    assert len(gateway.taken(SEND)) == 2


def test_a_connection_lost_before_the_acknowledgement_leaves_it_unknown_at_once(gateway: Gateway) -> None:
    async def scenario() -> None:
        async with running(gateway.url, patience=replace(PATIENCE, acknowledge=60)) as bot:
            await bot.ready()
            gateway.say("你好")
            gateway.cut_before_ack(SEND)
            with pytest.raises(Unacknowledged):
                await asyncio.wait_for(bot.connection.request(SEND, NOTE), 5)
            await bot.ready()
            await soon(lambda: len(gateway.subscriptions) == 2)

    asyncio.run(scenario())
    assert len(gateway.taken(SEND)) == 1, "it was done, and is not done again"


def test_what_was_not_written_yet_when_the_connection_is_lost_was_surely_not_done(gateway: Gateway) -> None:
    async def scenario() -> list[BaseException | Ack]:
        async with running(gateway.url) as bot:
            await bot.ready()
            asked = gateway.say("你好")
            gateway.withhold(RESPOND)
            waiting = [
                asyncio.create_task(bot.connection.request(RESPOND, stream(text), req_id=asked.req_id))
                for text in ("一", "二", "三")
            ]
            await soon(lambda: len(gateway.commands) == 2)
            gateway.close_connections()
            return await asyncio.gather(*waiting, return_exceptions=True)

    outcomes = asyncio.run(scenario())
    assert [type(outcome) for outcome in outcomes] == [Unacknowledged, NotConnected, NotConnected]
    assert gateway.streams() == {"s1": [("一", False)]}


def test_without_a_connection_nothing_is_sent(gateway: Gateway) -> None:
    async def scenario() -> None:
        async with running(gateway.url) as bot:
            with pytest.raises(NotConnected):
                await bot.connection.request(SEND, NOTE)
            await bot.ready()
        with pytest.raises(NotConnected):
            await bot.connection.request(SEND, NOTE)

    asyncio.run(scenario())
    assert gateway.taken(SEND) == []


def test_those_of_one_req_id_go_one_after_another_and_others_beside_them(gateway: Gateway) -> None:
    async def scenario() -> tuple[float, float]:
        async with running(gateway.url) as bot:
            await bot.ready()
            asked = [gateway.say("你好", userid=f"member-{number}") for number in range(8)]
            gateway.delay(0.2)
            began = time.monotonic()
            await asyncio.gather(
                *(
                    bot.connection.request(RESPOND, stream("答", name=item.msgid), req_id=item.req_id)
                    for item in asked
                )
            )
            beside = time.monotonic() - began
            began = time.monotonic()
            await asyncio.gather(
                *(
                    bot.connection.request(RESPOND, stream(text, name="s2"), req_id=asked[0].req_id)
                    for text in "一二三四"
                )
            )
            return beside, time.monotonic() - began

    beside, after = asyncio.run(scenario())
    assert 0.2 <= beside < 0.8
    assert after >= 0.8
    assert gateway.streams()["s2"] == [(text, False) for text in "一二三四"]


def test_an_acknowledgement_that_comes_too_late_is_not_taken_for_the_next_ones(gateway: Gateway) -> None:
    async def scenario() -> None:
        async with running(gateway.url, patience=replace(PATIENCE, acknowledge=0.5)) as bot:
            await bot.ready()
            asked = gateway.say("你好")
            gateway.withhold(RESPOND, times=2)
            gateway.refuse(RESPOND, STREAM_EXPIRED)
            with pytest.raises(Unacknowledged):
                await bot.connection.request(RESPOND, stream("一"), req_id=asked.req_id)
            second = asyncio.create_task(bot.connection.request(RESPOND, stream("二"), req_id=asked.req_id))
            await soon(lambda: len(gateway.commands) == 3)
            gateway.release()
            assert (await second).errcode == 0

    asyncio.run(scenario())


def test_a_request_that_is_given_up_disturbs_no_other(gateway: Gateway) -> None:
    async def scenario() -> None:
        async with running(gateway.url) as bot:
            await bot.ready()
            asked = gateway.say("你好")
            gateway.withhold(RESPOND)
            given_up = asyncio.create_task(bot.connection.request(RESPOND, stream("一"), req_id=asked.req_id))
            await soon(lambda: len(gateway.commands) == 2)
            given_up.cancel()
            gateway.release()
            for text in "二三":
                await bot.connection.request(RESPOND, stream(text), req_id=asked.req_id)

    asyncio.run(scenario())


def test_what_receives_may_itself_wait_for_acknowledgements(gateway: Gateway) -> None:
    async def scenario() -> None:
        async def answer(callback: Callback) -> None:
            body = stream("答", finish=True, name=callback.req_id)
            await bots[0].connection.request(RESPOND, body, req_id=callback.req_id)

        bots: list[Bot] = []
        async with running(gateway.url, receive=answer) as bot:
            bots.append(bot)
            await bot.ready()
            for number in range(100):
                gateway.say("你好", userid=f"member-{number}")
            await soon(lambda: len(gateway.streams()) == 100)

    asyncio.run(scenario())
