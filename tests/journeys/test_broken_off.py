"""A conversation broken off at the counter: hours later, in a new session of the dialogue, it goes on."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta

import pytest

from tests.stack import Stack
from tests.talk import Talk

pytestmark = pytest.mark.verify


def hours_pass(stack: Stack, talk: Talk, hours: float) -> None:
    """Put everything that was said so far `hours` back, for the dialogue and for the service."""
    seconds = timedelta(hours=hours).total_seconds()
    with sqlite3.connect(stack.data / "rasa" / "tracker.db", timeout=20) as rasa:
        rows = rasa.execute("SELECT id, timestamp, data FROM events WHERE sender_id = ?", (talk.id,))
        for row, at, data in rows.fetchall():
            event = {**json.loads(data), "timestamp": at - seconds}
            rasa.execute(
                "UPDATE events SET timestamp = ?, data = ? WHERE id = ?",
                (at - seconds, json.dumps(event), row),
            )
    with sqlite3.connect(stack.data / "database.sqlite3", timeout=20) as database:
        database.execute(
            "UPDATE message SET at = strftime('%Y-%m-%d %H:%M:%f', at, ?) WHERE conversation_id = ?",
            (f"-{seconds} seconds", talk.id),
        )


def test_a_form_goes_on_where_it_stopped_hours_later(stack: Stack) -> None:
    talk = Talk(stack.url)
    talk.say("我要提意见")
    talk.say("休息室的空调坏了一个月没有人修")
    hours_pass(stack, talk, 3)
    (asked,) = talk.say("不留")["messages"]
    assert "请核对" in asked["text"]
    assert "空调" in asked["text"]
    (sent,) = talk.say("提交")["messages"]
    assert "工单号" in sent["text"]


def test_a_question_hours_later_is_answered_and_the_form_goes_on(stack: Stack) -> None:
    talk = Talk(stack.url)
    talk.say("我要提意见")
    talk.say("休息室的空调坏了一个月没有人修")
    hours_pass(stack, talk, 3)
    answered = talk.say("产假多少天")["messages"]
    assert "98天" in answered[0]["text"]
    assert "怎么联系你" in answered[-1]["text"]


def test_days_later_the_form_is_only_offered_again(stack: Stack) -> None:
    talk = Talk(stack.url)
    talk.say("我要提意见")
    talk.say("休息室的空调坏了一个月没有人修")
    hours_pass(stack, talk, 80)
    (greeted,) = talk.say("你好")["messages"]
    assert "怎么联系你" not in greeted["text"]
    (offered,) = talk.say("我要提意见")["messages"]
    assert [option["title"] for option in offered["options"]] == ["接着填", "开始新的"]
    (resumed,) = talk.press("接着填")["messages"]
    assert "怎么联系你" in resumed["text"]


def test_a_question_goes_on_from_the_one_of_hours_ago(stack: Stack) -> None:
    talk = Talk(stack.url)
    talk.say("产假多少天")
    hours_pass(stack, talk, 3)
    answered = talk.say("那男的呢")["messages"]
    assert "陪产" in answered[0]["text"] or any("陪产" in o["title"] for o in answered[0]["options"])
