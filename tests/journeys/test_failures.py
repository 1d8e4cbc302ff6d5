"""The hard cases, on the real stack: slow actions, a hanging Rasa, a killed Rasa, a killed service."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.stack import Stack, start_stack
from tests.talk import Talk, open_stream

QUESTION = "年休假有几天"


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack whose answering action lingers on demand."""
    program = (sys.executable, "-m", "tests.journeys.slow_service", "serve")
    stack = start_stack(tmp_path_factory.mktemp("slow") / "data", program=program)
    try:
        yield stack
    finally:
        stack.stop()


@pytest.fixture
def lingering(slow: Stack) -> Iterator[Stack]:
    """That stack, whole and not yet told to linger."""
    slow.wait_until(degraded=False)
    yield slow
    (slow.data / "linger").unlink(missing_ok=True)


def rows(stack: Stack, query: str, *values: str) -> list[Any]:
    with sqlite3.connect(f"file:{stack.data / 'database.sqlite3'}?mode=ro", uri=True, timeout=10) as database:
        return database.execute(query, values).fetchall()


def wait_for_effect(stack: Stack, conversation_id: str, seconds: float = 10.0) -> None:
    query = "SELECT 1 FROM turn_effect JOIN turn ON turn.id = turn_id WHERE conversation_id = ?"
    deadline = time.monotonic() + seconds
    while not rows(stack, query, conversation_id):
        assert time.monotonic() < deadline, "the action never committed"
        time.sleep(0.02)


def assert_unbroken(talk: Talk, *, questions: int) -> None:
    """Numbers without a gap, every question followed by its one answer."""
    messages = talk.messages()
    assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
    senders = [message["sender"] for message in messages]
    assert senders == ["bot", *["employee", "bot"] * questions]


def test_one_effect_and_one_answer_whatever_fails(lingering: Stack) -> None:
    talk = Talk(lingering.url, timeout=30)
    flag = lingering.data / "linger"

    # The action commits and lingers; Rasa hangs while it waits, and is killed.
    flag.touch()
    answers: list[dict[str, Any]] = []
    asking = threading.Thread(target=lambda: answers.append(talk.say(QUESTION, client_id="hard")))
    asking.start()
    wait_for_effect(lingering, talk.id)
    rasa = lingering.rasa_pid()
    os.kill(rasa, signal.SIGSTOP)
    asking.join()
    os.kill(rasa, signal.SIGKILL)
    flag.unlink()

    (first,) = answers
    assert "10天" in first["messages"][0]["text"]
    again = talk.say(QUESTION, client_id="hard")
    assert again["messages"] == first["messages"]
    effects = rows(
        lingering,
        "SELECT action FROM turn_effect JOIN turn ON turn.id = turn_id WHERE conversation_id = ?",
        talk.id,
    )
    assert effects == [("action_answer_question",)]
    events = (
        "SELECT count(*) FROM event_log WHERE kind = ?"
        " AND turn_id IN (SELECT id FROM turn WHERE client_id = ?)"
    )
    assert rows(lingering, events, "question_answered", "hard") == [(1,)]
    assert rows(lingering, events, "turn_answered", "hard") == [(1,)]

    # While Rasa is away the next question is answered from the knowledge base.
    during = talk.say("没签劳动合同能要双倍工资吗")
    assert during["messages"][0]["citations"], during
    assert lingering.ready()["degraded"] is True
    degraded = "SELECT degraded FROM turn WHERE client_id = 'c1' AND conversation_id = ?"
    assert rows(lingering, degraded, talk.id) == [(1,)]

    # When it is back, so is the dialogue.
    lingering.wait_until(degraded=False)
    assert talk.say("谢谢")["messages"][0]["intent"] == "thank"
    assert_unbroken(talk, questions=3)


def test_an_action_past_its_time_still_answers_once(lingering: Stack) -> None:
    talk = Talk(lingering.url, timeout=30)
    (lingering.data / "linger").touch()
    started = time.monotonic()
    answer = talk.say(QUESTION, client_id="slow")
    assert 2.5 < time.monotonic() - started < 9
    assert "10天" in answer["messages"][0]["text"]
    assert talk.say(QUESTION, client_id="slow")["messages"] == answer["messages"]
    assert_unbroken(talk, questions=1)


@pytest.mark.verify
def test_questions_open_at_a_crash_are_answered_after_the_restart(tmp_path: Path) -> None:
    program = (sys.executable, "-m", "tests.journeys.slow_service", "serve")
    stack = start_stack(tmp_path / "data", program=program)
    stack.wait_until(degraded=False)
    talk = Talk(stack.url, timeout=30)
    os.kill(stack.rasa_pid(), signal.SIGSTOP)
    sending = threading.Thread(target=lambda: _quietly(talk))
    sending.start()
    deadline = time.monotonic() + 10
    while not rows(stack, "SELECT 1 FROM turn WHERE client_id = 'open'"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(stack.process.pid, signal.SIGKILL)
    stack.process.wait()
    sending.join()

    again = start_stack(stack.data, program=program)
    try:
        again.wait_until(degraded=False)
        reconnected = Talk.again(again.url, talk)
        answer = reconnected.say(QUESTION, client_id="open")
        assert "10天" in answer["messages"][0]["text"]
        assert_unbroken(reconnected, questions=1)
    finally:
        again.stop()


def _quietly(talk: Talk) -> None:
    with contextlib.suppress(httpx.TransportError):  # the service is killed under this request
        talk.say(QUESTION, client_id="open")


@pytest.mark.verify
def test_answers_that_are_late_come_by_the_stream_and_the_request_says_so(lingering: Stack) -> None:
    talk = Talk(lingering.url, timeout=30)
    (lingering.data / "linger").touch()

    def send(number: int) -> dict[str, Any]:
        answer = talk.post(client_id=f"n{number}", text=QUESTION + "呀" * number)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        sent = list(pool.map(send, range(6)))
    (lingering.data / "linger").unlink()
    late = [body for body in sent if body["pending"]]
    assert late, "six answers of three seconds each cannot all be there in ten"
    assert all(body["messages"] == [] for body in late)
    with open_stream(lingering.url, talk, after=1) as stream:
        seen: dict[int, str] = {}
        while len(seen) < 12:
            frame = json.loads(stream.recv(timeout=30))
            if frame["type"] == "message":
                seen[frame["message"]["seq"]] = frame["message"]["sender"]
    assert sorted(seen) == list(range(2, 14))
    assert list(seen.values()).count("bot") == 6
    for number in range(6):
        assert send(number)["pending"] is False
