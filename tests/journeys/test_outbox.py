"""What staff write reaches the employee: after a restart, and from another process."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from service.conversations.messages import add_message
from service.conversations.replies import Reply
from service.conversations.tables import Sender
from service.database import Database
from tests.clocked_service import read_clock
from tests.officer import Officer
from tests.stack import Stack, start_stack
from tests.talk import Talk, open_stream

pytestmark = pytest.mark.verify

BRANCH = "示例银行/安徽省分行/芜湖分行"


def outbox(stack: Stack, talk: Talk) -> list[str]:
    """Return the states of what is to be sent in a conversation, the oldest first."""
    with sqlite3.connect(f"file:{stack.data / 'database.sqlite3'}?mode=ro", uri=True, timeout=10) as opened:
        rows = opened.execute(
            "SELECT outbox.state FROM outbox JOIN message ON message.id = message_id"
            " WHERE outbox.conversation_id = ? ORDER BY message.seq",
            (talk.id,),
        )
        return [str(state) for (state,) in rows]


def wait_until_sent(stack: Stack, talk: Talk, seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while set(outbox(stack, talk)) != {"sent"}:
        assert time.monotonic() < deadline, outbox(stack, talk)
        time.sleep(0.05)


def test_what_was_missed_arrives_after_the_service_was_killed_and_started_again(tmp_path: Path) -> None:
    stack = start_stack(tmp_path / "data")
    try:
        stack.wait_until(degraded=False)
        with Officer(stack, name="许可", org=BRANCH) as officer:
            talk = Talk(stack.url, org=BRANCH)
            seen = talk.say("找人工")["messages"][-1]["seq"]
            officer.claim(talk.id)
            officer.say(talk.id, "第一句")
            officer.say(talk.id, "第二句")
            assert outbox(stack, talk) == ["sent", "pending", "pending", "pending"]
        os.kill(stack.process.pid, signal.SIGKILL)
        stack.process.wait(20)
        again = start_stack(stack.data)
        try:
            again.wait_until(degraded=False)
            back = Talk.again(again.url, talk)
            with open_stream(again.url, back, after=seen) as stream:
                frames = [json.loads(stream.recv(timeout=5)) for _ in range(4)]
            texts = [frame["message"]["text"] for frame in frames if frame["type"] == "message"]
            assert texts[1:] == ["第一句", "第二句"]
            assert frames[-1]["state"] == "staff"
            wait_until_sent(again, back)
            assert [message["seq"] for message in back.messages()] == list(range(1, 7))
        finally:
            again.stop()
    finally:
        if stack.process.poll() is None:
            stack.stop()


def test_what_another_process_puts_into_the_outbox_reaches_an_open_page(stack: Stack) -> None:
    talk = Talk(stack.url, org=BRANCH)
    other = Database(f"sqlite:///{stack.data / 'database.sqlite3'}")
    with open_stream(stack.url, talk, after=1) as stream:
        assert json.loads(stream.recv(timeout=5))["type"] == "state"
        with other.write() as db:
            add_message(
                db, talk.id, sender=Sender.SYSTEM, reply=Reply("从别处来"), now=read_clock(stack.data)
            )
        frame = json.loads(stream.recv(timeout=10))
        assert frame["message"]["text"] == "从别处来"
        wait_until_sent(stack, talk)
    other.close()


def test_an_answer_that_left_by_http_counts_as_sent(stack: Stack) -> None:
    talk = Talk(stack.url, org=BRANCH)
    talk.say("我工作12年了年假几天")
    wait_until_sent(stack, talk)  # it is marked behind the answer
