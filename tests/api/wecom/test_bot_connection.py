"""The long connection comes back from every loss, at a pace, and fights nobody."""

from __future__ import annotations

import asyncio
import logging
import random
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from api.channels.wecom.bot_connection import Health
from api.channels.wecom.bot_frames import SEND
from api.channels.wecom.bot_line import NotConnected
from api.channels.wecom.pacing import Trouble
from tests.api.wecom.authority import self_signed
from tests.api.wecom.bot import PACE, PATIENCE, running, soon
from tests.api.wecom.gateway import Gateway
from tests.api.wecom.gateway_server import SECRET

NOTE = {"chatid": "zhangsan", "msgtype": "markdown", "markdown": {"content": "通知"}}


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as started:
        yield started


def test_it_subscribes_and_receives_messages_and_events(gateway: Gateway) -> None:
    async def scenario() -> None:
        async with running(gateway.url) as bot:
            assert bot.connection.health == Health(
                subscribed=False, healthy=False, last_heard_at=None, attempts=0, trouble=None
            )
            await bot.ready()
            said, entered = gateway.say("年假有几天"), gateway.enter(userid="lisi")
            await soon(lambda: len(bot.received) == 2)
            message, event = sorted(bot.received, key=lambda item: item.cmd, reverse=True)
            assert (message.cmd, message.req_id) == ("aibot_msg_callback", said.req_id)
            assert message.body["text"] == {"content": "年假有几天"}
            assert (event.cmd, event.req_id) == ("aibot_event_callback", entered.req_id)
            health = bot.connection.health
            assert health.healthy
            assert health.last_heard_at is not None
            assert (health.attempts, health.trouble, bot.troubles) == (1, None, [])

    asyncio.run(scenario())


def test_it_pings_and_stays_while_pings_are_acknowledged(gateway: Gateway) -> None:
    async def scenario() -> None:
        patience = replace(PATIENCE, ping=0.1, silence=0.5)
        async with running(gateway.url, patience=patience) as bot:
            await bot.ready()
            await soon(lambda: len(gateway.taken("ping")) >= 10)
            assert bot.connection.health.healthy

    asyncio.run(scenario())
    assert len(gateway.connections) == 1


@pytest.mark.parametrize("ending", ["close_connections", "cut_connections"])
def test_it_comes_back_quickly_after_a_loss(gateway: Gateway, ending: str) -> None:
    async def scenario() -> None:
        async with running(gateway.url) as bot:
            await bot.ready()
            getattr(gateway, ending)()
            await soon(lambda: len(gateway.subscriptions) == 2)
            await bot.ready()
            gateway.say("还在吗")
            await soon(lambda: len(bot.received) == 1)
            assert bot.troubles == [Trouble.LOST]
            assert bot.connection.health.trouble is None

    asyncio.run(scenario())


def test_a_frozen_peer_is_given_up_and_replaced(gateway: Gateway) -> None:
    async def scenario() -> None:
        patience = replace(PATIENCE, open=0.2, ping=0.1, acknowledge=0.1, silence=0.5)
        async with running(gateway.url, patience=patience) as bot:
            await bot.ready()
            gateway.freeze()
            await soon(lambda: not bot.connection.health.healthy)
            await soon(lambda: not bot.subscribed)
            await soon(lambda: bot.troubles == [Trouble.SILENT, Trouble.UNREACHABLE])
            with pytest.raises(NotConnected):
                await bot.connection.request(SEND, NOTE)
            gateway.thaw()
            await bot.ready()

    asyncio.run(scenario())


def test_pings_without_acknowledgement_end_a_connection_on_which_messages_still_come(
    gateway: Gateway,
) -> None:
    async def scenario() -> None:
        patience = replace(PATIENCE, ping=0.1, acknowledge=0.1, silence=0.4)
        async with running(gateway.url, patience=patience) as bot:
            await bot.ready()
            gateway.withhold("ping", times=1000)
            while not bot.troubles:
                gateway.say("你好")
                await asyncio.sleep(0.02)
            assert bot.troubles == [Trouble.SILENT]

    asyncio.run(scenario())


