"""Journeys through WeChat Work on the real stack: an employee's phone, an officer's phone, the page."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import jwt
import pytest

from tests.api.wecom.gateway import Gateway
from tests.journeys.phone import Phone, Shown, someone
from tests.officer import Officer
from tests.stack import HOME, PORTAL_SECRET, Stack
from tests.talk import Talk

BRANCH = "示例银行/广东省分行/佛山分行"
NAMED = "单位 佛山分行"


@pytest.fixture
def phone(stack: Stack, wecom_gateway: Gateway) -> Phone:
    """The phone of somebody who was never there before."""
    deadline = time.monotonic() + 30
    while not wecom_gateway.subscribed:
        assert time.monotonic() < deadline, "the bot did not connect"
        time.sleep(0.1)
    return Phone(wecom_gateway, someone())


@pytest.fixture
def officer(stack: Stack) -> Iterator[Officer]:
    with Officer(stack, name="林佛", org=BRANCH) as at_work:
        yield at_work


def text_of(shown: list[Shown]) -> str:
    return "\n".join(item.text for item in shown)


def on_the_page(stack: Stack, phone: Phone) -> str:
    """Return the portal's token of the same person."""
    claims = {"sub": phone.userid, "name": "王敏", "org": BRANCH, "exp": 4_000_000_000}
    return jwt.encode(claims, PORTAL_SECRET, algorithm="HS256")


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def test_who_opens_the_chat_is_greeted_and_answered_with_the_article(phone: Phone) -> None:
    (welcome,) = phone.enter()
    assert "要匿名反映，请不要写在这里" in welcome.text
    assert list(welcome.buttons) == ["我要咨询", "我要办事", "找工会的人", "我的办理进度"]
    (answer,) = phone.say("工作满12年年假几天")
    assert "10天" in answer.text
    assert "《职工带薪年休假条例》第三条" in answer.text
    assert "](" not in answer.text
    assert "医疗期" in text_of(phone.say("那病假呢"))


@pytest.mark.verify
def test_what_is_offered_is_pressed_or_chosen_by_letter(phone: Phone) -> None:
    phone.enter()
    shown = phone.press("我要办事")
    assert [item.text for item in shown if item.updates_card] == ["已选：我要办事"]
    assert "B. 申请困难帮扶" in text_of(shown)
    assert "困难帮扶" in text_of(phone.say("b"))
    assert "没有提交" in text_of(phone.say("算了"))


@pytest.mark.verify
def test_a_judgement_of_an_answer_is_kept_and_taken_back(phone: Phone, stack: Stack) -> None:
    phone.say("婚假几天")
    phone.rate(2)
    until(lambda: _ratings(stack) == ["down"], "the judgement did not arrive")
    phone.rate(3)
    until(lambda: _ratings(stack) == [], "the judgement was not taken back")


def _ratings(stack: Stack) -> list[str]:
    """Return the judgements of answers in WeChat Work, which no page shows yet."""
    query = (
        "SELECT f.rating FROM feedback f JOIN conversation c ON c.id = f.conversation_id"
        " WHERE c.channel = 'wecom_bot' ORDER BY f.at"
    )
    with sqlite3.connect(f"file:{stack.data / 'database.sqlite3'}?mode=ro", uri=True) as db:
        return [rating for (rating,) in db.execute(query)]


@pytest.mark.verify
def test_in_a_group_policy_is_answered_and_nothing_personal_is(phone: Phone) -> None:
    assert "98天" in text_of(phone.say("@工会助手 产假多少天", group="group-a"))
    for wish in ("我要申请困难帮扶", "我的工单到哪了", "我要人工服务", "我月薪八千，加班十小时给多少"):
        assert "请私聊我" in text_of(phone.say(f"@工会助手 {wish}", group="group-a")), wish
    danger = text_of(phone.say("@工会助手 不想活了", group="group-a"))
    assert "12356" in danger
    assert "群聊" in danger


@pytest.mark.verify
def test_an_anonymous_report_is_never_taken_here(phone: Phone) -> None:
    told = text_of(phone.say("我要匿名举报"))
    assert "企业微信知道你是谁" in told
    assert "https://union.example/report" in told


