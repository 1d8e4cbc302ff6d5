"""Tickets from the chat to the desk and back, on the real stack."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from uuid import uuid4

import httpx
import jwt
import pytest

from tests.officer import Officer
from tests.stack import PORTAL_SECRET, Stack
from tests.talk import Json, Talk

BRANCH = "示例银行/广东省分行/佛山分行"
OUTLET = f"{BRANCH}/禅城支行"
PROVINCE = "示例银行/广东省分行"
MOBILE = "13788889999"


@pytest.fixture
def officer(stack: Stack) -> Iterator[Officer]:
    with Officer(stack, name="郑洁", org=BRANCH) as one:
        yield one


def told(talk: Talk, *, after: int) -> list[Json]:
    return [message for message in talk.messages(after=after) if message["sender"] in ("system", "staff")]


def filed(talk: Talk) -> str:
    """Return the number of the person's only ticket."""
    answer = talk.http.get("/tickets", headers=talk.headers)
    assert answer.status_code == 200, answer.text
    (ticket,) = answer.json()
    return str(ticket["number"])


def file_hardship(stack: Stack) -> tuple[Talk, str]:
    talk = Talk(stack.url, org=OUTLET)
    for text in (
        "我要申请困难帮扶",
        "孩子考上大学，学费凑不齐，想申请助学",
        "愿意",
        "家里三口人，月收入六千，去年自费五万",
        f"下午打{MOBILE}",
        "提交",
    ):
        talk.say(text)
    return talk, filed(talk)