def test_a_subscription_counts_only_when_it_is_acknowledged(gateway: Gateway) -> None:
    async def scenario() -> None:
        gateway.withhold("aibot_subscribe")
        async with running(gateway.url, patience=replace(PATIENCE, acknowledge=0.2)) as bot:
            await soon(lambda: len(gateway.subscriptions) == 1)
            assert not bot.subscribed
            with pytest.raises(NotConnected):
                await bot.connection.request(SEND, NOTE)
            await soon(lambda: bot.troubles == [Trouble.SILENT])
            await bot.ready()

    asyncio.run(scenario())
    assert len(gateway.subscriptions) == 2


@pytest.mark.parametrize("refusal_closes", [False, True])
def test_a_wrong_secret_is_not_a_connection_and_is_tried_slowly(refusal_closes: bool) -> None:
    async def scenario(gateway: Gateway) -> None:
        async with running(gateway.url, secret="wrong") as bot:
            await soon(lambda: bot.troubles == [Trouble.BAD_SECRET])
            for _ in range(100):
                assert not bot.subscribed
                await asyncio.sleep(0.01)
            assert bot.connection.health.trouble is Trouble.BAD_SECRET
            assert bot.troubles == [Trouble.BAD_SECRET], "said once"

    with Gateway(refusal_closes=refusal_closes) as gateway:
        asyncio.run(scenario(gateway))
    first, *others = [item.at for item in gateway.subscriptions]
    assert len(others) <= 1
    assert all(at - first >= PACE.refused for at in others)


def test_kicked_by_a_rival_it_waits(gateway: Gateway) -> None:
    async def scenario() -> None:
        async with running(gateway.url) as older:
            await older.ready()
            async with running(gateway.url, seed=2) as newer:
                await newer.ready()
                await soon(lambda: older.troubles == [Trouble.KICKED])
                since = time.monotonic()
                assert not older.subscribed
                await soon(lambda: len(gateway.subscriptions) == 3)
                assert time.monotonic() - since >= PACE.kicked * 0.8
            assert older.received == [], "a kick is no event for the dialogue"

    asyncio.run(scenario())


def test_two_for_the_same_bot_do_not_fight(gateway: Gateway) -> None:
    seconds = 3.0  # five minutes

    async def scenario() -> None:
        async with running(gateway.url, seed=1), running(gateway.url, seed=2):
            await asyncio.sleep(seconds)
            assert gateway.subscribed <= 1

    asyncio.run(scenario())
    assert 3 <= len(gateway.subscriptions) <= 2 + seconds / PACE.kicked


def test_an_address_where_nobody_listens_is_tried_at_the_pace() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))

        async def scenario() -> None:
            async with running(f"ws://127.0.0.1:{reserved.getsockname()[1]}") as bot:
                await soon(lambda: bot.troubles == [Trouble.UNREACHABLE])
                await asyncio.sleep(1.0)
                assert 2 <= bot.connection.health.attempts <= 10

        asyncio.run(scenario())


def test_a_proxy_that_is_not_there_is_no_way_to_the_platform(gateway: Gateway) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{reserved.getsockname()[1]}"

        async def scenario() -> None:
            async with running(gateway.url, proxy=proxy) as bot:
                await soon(lambda: bot.troubles == [Trouble.UNREACHABLE])

        asyncio.run(scenario())
    assert gateway.connections == []


def test_it_reaches_the_platform_through_a_proxy(gateway: Gateway) -> None:
    asked: list[str] = []

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        asked.append(request.splitlines()[0])
        host, port = asked[0].split()[1].split(":")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.gather(_pipe(reader, far_writer), _pipe(far_reader, writer))

    async def scenario() -> None:
        proxy = await asyncio.start_server(carry, "127.0.0.1", 0)
        address = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
        async with proxy, running(gateway.url, proxy=address) as bot:
            await bot.ready()
            gateway.say("你好")
            await soon(lambda: len(bot.received) == 1)

    asyncio.run(scenario())
    assert asked == [f"CONNECT {gateway.url.removeprefix('ws://')} HTTP/1.1"]


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(4096):
        writer.write(data)
    writer.close()


def test_a_platform_whose_certificate_nobody_trusts_is_told_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, tls = self_signed(tmp_path)

    async def scenario(gateway: Gateway) -> None:
        async with running(gateway.url) as bot:
            await soon(lambda: bot.troubles == [Trouble.UNREACHABLE])
        assert gateway.subscriptions == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        async with running(gateway.url) as bot:
            await bot.ready()

    with Gateway(tls=tls) as gateway:
        asyncio.run(scenario(gateway))


