"""Ten thousand messages over a connection that breaks: each is kept once and answered under one name."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import func, select

from api.settings import Settings
from service.conversations.tables import Message, Outbox, OutboxState, Sender, Turn, TurnState
from service.messengers.tables import Received
from tests.api.wecom.channel import RESPOND, SEND, TEMPO, Channel, running
from tests.api.wecom.dialogue import Dialogue
from tests.api.wecom.gateway import Gateway
from tests.api.wecom.gateway_server import Command

MESSAGES, PEOPLE = 10_000, 500
FALSE_ALARMS = MESSAGES // 1000
"""Answers that may be `unknown` although the gateway acknowledged them: where the acknowledgement of what was
shown before, under the same req_id, came too late, that of the answer cannot be told from it."""
AT_ONCE = 40
"""Messages that may wait for their answers before more are written."""
ON_THE_WAY = 300
NEAR = 2.0
"""Seconds before the end of a connection in which what was written to it may not have arrived."""
SPEED = replace(TEMPO, patience=replace(TEMPO.patience, ping=2.0, silence=10.0, acknowledge=8.0))


@dataclass
class Crowd:
    """What was written, and what was done to the connection meanwhile."""

    said_at: dict[str, float] = field(default_factory=dict)
    copies: int = 0
    faults: Counter[str] = field(default_factory=Counter)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway(replay=True) as started:
        yield started


@pytest.mark.verify
@pytest.mark.timeout(900)
def test_ten_thousand_messages_over_a_connection_that_breaks(
    settings: Settings, gateway: Gateway, dialogue: Dialogue
) -> None:
    crowd = Crowd()

    async def scenario() -> None:
        changes = {"max_open_turns": MESSAGES, "wecom_per_minute": MESSAGES, "wecom_per_hour": MESSAGES}
        async with running(settings, gateway, dialogue=dialogue, tempo=SPEED, **changes) as channel:
            began = time.monotonic()
            await speak(channel, crowd)
            while await asyncio.to_thread(waiting, channel):  # noqa: ASYNC110 - the database's state
                await asyncio.sleep(0.2)
            took = time.monotonic() - began
            await asyncio.to_thread(check, channel, crowd, took)

    asyncio.run(scenario())


async def speak(channel: Channel, crowd: Crowd) -> None:
    """Write every message, some of them delivered twice or thrice, and break things now and then."""
    chance, gateway = random.Random(7), channel.gateway
    faults = {
        gateway.close_connections: 0.002,
        gateway.cut_connections: 0.002,
        lambda: gateway.withhold(RESPOND): 0.004,
        lambda: gateway.cut_before_ack(RESPOND): 0.002,
    }
    names = ("closed", "cut", "withheld", "cut before the acknowledgement")
    for number in range(MESSAGES):
        while number % 25 == 0 and await asyncio.to_thread(crowded, channel, number):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        text, copies = f"m{number}", chance.choices((1, 2, 3), (0.9, 0.07, 0.03))[0]
        crowd.said_at[text] = time.monotonic()
        crowd.copies += copies - 1
        userid = f"p{chance.randrange(PEOPLE)}"
        await asyncio.to_thread(gateway.say, text, userid=userid, msgid=text, copies=copies)
        for (fault, share), name in zip(faults.items(), names, strict=True):
            if chance.random() < share:
                crowd.faults[name] += 1
                await asyncio.to_thread(fault)


def crowded(channel: Channel, said: int) -> bool:
    """Tell whether more should wait: a bot takes 2,000 at once, and what is lost counts as on its way."""
    return said - channel.count(Received) > ON_THE_WAY or waiting(channel) > AT_ONCE


def waiting(channel: Channel) -> int:
    """Return how many messages have no answer yet, and answers nobody has sent."""
    with channel.parts.database.read() as db:
        open_turns = select(func.count()).select_from(Turn).where(Turn.state == TurnState.ACCEPTED)
        unsent = select(func.count()).select_from(Outbox).where(Outbox.state == OutboxState.PENDING)
        return db.scalars(open_turns).one() + db.scalars(unsent).one()


def check(channel: Channel, crowd: Crowd, took: float) -> None:
    gateway = channel.gateway
    with channel.parts.database.read() as db:
        kept = Counter(db.scalars(select(Message.text).where(Message.sender == Sender.EMPLOYEE)))
        query = select(Message.text, Message.turn_id, Outbox.state).join(
            Outbox, Outbox.message_id == Message.id
        )
        answers = [(text.removeprefix("答："), turn_id, state) for text, turn_id, state in db.execute(query)]
        received = db.scalars(select(func.count()).select_from(Received)).one()
    ends = gateway.ended
    acknowledged, sends, asked = defaultdict(list), defaultdict(list), Counter[str]()
    for moment, req_id in gateway.acknowledged:
        acknowledged[req_id].append(moment)
    for command in gateway.commands:
        asked[command.req_id] += 1
        if command.cmd in (RESPOND, SEND) and command.errcode == 0 and (text := final(command)):
            sends[text].append(command)
    states = {text: state for text, _, state in answers}
    false_alarms: list[str] = []

    # Each delivery is kept once and has one answer.
    assert set(kept.values()) == {1}
    assert received == len(kept) == len(answers) == len(states)
    lost = crowd.said_at.keys() - kept.keys()
    assert all(near(crowd.said_at[text], ends) for text in lost)

    # Each answer goes out at most once, under one name, and what became of it is known wherever it was told.
    assert set(states.values()) <= {OutboxState.SENT, OutboxState.UNKNOWN}
    names = {text: turn_id for text, turn_id, _ in answers}
    for text, state in states.items():
        assert len(sends[text]) <= 1, sends[text]
        for command in sends[text]:
            assert command.cmd == SEND or command.body["stream"]["id"] == names[text]
        if state == OutboxState.SENT:
            (command,) = sends[text]
            assert any(moment >= command.at for moment in acknowledged[command.req_id])
            continue
        for command in sends[text]:
            # One that is missing may be that of any frame of its req_id.
            all_told = len(acknowledged[command.req_id]) == asked[command.req_id]
            if all_told and not near(acknowledged[command.req_id][-1], ends):
                false_alarms.append(text)
    # An acknowledgement that was not noticed leaves a row for a person to look at; it must stay rare.
    assert len(false_alarms) <= FALSE_ALARMS, false_alarms

    # No more than five connections in any minute, which is 0.6 s here.
    begun = gateway.connections
    windows = zip(begun, begun[5:], strict=False)
    assert all(sixth - first > SPEED.pace.window for first, sixth in windows)

    count = Counter(states.values())
    print(
        f"\n{len(crowd.said_at)} messages of {PEOPLE} people, {crowd.copies} repeated, in {took:.0f} s: "
        f"{len(kept)} kept, {len(lost)} lost with a connection; answers sent {count[OutboxState.SENT]},"
        f" unknown {count[OutboxState.UNKNOWN]}, {len(false_alarms)} of them acknowledged;"
        f" {len(begun)} connections, {dict(crowd.faults)}"
    )


def final(command: Command) -> str | None:
    """Return the message that a command answers, None for one that only says that the answer comes."""
    content = command.body["stream"]["content"] if "stream" in command.body else ""
    content = content or command.body.get("markdown", {}).get("content", "")
    return content.removeprefix("答：") if content.startswith("答：") else None


def near(moment: float, ends: list[float]) -> bool:
    return any(0 <= end - moment <= NEAR for end in ends)