def test_a_case_is_worked_on_at_the_desk_and_every_change_is_told(stack: Stack, officer: Officer) -> None:
    talk, number = file_hardship(stack)
    after = talk.messages()[-1]["seq"]
    row = next(item for item in officer.get("/tickets?state=active")["tickets"] if item["number"] == number)
    assert (row["kind_title"], row["state"], row["assignee"]) == ("困难帮扶", "open", None)
    assert "六千" not in row["summary"]
    ticket = officer.get(f"/tickets/{number}")
    assert ticket["contact"] == f"下午打{MOBILE}"
    assert (ticket["consent"], ticket["details"]) == (True, "家里三口人，月收入六千，去年自费五万")
    assert [step["kind"] for step in ticket["history"]] == ["filed"]

    taken = officer.post(f"/tickets/{number}/assign", {"to": None, "version": ticket["version"]})
    assert taken["state"] == "assigned"
    stale = officer.call("POST", f"/tickets/{number}/assign", {"to": None, "version": ticket["version"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "changed_meanwhile")
    assert [item["id"] for item in officer.get(f"/colleagues?ticket={number}")] == [taken["assignee"]["id"]]
    officer.post(f"/tickets/{number}/note", {"text": "先核实学籍"})
    key = uuid4().hex
    for _ in range(2):
        officer.post(f"/tickets/{number}/reply", {"client_id": key, "text": "请带录取通知书来"})
    waiting = officer.get(f"/tickets/{number}")
    moved = officer.post(
        f"/tickets/{number}/move", {"state": "waiting", "version": waiting["version"], "note": "等录取通知书"}
    )
    assert moved["moves"] == ["in_progress", "resolved"]
    news = told(talk, after=after)
    assert ["接手了" in news[0]["text"], "录取通知书来" in news[1]["text"], "需要您补充" in news[2]["text"]]
    assert [message["sender"] for message in news] == ["system", "staff", "system"]
    assert all(number in message["text"] for message in news)
    assert not any("困难" in message["text"] for message in news)

    talk.last = news
    talk.press("补充")
    talk.say("录取通知书明天送到")
    assert officer.get(f"/tickets/{number}")["state"] == "in_progress"
    own = talk.http.get(f"/tickets/{number}", headers=talk.headers).json()
    assert [step["kind"] for step in own["history"]] == ["filed", "assigned", "replied", "moved", "added"]
    assert own["step"] == "研究、公示和审批中"

    chat = officer.post(f"/tickets/{number}/talk")
    assert (chat["mine"], chat["state"]) == (True, "staff")
    assert [item["number"] for item in chat["tickets"]] == [number]
    officer.post(f"/conversations/{talk.id}/hand-back")


def test_what_is_confidential_is_not_found_by_an_officer(stack: Stack, officer: Officer) -> None:
    with Officer(stack, name="专人", org=PROVINCE, roles=["confidant"]) as confidant:
        talk = Talk(stack.url, org=OUTLET)
        for text in ("我要投诉", "主管每天开会骂人，说了也不改", "不留", "提交"):
            talk.say(text)
        number = filed(talk)
        hidden = officer.call("GET", f"/tickets/{number}")
        assert (hidden.status_code, hidden.json()["code"]) == (404, "ticket_not_found")
        assert number not in [item["number"] for item in officer.get("/tickets")["tickets"]]
        assert confidant.get(f"/tickets/{number}")["kind"] == "complaint"


def test_number_and_details_are_nowhere_to_be_read(stack: Stack) -> None:
    talk, number = file_hardship(stack)
    for file in (stack.data / "database.sqlite3", stack.data / "rasa" / "tracker.db"):
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10) as opened:
            everything = "\n".join(opened.iterdump())
        assert MOBILE not in everything
    with sqlite3.connect(f"file:{stack.data / 'database.sqlite3'}?mode=ro", uri=True) as opened:
        query = "SELECT description, details, contact FROM ticket WHERE number = ?"
        description, details, contact = opened.execute(query, (number,)).fetchone()
        assert "六千" not in description + details
        assert contact is not None
        left = "SELECT count(*) FROM ticket_draft WHERE conversation_id = ?"
        assert opened.execute(left, (talk.id,)).fetchone() == (0,)


def test_sending_the_same_message_again_files_one_ticket(stack: Stack) -> None:
    talk = Talk(stack.url, org=OUTLET)
    for text in ("我要提意见", "休息室的空调坏了一个月没有人修", "不留"):
        talk.say(text)
    first = talk.say("提交", client_id="send")
    assert talk.say("提交", client_id="send") == first
    talk.say("提交")
    filed(talk)


def test_a_button_of_the_form_pressed_again_files_nothing_more(stack: Stack) -> None:
    talk = Talk(stack.url, org=OUTLET)
    for text in ("我要提意见", "休息室的空调坏了一个月没有人修", "不留"):
        talk.say(text)
    summary = talk.last
    talk.press("提交")
    talk.last = summary
    (again,) = talk.press("提交")["messages"]
    assert "已经不在填了" in again["text"]
    filed(talk)


def test_an_employee_the_portal_knows_finds_the_own_case_in_another_conversation(stack: Stack) -> None:
    claims = {"sub": uuid4().hex, "name": "李明", "org": OUTLET, "exp": 4_000_000_000}
    identity = jwt.encode(claims, PORTAL_SECRET, algorithm="HS256")
    first = Talk(stack.url, identity=identity)
    for text in ("我要提意见", "休息室的空调坏了一个月没有人修"):
        first.say(text)
    assert "李明" in first.last[0]["text"]
    first.say("不留")
    first.say("提交")
    second = Talk(stack.url, identity=identity)
    (answer,) = second.say("我的办理进度")["messages"]
    assert filed(first) in answer["text"]
    assert filed(second) == filed(first)


def test_tickets_over_http_are_the_persons_own(stack: Stack) -> None:
    talk, other = Talk(stack.url, org=OUTLET), Talk(stack.url, org=OUTLET)
    body: Json = {
        "client_id": "a",
        "kind": "mediation",
        "description": f"上周五知道工资被扣，电话{MOBILE}",
        "contact": MOBILE,
    }
    created = talk.http.post("/tickets", json=body, headers=talk.headers)
    assert created.status_code == 201, created.text
    ticket = created.json()
    assert MOBILE not in ticket["description"]
    assert ticket["deadline"]["on"] == "2027-11-20"
    assert talk.http.post("/tickets", json=body, headers=talk.headers).json()["number"] == ticket["number"]
    strange = other.http.get(f"/tickets/{ticket['number']}", headers=other.headers)
    assert (strange.status_code, strange.json()["code"]) == (404, "ticket_not_found")
    assert other.http.get("/tickets", headers=other.headers).json() == []
    for changed, code in (
        ({"kind": "call_back"}, "case_kind_unknown"),
        ({"details": "月收入六千"}, "consent_missing"),
        ({"kind": "hardship", "details": "月收入六千"}, "consent_missing"),
    ):
        refused = talk.http.post("/tickets", json={**body, "client_id": "b", **changed}, headers=talk.headers)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    nobody = httpx.get(f"{stack.url}/api/v1/tickets", trust_env=False)
    assert (nobody.status_code, nobody.json()["code"]) == (401, "token_missing")