def test_a_proxy_of_the_environment_is_not_used(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    async def scenario() -> None:
        async with running(gateway.url) as bot:
            await bot.ready()

    asyncio.run(scenario())


def test_what_is_no_frame_or_is_unknown_ends_nothing(gateway: Gateway) -> None:
    async def scenario() -> None:
        async with running(gateway.url) as bot:
            await bot.ready()
            for data in ("nonsense", "[]", '{"cmd": "aibot_new_thing", "headers": {"req_id": "r"}}'):
                gateway.push_raw(data)
            gateway.push_raw('{"headers": {"req_id": "nobody-waits"}, "errcode": 0}')
            gateway.say("你好")
            await soon(lambda: len(bot.received) == 1)

    asyncio.run(scenario())
    assert len(gateway.connections) == 1


def test_a_frame_that_is_too_large_ends_the_connection_and_not_the_client(gateway: Gateway) -> None:
    async def scenario() -> None:
        async with running(gateway.url, patience=replace(PATIENCE, frame_bytes=4096)) as bot:
            await bot.ready()
            gateway.say("长" * 5000)
            await soon(lambda: len(gateway.subscriptions) == 2)
            await bot.ready()

    asyncio.run(scenario())


def test_it_closes_politely_when_it_is_cancelled_and_does_not_hang_on_a_frozen_peer(gateway: Gateway) -> None:
    async def scenario() -> float:
        async with running(gateway.url) as bot:
            await bot.ready()
        await soon(lambda: gateway.subscribed == 0)
        async with running(gateway.url) as bot:
            await bot.ready()
            gateway.freeze()
            began = time.monotonic()
        return time.monotonic() - began

    assert asyncio.run(scenario()) < 3


def test_it_can_be_run_again_after_it_was_cancelled(gateway: Gateway) -> None:
    async def scenario() -> None:
        async with running(gateway.url) as bot:
            await bot.ready()
        assert not bot.subscribed
        again = asyncio.create_task(bot.connection.run())
        await bot.ready()
        gateway.say("你好")
        await soon(lambda: len(bot.received) == 1)
        again.cancel()
        await asyncio.wait([again])
        assert again.cancelled()

    asyncio.run(scenario())
    assert len(gateway.subscriptions) == 2


def test_the_secret_and_what_people_write_are_in_no_log(
    gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said = "我的身体不好"

    async def receive(_callback: object) -> None:
        raise RuntimeError

    async def scenario() -> None:
        async with running(gateway.url, receive=receive) as bot:
            await bot.ready()
            gateway.say(said)
            gateway.push_raw(f'{{"cmd": "aibot_msg_callback", "body": "{said}"}}')
            await soon(lambda: len(bot.received) == 1)
            gateway.close_connections()
            await soon(lambda: bot.troubles == [Trouble.LOST])
            assert SECRET not in repr(bot.connection) + repr(vars(bot.connection))

    with structlog.testing.capture_logs() as logged:
        asyncio.run(scenario())
    texts = caplog.text + repr(logged)
    assert "wecom_callback_failed" in texts
    assert SECRET not in "".join(line for line in texts.splitlines() if "websockets.server" not in line)
    assert said not in repr(logged)
    # The library shortens the frames that it logs: that this secret is in none would prove nothing.
    assert not [record for record in caplog.records if record.name.startswith("websockets.client")]


@pytest.mark.verify
def test_two_hundred_losses_never_make_more_than_five_attempts_in_a_minute() -> None:
    window = 0.2
    pace = replace(PACE, first=0.003, longest=0.01, window=window)
    chance = random.Random(7)

    async def scenario(gateway: Gateway) -> None:
        async with running(gateway.url, pace=pace) as bot:
            while bot.connection.health.attempts < 200:
                await asyncio.sleep(chance.uniform(0, 0.02))
                act = chance.choice(["close_connections", "cut_connections", "cut_before_ack"])
                getattr(gateway, act)(*(["aibot_subscribe"] if act == "cut_before_ack" else []))
            await bot.ready()

    with Gateway() as gateway:
        began = time.monotonic()
        asyncio.run(scenario(gateway))
        took = time.monotonic() - began
    times = gateway.connections
    assert len(times) >= 200
    assert took >= window * (200 / 5 - 1)
    # Half, for what the machine may do to packets on their way; by the client's own clock see test_pacing.
    assert min(sixth - first for first, sixth in zip(times, times[5:], strict=False)) >= window / 2
