"""Activities and consultation times among several people, on the real stack."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from tests.journeys.keeper import Keeper
from tests.stack import PORTAL_SECRET, Stack
from tests.talk import Talk

pytestmark = pytest.mark.verify

HEFEI = "示例银行/安徽省分行/合肥分行"
WUHU = "示例银行/安徽省分行/芜湖分行"
Keep = Callable[[str, str], Keeper]
"""Gives an account with a role at a unit, for as long as the test lasts."""


@pytest.fixture
def keep(stack: Stack) -> Iterator[Keep]:
    with ExitStack() as leaving:
        yield lambda role, org: leaving.enter_context(Keeper(stack, role=role, org=org))


def text(body: dict[str, Any]) -> str:
    return "\n".join(message["text"] for message in body["messages"])


def titles(body: dict[str, Any]) -> list[str]:
    return [option["title"] for message in body["messages"] for option in message["options"]]


def portal_token(subject: str, name: str, org: str) -> str:
    expires = datetime.now(UTC) + timedelta(hours=1)
    claims = {"sub": subject, "name": name, "org": org, "exp": int(expires.timestamp())}
    return jwt.encode(claims, PORTAL_SECRET, "HS256")


def join(talk: Talk, title: str, name: str) -> str:
    talk.say(f"报名{title}")
    talk.press("报名")
    return text(talk.say(name))


def test_the_last_seat_goes_to_one_and_then_to_the_first_who_waits(stack: Stack, keep: Keep) -> None:
    officer = keep("officer", WUHU)
    activity = officer.put_up("围棋赛", capacity=1)
    first, second = Talk(stack.url, org=WUHU), Talk(stack.url, org=WUHU)
    assert "报上了" in join(first, "围棋赛", "王芳")
    assert "名额满了" in text(second.say("报名围棋赛"))
    second.press("排候补")
    assert "第1位" in text(second.say("李明"))
    signups = officer.get(f"/activities/{activity}/signups")
    assert [(item["name"], item["state"]) for item in signups] == [("王芳", "joined"), ("李明", "waitlisted")]
    first.say("取消围棋赛的报名")
    first.press("取消")
    promoted = second.messages()[-1]
    assert promoted["sender"] == "system"
    assert "补上了" in promoted["text"]
    shown = officer.get(f"/activities/{activity}")
    assert (shown["taken"], shown["waiting"], shown["state"]) == (1, 0, "full")


def test_one_signs_up_and_leaves_by_http_as_in_the_chat(stack: Stack, keep: Keep) -> None:
    officer = keep("officer", WUHU)
    activity = officer.put_up("桥牌赛", capacity=1)
    first, second = Talk(stack.url, org=WUHU), Talk(stack.url, org=WUHU)
    stranger = Talk(stack.url, org="示例银行/广东省分行")
    known = Talk(stack.url, identity=portal_token("7001", "周杰", WUHU))

    def call(talk: Talk, what: str, **body: Any) -> tuple[int, Any]:
        answer = talk.http.post(f"/activities/{activity}/{what}", json=body, headers=talk.headers)
        return answer.status_code, answer.json()

    assert call(first, "signup")[1]["code"] == "name_missing"
    joined = {"activity": activity, "state": "joined", "name": "王芳", "position": None}
    assert call(first, "signup", name="王芳") == (200, joined)
    assert call(first, "signup", name="王芳")[1]["code"] == "already_joined"
    assert call(second, "signup", name="李明")[1]["code"] == "activity_full"
    assert call(known, "signup", or_wait=True)[1] == {
        "activity": activity,
        "state": "waitlisted",
        "name": "周杰",
        "position": 1,
    }
    assert call(stranger, "signup", name="外人")[1]["code"] == "activity_not_found"
    assert call(first, "leave")[1]["state"] == "cancelled"
    assert "补上了" in known.messages()[-1]["text"]
    assert call(second, "leave")[1]["code"] == "not_joined"


def test_everyone_who_signed_up_hears_of_another_time_and_of_the_end_of_it(stack: Stack, keep: Keep) -> None:
    officer = keep("officer", WUHU)
    activity = officer.put_up("乒乓球赛")
    talk = Talk(stack.url, org=WUHU)
    join(talk, "乒乓球赛", "王芳")
    body = officer.get(f"/activities/{activity}")
    change = {key: body[key] for key in (
        "title", "place", "starts_at", "ends_at", "register_until", "capacity", "organisation",
        "description", "contact", "version",
    )} | {"place": "二楼大厅"}  # fmt: skip
    assert officer.call("PUT", f"/activities/{activity}", change).json()["version"] == 2
    assert officer.call("PUT", f"/activities/{activity}", change).json()["code"] == "changed_meanwhile"
    assert "二楼大厅" in talk.messages()[-1]["text"]
    assert officer.post(f"/activities/{activity}/cancel")["state"] == "cancelled"
    assert "不办了" in talk.messages()[-1]["text"]
    assert "没有查到" in text(talk.say("取消乒乓球赛的报名"))


def test_an_hour_two_want_at_once_goes_to_one_and_the_other_is_offered_the_rest(
    stack: Stack, keep: Keep
) -> None:
    adviser = keep("adviser", WUHU)
    for hours in (0, 1):
        adviser.offer("legal", days=4, hours=hours)
    talks = [Talk(stack.url, org=WUHU) for _ in range(2)]
    for talk in talks:
        wanted = titles(talk.say("预约工会律师"))[0]
        assert "怎么称呼" in text(talk.press(wanted))
    answers: list[tuple[Talk, dict[str, Any]]] = []
    threads = [
        threading.Thread(target=lambda talk=talk, name=name: answers.append((talk, talk.say(name))))
        for talk, name in zip(talks, ("陈静", "张伟"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [body for _, body in answers if "约好了" in text(body)]
    ((other, lost),) = [(talk, body) for talk, body in answers if "被别人约走" in text(body)]
    assert len(won) == 1
    assert [title for title in titles(lost) if "15:00" in title] == titles(lost)
    other.press(titles(lost)[0])
    assert "约好了" in text(other.say("赵敏"))
    booked = [slot for slot in adviser.get("/slots") if slot["state"] == "booked"]
    assert len(booked) == 2
    assert all(slot["booking"]["name"] in ("陈静", "张伟", "赵敏") for slot in booked)


def test_who_booked_counselling_is_shown_to_that_counsellor_alone(stack: Stack, keep: Keep) -> None:
    counsellor, colleague = (keep("counsellor", WUHU) for _ in range(2))
    counsellor.offer("counselling", days=5)
    talk = Talk(stack.url, org=WUHU)
    talk.press(titles(talk.say("约个心理老师"))[0])
    talk.say("小雨")
    (own,) = [slot for slot in counsellor.get("/slots") if slot["state"] == "booked"]
    assert own["booking"]["name"] == "小雨"
    assert [slot["booking"] for slot in colleague.get("/slots") if slot["id"] == own["id"]] == [None]
    assert keep("supervisor", WUHU).get("/slots") == []
    counsellor.post(f"/slots/{own['id']}/cancel")
    assert "被取消了" in talk.messages()[-1]["text"]


def test_an_employee_known_by_name_is_not_asked_for_it_but_for_counselling(stack: Stack, keep: Keep) -> None:
    officer = keep("officer", WUHU)
    officer.put_up("象棋赛")
    keep("counsellor", WUHU).offer("counselling", days=6)
    talk = Talk(stack.url, identity=portal_token("E100", "李明", WUHU))
    talk.say("报名象棋赛")
    assert "名单上写的是李明" in text(talk.press("报名"))
    again = Talk(stack.url, identity=portal_token("E100", "李明", WUHU))
    assert "已经报上" in text(again.say("报名象棋赛"))
    listed = again.http.get("/activities", headers=again.headers).json()
    assert [item["own"] for item in listed if item["title"] == "象棋赛"] == ["joined"]
    assert "不用写真名" in text(again.press(titles(again.say("预约心理咨询"))[0]))
    assert "没有预约" in text(again.say("算了"))


def test_only_keepers_of_the_unit_may_write_and_everyone_signed_in_is_told_why_not(keep: Keep) -> None:
    officer = keep("officer", HEFEI)
    assert officer.get("/slots") == []
    activity = keep("officer", WUHU).put_up("合唱")
    for address in (f"/activities/{activity}", f"/activities/{activity}/signups"):
        assert officer.call("GET", address).json()["code"] == "activity_not_found"
    assert activity not in [item["id"] for item in officer.get("/activities")]