@pytest.mark.verify
@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"msgtype": "voice", "voice": {"content": "产假多少天"}}, "98天"),
        ({"msgtype": "voice", "voice": {}}, "请打字"),
        ({"msgtype": "location", "location": {}}, "请打字"),
        ({"msgtype": "image", "image": {"url": "http://127.0.0.1:1/gone", "aeskey": "A" * 43}}, "没有收到"),
    ],
    ids=["voice", "no-transcript", "location", "lost-picture"],
)
def test_what_is_no_text_is_heard_or_asked_for_in_words(
    phone: Phone, content: dict[str, object], told: str
) -> None:
    assert told in text_of(phone.send(content))


@pytest.mark.verify
def test_a_conversation_begun_on_the_page_goes_on_in_wechat_work_and_back(
    phone: Phone, stack: Stack, officer: Officer
) -> None:
    """One employee with one history, whoever answers and wherever it is read."""
    phone.say("年假几天")
    page = Talk(stack.url, identity=on_the_page(stack, phone))
    page.say("我要人工服务")
    officer.claim(page.id)
    phone.write_unanswered("我换到手机上了，还是刚才的事")
    until(lambda: "我换到手机上了" in page.messages()[-1]["text"], "the officer does not see it")
    officer.say(page.id, "看到了，把通知发我看看")
    assert "看到了" in text_of(phone.wait("看到了"))
    page.post(client_id="again", text="又回到电脑前了")
    officer.say(page.id, "好的，继续")
    until(lambda: "好的，继续" in page.messages()[-1]["text"], "the page does not show it")
    history = httpx.get(
        f"{stack.url}/api/v1/history",
        params={"limit": 50},
        headers={"Authorization": f"Bearer {on_the_page(stack, phone)}"},
    ).json()["messages"]
    assert {"wecom_bot", "web"} <= {message["channel"] for message in history}


@pytest.mark.verify
def test_an_officer_takes_answers_and_gives_back_on_the_phone(
    phone: Phone, stack: Stack, officer: Officer, wecom_gateway: Gateway
) -> None:
    at_hand = Phone(wecom_gateway, someone())
    at_hand.enter()
    _link(stack, officer, at_hand.userid)
    phone.say(NAMED)
    assert "你排在最前面" in text_of(phone.say("我要人工服务"))
    (notice,) = at_hand.wait("佛山分行有同事在等工会的人")
    assert phone.userid not in json.dumps([notice.text], ensure_ascii=False)
    at_hand.press("接待")
    assert "林佛已接起" in text_of(phone.wait("林佛已接起"))
    phone.write_unanswered("年假被拒了怎么办")
    assert "年假被拒了怎么办" in text_of(at_hand.wait("年假被拒了怎么办"))
    wecom_gateway.say("请把审批单拍给我", userid=at_hand.userid)
    assert "林佛**：请把审批单拍给我" in text_of(phone.wait("请把审批单拍给我"))
    at_hand.say("交回")
    phone.wait("交还给助手")
    assert "98天" in text_of(phone.say("产假几天"))


def _link(stack: Stack, officer: Officer, userid: str) -> None:
    program = Path(sys.executable).with_name("union-assistant")
    subprocess.run(
        [program, "staff", "link", officer.login, "--wecom", userid],
        check=True,
        capture_output=True,
        cwd=HOME,
        env={**os.environ, "UA_HOME": str(HOME), "UA_DATA_DIR": str(stack.data)},
    )


@pytest.mark.verify
def test_news_of_a_case_filed_on_the_page_comes_to_the_phone(
    phone: Phone, stack: Stack, officer: Officer
) -> None:
    phone.say("在吗")
    page = Talk(stack.url, identity=on_the_page(stack, phone))
    filed = page.http.post(
        "/tickets",
        headers=page.headers,
        json={"kind": "suggestion", "client_id": "case-1", "description": "食堂夜班没有热饭，希望晚上也供应"},
    )
    assert filed.status_code in (200, 201), filed.text
    page.http.post(f"/conversations/{page.id}/close", headers=page.headers).raise_for_status()
    number = filed.json()["number"]
    version = officer.get(f"/tickets/{number}")["version"]
    officer.post(f"/tickets/{number}/assign", {"version": version})
    assert number in text_of(phone.wait(number))
