"""People take over: an employee, the bot and union staff over HTTP on the real stack."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from tests.clocked_service import MORNING, set_clock
from tests.officer import PASSWORD, Officer
from tests.stack import Stack
from tests.talk import Talk, open_stream

BRANCH = "示例银行/河南省分行/郑州分行"
OUTLET = f"{BRANCH}/金水支行"
PROVINCE = "示例银行/河南省分行"
NIGHT = datetime(2026, 11, 25, 15, 40, tzinfo=UTC)


@pytest.fixture(scope="module")
def officer(stack: Stack) -> Iterator[Officer]:
    with Officer(stack, name="赵敏", org=BRANCH) as one:
        yield one


@pytest.fixture
def night(stack: Stack) -> Iterator[None]:
    set_clock(stack.data, NIGHT)
    yield
    set_clock(stack.data, MORNING)


def frames(socket: Connection, kind: str, *, seconds: float = 5.0) -> dict[str, Any]:
    """Return the next frame of a kind."""
    deadline = time.monotonic() + seconds
    while True:
        frame: dict[str, Any] = json.loads(socket.recv(timeout=max(0.01, deadline - time.monotonic())))
        if frame["type"] == kind:
            return frame


def open_desk(stack: Stack, cookie: str, *, origin: str | None = None) -> Connection:
    headers = {"Cookie": f"ua_desk={cookie}"} | ({"Origin": origin} if origin else {})
    return connect(
        f"{stack.url.replace('http', 'ws')}/api/v1/desk/stream", additional_headers=headers, proxy=None
    )


def test_from_the_call_to_the_answer_and_back_to_the_bot(stack: Stack, officer: Officer) -> None:
    talk = Talk(stack.url, org=OUTLET)
    talk.say("我工作12年了年假几天")
    with open_desk(stack, officer.cookie()) as desk, open_stream(stack.url, talk) as page:
        frames(desk, "queue")
        asked = time.monotonic()
        said = talk.say("找人工")
        assert said["state"] == "queued"
        assert said["messages"][0]["decision"] == "handover"
        while not (
            waiting := [
                item for item in frames(desk, "queue")["waiting"] if item["conversation_id"] == talk.id
            ]
        ):
            pass
        assert time.monotonic() - asked < 1.0
        assert waiting[0]["last_text"] == "找人工"
        assert waiting[0]["explanation"] == "金水支行有自己的工会，直接转给郑州分行工会"
        assert waiting[0]["topic"] == "leave"
        while (frame := frames(page, "state"))["state"] != "queued":
            pass
        assert frame["queue"]["position"] == 1
        view = officer.post(f"/conversations/{talk.id}/claim")
        assert [message["sender"] for message in view["messages"]][-2:] == ["bot", "system"]
        assert view["handovers"][0]["reason"] == "asked"
        while (frame := frames(page, "state"))["state"] != "staff":
            pass
        assert frame["staff_name"] == "郑州分行工会 赵敏"
        desk.send(json.dumps({"type": "watch", "conversation_id": talk.id, "after": 0}))
        assert len(frames(desk, "conversation")["messages"]) == len(view["messages"])
        desk.send(json.dumps({"type": "typing", "conversation_id": talk.id}))
        assert frames(page, "typing")["by"] == "staff"
        page.send(json.dumps({"type": "typing"}))
        assert frames(desk, "typing")["conversation_id"] == talk.id
        silent = talk.say("加班费怎么算")
        assert (silent["messages"], silent["state"]) == ([], "staff")
        assert frames(desk, "conversation")["messages"][-1]["text"] == "加班费怎么算"
        officer.say(talk.id, "我来帮你看")
        while (message := frames(page, "message")["message"])["sender"] != "staff":
            pass
        assert (message["text"], message["sender_name"]) == ("我来帮你看", "郑州分行工会 赵敏")
        page.send(json.dumps({"type": "read", "seq": message["seq"]}))
        while frames(desk, "conversation")["read_seq"] != message["seq"]:
            pass
    officer.hand_back(talk.id)
    answered = talk.say("我工作12年了年假几天")
    assert (answered["state"], answered["messages"][0]["decision"]) == ("bot", "answer")


def test_a_second_officer_is_told_who_was_first(stack: Stack, officer: Officer) -> None:
    talk = Talk(stack.url, org=OUTLET)
    talk.say("找人工")
    with Officer(stack, name="孙磊", org=PROVINCE) as other:
        answers: list[httpx.Response] = []
        racers = [
            threading.Thread(
                target=lambda who=who: answers.append(who.call("POST", f"/conversations/{talk.id}/claim"))
            )
            for who in (officer, other)
        ]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join()
        lost = next(answer for answer in answers if answer.status_code == 409)
        won = next(answer for answer in answers if answer.status_code == 200)
        assert lost.json()["code"] == "already_claimed"
        assert won.json()["staff"]["name"] in lost.json()["detail"]


@pytest.mark.verify
def test_a_message_sent_twice_by_the_console_is_said_once(stack: Stack, officer: Officer) -> None:
    talk = Talk(stack.url, org=OUTLET)
    talk.say("找人工")
    officer.claim(talk.id)
    body = {"client_id": "same", "text": "只说一次"}
    first, again = (officer.post(f"/conversations/{talk.id}/messages", body) for _ in range(2))
    assert first["id"] == again["id"]
    assert [message["text"] for message in talk.messages()].count("只说一次") == 1


@pytest.mark.verify
def test_whoever_stops_waiting_goes_on_with_the_bot(stack: Stack, officer: Officer) -> None:
    talk = Talk(stack.url, org=OUTLET)
    talk.say("找人工")
    said = talk.press("不等了，继续问助手")
    assert (said["state"], said["messages"][0]["sender"]) == ("bot", "system")
    assert talk.id not in officer.waiting()
    assert talk.say("我工作12年了年假几天")["messages"][0]["decision"] == "answer"


@pytest.mark.verify
def test_a_message_written_at_night_is_answered_in_the_morning(
    stack: Stack, officer: Officer, night: None
) -> None:
    talk = Talk(stack.url, org=OUTLET)
    said = talk.say("找人工")
    assert said["state"] == "bot"
    text = said["messages"][0]["text"]
    assert "明天（11月26日 周四）9:00以后回复你" in text
    assert "GH" in text
    assert talk.say("我工作12年了年假几天")["messages"][0]["decision"] == "answer"
    set_clock(stack.data, datetime(2026, 11, 26, 1, 5, tzinfo=UTC))
    officer.sign_in()  # yesterday's session has ended
    assert talk.id in officer.waiting()
    officer.claim(talk.id)
    officer.say(talk.id, "早上好，看到你的留言了")
    later = talk.messages(after=said["messages"][0]["seq"])
    assert [message["sender"] for message in later][-2:] == ["system", "staff"]


@pytest.mark.verify
def test_story_four_night_and_indirect_words(stack: Stack, officer: Officer, night: None) -> None:
    with Officer(stack, name="值班员", org=PROVINCE, roles=["on_call"]) as on_call:
        talk = Talk(stack.url, org=OUTLET)
        said = talk.say("撑不下去了，感觉没我大家都轻松")
        (message,) = said["messages"]
        assert "tel:12356" in message["text"]
        assert "已经提醒工会值班的人" in message["text"]
        assert len(message["text"].splitlines()) <= 3
        assert message["citations"] == message["options"] == []
        (item,) = [item for item in on_call.get("/queue")["waiting"] if item["conversation_id"] == talk.id]
        assert (item["urgent"], item["beside"]) == (True, True)
        assert talk.id not in officer.waiting()
        assert officer.call("GET", f"/conversations/{talk.id}").status_code == 404
        assert talk.say("谢谢")["messages"][0]["intent"] == "thank"
        on_call.claim(talk.id)
        on_call.say(talk.id, "我在，愿意说说吗")
        assert talk.messages()[-1]["sender"] == "staff"


@pytest.mark.verify
def test_a_third_refusal_in_a_row_brings_a_person(stack: Stack, officer: Officer) -> None:
    talk = Talk(stack.url, org=OUTLET)
    for text in ("紫外光谱仪怎么校准波长", "量子纠缠的退相干时间是多少"):
        assert talk.say(text)["messages"][0]["decision"] == "refuse"
    said = talk.say("asdkjh qwe 阿斯顿飞规划局考虑")
    assert (said["state"], said["messages"][0]["decision"]) == ("queued", "handover")
    assert officer.post(f"/conversations/{talk.id}/claim")["handovers"][0]["reason"] == "low_confidence"


@pytest.mark.verify
def test_a_person_can_be_had_while_the_dialogue_is_away(stack: Stack, officer: Officer) -> None:
    talk = Talk(stack.url, org=OUTLET)
    pid = stack.rasa_pid()
    os.kill(pid, signal.SIGSTOP)
    try:
        said = talk.press("找工会的人")
        assert said["state"] == "queued"
        assert talk.id in officer.waiting()
    finally:
        os.kill(pid, signal.SIGCONT)
    stack.wait_until(degraded=False)


@pytest.mark.verify
def test_the_desk_is_closed_to_those_who_are_not_signed_in(stack: Stack, officer: Officer) -> None:
    base = f"{stack.url}/api/v1/desk"
    for method, address in (
        ("GET", "/queue"),
        ("GET", "/me"),
        ("POST", "/conversations/x/claim"),
        ("GET", "/tickets"),
    ):
        answer = httpx.request(method, base + address, trust_env=False)
        assert (answer.status_code, answer.json()["code"]) == (401, "login_required")
    for _ in range(5):
        wrong = httpx.post(
            f"{base}/login", json={"login": officer.login, "password": "wrong"}, trust_env=False
        )
        assert wrong.json()["code"] == "login_failed"
    locked = httpx.post(f"{base}/login", json={"login": officer.login, "password": PASSWORD}, trust_env=False)
    assert (locked.status_code, locked.json()["code"]) == (423, "login_locked")
    for cookie, origin in (("made up", None), (officer.cookie(), "http://evil.example")):
        with open_desk(stack, cookie, origin=origin) as desk, pytest.raises(ConnectionClosed) as closed:
            desk.recv(timeout=5)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


@pytest.mark.verify
def test_a_stranger_of_another_branch_sees_nothing(stack: Stack) -> None:
    talk = Talk(stack.url, org=OUTLET)
    talk.say("找人工")
    with Officer(stack, name="外省", org="示例银行/浙江省分行") as stranger:
        assert talk.id not in stranger.waiting()
        for method, address in (("GET", ""), ("POST", "/claim"), ("POST", "/hand-back"), ("POST", "/close")):
            answer = stranger.call(method, f"/conversations/{talk.id}{address}")
            assert (answer.status_code, answer.json()["code"]) == (404, "conversation_not_found")
