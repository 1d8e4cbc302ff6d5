"""The AI bot when something is lost: connections, acknowledgements, the database, the process that leads."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from api.channels.wecom.tempo import LeaseTerms
from api.settings import Settings
from service.conversations.tables import Message, OutboxState, Turn
from service.insights.tables import EventLog
from tests.api.alert_gateway import AlertGateway
from tests.api.wecom.channel import RESPOND, TEMPO, Channel, running, starting
from tests.api.wecom.dialogue import Dialogue
from tests.api.wecom.gateway import Gateway

QUICK_LEASE = replace(TEMPO, lease=LeaseTerms(lasts=8.0, renewed=1.0, given_up_after=4.0))


async def asked(channel: Channel, text: str) -> None:
    """Have somebody ask, and wait for the answer in its stream."""
    channel.gateway.say(text)
    await channel.until(lambda: f"答：{text}" in channel.finished())


def has_pushed(channel: Channel, count: int) -> bool:
    return len(channel.pushed()) == count


@pytest.mark.parametrize("ending", ["close_connections", "cut_connections", "forget_subscriptions"])
def test_after_a_loss_it_comes_back_and_answers(
    settings: Settings, gateway: Gateway, dialogue: Dialogue, ending: str
) -> None:
    async def scenario() -> None:
        async with running(settings, gateway, dialogue=dialogue) as channel:
            await asked(channel, "在吗")
            before = len(gateway.subscriptions)
            getattr(gateway, ending)()
            await channel.until(lambda: len(gateway.subscriptions) > before and channel.connected)
            await asked(channel, "还在吗")
            assert channel.office.troubles.now == []

    asyncio.run(scenario())


@pytest.mark.verify
def test_a_frozen_gateway_is_left_and_found_again(
    settings: Settings, gateway: Gateway, dialogue: Dialogue
) -> None:
    async def scenario() -> None:
        tempo = replace(TEMPO, patience=replace(TEMPO.patience, silence=1.2, open=0.5))
        async with running(settings, gateway, dialogue=dialogue, tempo=tempo) as channel:
            await asked(channel, "在吗")
            gateway.freeze()
            await channel.until(lambda: "bot_unreachable" in channel.office.troubles.now)
            gateway.thaw()
            await channel.until(lambda: channel.connected)
            await asked(channel, "还在吗")
            await channel.until(lambda: channel.office.troubles.now == [])

    asyncio.run(scenario())


def test_a_connection_lost_between_question_and_answer_costs_no_answer_and_doubles_none(
    settings: Settings, gateway: Gateway, dialogue: Dialogue
) -> None:
    async def scenario() -> None:
        async with running(settings, gateway, dialogue=dialogue) as channel:
            dialogue.hold()
            gateway.say("在吗")
            await channel.until(lambda: dialogue.asked == ["在吗"])
            gateway.close_connections()
            await channel.until(lambda: not channel.connected)
            dialogue.release()
            await channel.until(lambda: channel.finished() == ["答：在吗"])
            await channel.settled()
            await asyncio.sleep(0.5)
            assert (channel.finished(), channel.pushed(), channel.states()) == (["答：在吗"], [], ["sent"])

    asyncio.run(scenario())


def test_an_answer_to_a_stream_that_is_over_is_pushed(
    settings: Settings, gateway: Gateway, dialogue: Dialogue
) -> None:
    async def scenario() -> None:
        async with running(settings, gateway, dialogue=dialogue) as channel:
            for count, errcode in enumerate((846605, 846608), start=1):
                gateway.refuse(RESPOND, errcode)
                gateway.say(f"问{errcode}")
                await channel.until(partial(has_pushed, channel, count))
            await channel.settled(messages=2)
            assert [item["markdown"]["content"] for item in channel.pushed()] == [
                "答：问846605",
                "答：问846608",
            ]
            assert channel.states() == ["sent", "sent"]

    asyncio.run(scenario())


@pytest.mark.parametrize("fault", ["withhold", "cut_before_ack"])
def test_an_answer_nobody_acknowledged_is_unknown_and_not_repeated(
    settings: Settings, gateway: Gateway, dialogue: Dialogue, fault: str
) -> None:
    async def scenario() -> None:
        tempo = replace(TEMPO, patience=replace(TEMPO.patience, acknowledge=0.6))
        async with running(settings, gateway, dialogue=dialogue, tempo=tempo) as channel:
            getattr(gateway, fault)(RESPOND)
            gateway.say("在吗")
            await channel.settled()
            assert channel.states() == [OutboxState.UNKNOWN]
            assert channel.count(EventLog, EventLog.kind == "message_not_sent") == 1
            await channel.until(lambda: channel.connected)
            await asked(channel, "还在吗")
            await channel.settled(messages=2)
            assert channel.finished() == ["答：在吗", "答：还在吗"]
            assert channel.states() == [OutboxState.UNKNOWN, OutboxState.SENT]

    asyncio.run(scenario())


@pytest.mark.verify
def test_what_is_being_sent_when_the_service_stops_is_still_acknowledged(
    settings: Settings, gateway: Gateway, dialogue: Dialogue
) -> None:
    async def scenario() -> None:
        async with running(settings, gateway, dialogue=dialogue) as channel:
            gateway.delay(0.8)
            gateway.say("在吗")
            await channel.until(lambda: channel.finished() == ["答：在吗"])
        async with starting(settings, gateway, dialogue=dialogue) as again:
            assert again.states() == ["sent"]

    asyncio.run(scenario())


def test_a_wrong_secret_is_a_trouble_that_is_shown_and_alerted_once(
    settings: Settings, gateway: Gateway, alerts: AlertGateway
) -> None:
    async def scenario() -> None:
        changes: dict[str, Any] = {
            "wecom_bot_secret": SecretStr("wrong"),
            "alert_url": SecretStr(alerts.url),
        }
        async with starting(settings, gateway, **changes) as channel:
            await channel.until(lambda: bool(alerts.taken))
            transport = httpx.ASGITransport(app=channel.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as http:
                told = (await http.get("/readyz")).json()
            assert told["wecom"] == {"leading": True, "troubles": ["bot_bad_secret"], "connected": False}
            await channel.until(lambda: len(gateway.subscriptions) >= 2)
            assert [alert["trouble"] for alert in alerts.taken] == ["bot_bad_secret"]
            assert channel.count(EventLog, EventLog.kind == "messenger_trouble") == 1
        first, second = gateway.subscriptions[:2]
        assert second.at - first.at >= TEMPO.pace.refused

    asyncio.run(scenario())


@pytest.mark.verify
def test_a_rival_is_not_fought(
    settings: Settings, gateway: Gateway, dialogue: Dialogue, tmp_path: Path
) -> None:
    elsewhere = settings.model_copy(update={"database_url": None, "data_dir": tmp_path / "rival"})

    async def scenario() -> None:
        await asyncio.to_thread(shutil.copytree, settings.data, elsewhere.data, symlinks=True)
        async with running(settings, gateway, dialogue=dialogue) as channel:
            async with running(elsewhere, gateway, dialogue=dialogue):
                await channel.until(lambda: channel.office.troubles.now == ["bot_kicked"])
                assert not channel.connected
                await asyncio.sleep(TEMPO.pace.kicked * 3)
            subscriptions = [item.at for item in gateway.subscriptions]
            gaps = [later - earlier for earlier, later in pairwise(subscriptions[1:])]
            assert all(gap >= TEMPO.pace.kicked * 0.9 for gap in gaps), subscriptions
            await channel.until(lambda: channel.connected)
            await asked(channel, "在吗")
            await channel.until(lambda: channel.office.troubles.now == [])

    asyncio.run(scenario())


@pytest.mark.verify
def test_of_two_processes_one_connects_and_the_other_takes_over_when_it_stops(
    settings: Settings, gateway: Gateway, dialogue: Dialogue
) -> None:
    async def scenario() -> None:
        async with starting(settings, gateway, dialogue=dialogue, tempo=QUICK_LEASE) as second:
            await second.until(lambda: second.connected)
            async with starting(settings, gateway, dialogue=dialogue, tempo=QUICK_LEASE) as other:
                await asyncio.sleep(2 * QUICK_LEASE.lease.renewed)
                assert (second.office.leading, other.office.leading) == (True, False)
                assert len(gateway.subscriptions) == 1
                await asked(second, "在吗")
            await asked(second, "还在吗")
        async with starting(settings, gateway, dialogue=dialogue, tempo=QUICK_LEASE) as third:
            await third.until(lambda: third.connected)  # given up, so nobody waits for it to run out
            await asked(third, "还有人吗")

    asyncio.run(scenario())


@pytest.mark.verify
def test_a_process_that_cannot_renew_stops_before_another_begins(
    settings: Settings, gateway: Gateway, dialogue: Dialogue
) -> None:
    async def scenario() -> None:
        async with (
            running(settings, gateway, dialogue=dialogue, tempo=QUICK_LEASE) as first,
            starting(settings, gateway, dialogue=dialogue, tempo=QUICK_LEASE) as second,
        ):
            first.office.database = Unreadable(first.office.database)  # type: ignore[assignment]
            await second.until(lambda: not first.office.leading)
            assert not second.office.leading
            await second.until(lambda: second.connected)
            assert gateway.subscribed == 1
            assert not [item for item in gateway.commands if "disconnected" in str(item.body)]
            assert first.office.troubles.now == []
            await asked(second, "在吗")

    asyncio.run(scenario())


class Unreadable:
    """A database that this process does not reach any more."""

    def __init__(self, database: object) -> None:
        self._database = database

    def write(self) -> Any:
        raise TimeoutError


@pytest.mark.verify
@pytest.mark.usefixtures("plain_log")
def test_a_message_that_comes_while_the_database_is_locked_is_answered(
    settings: Settings, gateway: Gateway, dialogue: Dialogue
) -> None:
    async def scenario() -> None:
        async with running(settings, gateway, dialogue=dialogue) as channel:
            with locked(settings) as release:
                gateway.say("在吗")
                await asyncio.sleep(3)
                release()
            await channel.until(lambda: channel.finished() == ["答：在吗"])

    asyncio.run(scenario())


@pytest.mark.verify
@pytest.mark.usefixtures("plain_log")
def test_who_writes_while_the_database_is_gone_is_told_that_it_was_not_kept(
    settings: Settings, gateway: Gateway, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.database.BUSY_TIMEOUT_MS", 200)

    async def scenario() -> None:
        async with running(settings, gateway, dialogue=dialogue) as channel:
            with locked(settings):
                gateway.say("在吗")
                gateway.rate("whatever", 1)
                await channel.until(lambda: bool(channel.finished()))
                await asyncio.sleep(1)
            assert channel.finished() == ["系统现在收不下消息，这一条没有存下来。请过几分钟再发一次。"]
            assert gateway.refused() == []
            await asked(channel, "现在呢")
            assert channel.count(Turn) == 1
            assert channel.count(Message, Message.text == "在吗") == 0

    asyncio.run(scenario())


@contextmanager
def locked(settings: Settings) -> Iterator[Callable[[], None]]:
    """Keep every writer from the database until the block ends or what is yielded is called."""
    path = settings.database.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield lambda: None if not other.in_transaction else other.execute("ROLLBACK").close()
        if other.in_transaction:
            other.execute("ROLLBACK")
