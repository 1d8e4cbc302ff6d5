"""Conversations of WeChat Work on the real dialogue: a group reads along, nobody there is anonymous."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from service.conversations.messages import add_message
from service.conversations.operations import open_conversation
from service.conversations.replies import Reply
from service.conversations.tables import GROUP_CHANNEL, Conversation, Outbox, Sender
from service.database import Database
from service.handover.tables import Handover
from service.messengers.tables import MessengerChat, Provider
from service.people.identities import PORTAL, add_employee
from service.tickets.tables import Ticket, TicketDraft
from tests.clocked_service import read_clock
from tests.stack import Stack
from tests.talk import Talk

PRIVATE = (
    "我要申请困难帮扶", "我的工单办到哪了", "找人工", "不经过本单位工会", "我工作12年了，帮我算年假几天",
    "最近有什么活动", "能办什么事",
)  # fmt: skip


@pytest.fixture(scope="module")
def database(stack: Stack) -> Iterator[Database]:
    opened = Database(f"sqlite:///{stack.data / 'database.sqlite3'}")
    yield opened
    opened.close()


def begun(stack: Stack, database: Database, channel: str, *, employee_id: str | None = None) -> Talk:
    """Begin a conversation in a channel that HTTP does not open, and talk in it."""
    with database.write() as db:
        chat, token = open_conversation(
            db,
            channel=channel,
            organisation=None,
            opening=Reply("你好"),
            now=read_clock(stack.data),
            employee_id=employee_id,
        )
    opened = {"id": chat.id, "token": token, "messages": []}
    return Talk.of(stack.url, opened)


def says(talk: Talk, text: str) -> str:
    return "\n".join(message["text"] for message in talk.say(text)["messages"])


def test_a_group_gets_knowledge_and_nothing_of_its_members(stack: Stack, database: Database) -> None:
    talk = begun(stack, database, GROUP_CHANNEL)
    assert "私聊我" in says(talk, "你好")
    answer = talk.say("婚假有几天")["messages"][0]
    assert answer["decision"] == "answer"
    for text in PRIVATE:
        said = talk.say(text)
        assert "请私聊我" in said["messages"][0]["text"], text
        assert (said["state"], said["messages"][0]["options"]) == ("bot", [])
    # A case is offered with this one elsewhere.
    said = talk.say("住院花了三万，医疗互助能报多少")
    assert "请私聊我" not in said["messages"][0]["text"]
    assert not any("办" in option["title"] for option in said["messages"][0]["options"])
    for _ in range(4):
        said = talk.say("紫外光谱仪怎么校准波长")
        assert said["state"] == "bot"
        titles = {option["title"] for message in said["messages"] for option in message["options"]}
        assert "找工会的人" not in titles
    with database.read() as db:
        assert db.scalars(select(Ticket).where(Ticket.conversation_id == talk.id)).all() == []
        assert db.scalars(select(Handover).where(Handover.conversation_id == talk.id)).all() == []
        assert db.get(TicketDraft, talk.id) is None


def test_danger_in_a_group_gets_the_numbers_at_once(stack: Stack, database: Database) -> None:
    talk = begun(stack, database, GROUP_CHANNEL)
    said = talk.say("我不想活了")
    assert "(tel:12356)" in said["messages"][0]["text"]
    assert "私聊我" in said["messages"][0]["text"]
    assert (said["state"], said["messages"][0]["options"]) == ("bot", [])
    with database.read() as db:
        assert db.scalars(select(Handover).where(Handover.conversation_id == talk.id)).all() == []


@pytest.mark.parametrize("channel", ["wecom_bot", "wecom_app", GROUP_CHANNEL])
def test_no_channel_of_wechat_work_takes_an_anonymous_report(
    stack: Stack, database: Database, channel: str
) -> None:
    talk = begun(stack, database, channel)
    text = says(talk, "我要匿名反映")
    assert "企业微信知道你是谁" in text
    assert "/report ，不要在企业微信里打开" in text
    if channel != GROUP_CHANNEL:
        talk.say("能办什么事")
        (message,) = talk.press("匿名反映")["messages"]
        assert message["text"] == text


def test_what_staff_say_follows_who_left_the_page_and_comes_back(stack: Stack, database: Database) -> None:
    ago = read_clock(stack.data) - timedelta(seconds=90)
    with database.write() as db:
        employee = add_employee(db, PORTAL, "left-the-page", now=ago)
        there = MessengerChat(
            provider=Provider.BOT, address="left-the-page", userid="left-the-page", employee_id=employee.id,
            wrote_at=ago, created_at=ago,
        )  # fmt: skip
        db.add(there)
        db.flush()
        chat_id, employee_id = there.id, employee.id
    talk = begun(stack, database, "widget", employee_id=employee_id)
    with database.write() as db:
        said = add_message(db, talk.id, sender=Sender.STAFF, reply=Reply("我是小李"), now=ago)
    deadline = time.monotonic() + 30
    while True:
        with database.read() as db:
            row = db.scalars(select(Outbox).where(Outbox.message_id == said.id)).one()
            if row.chat_id is not None:
                break
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert (row.chat_id, row.channel) == (chat_id, "wecom_bot")
    with database.write() as db:  # it is being sent when the page comes back
        db.execute(update(Outbox).where(Outbox.id == row.id).values(sending_since=read_clock(stack.data)))
    talk.say("你好")
    assert [message["text"] for message in talk.messages()][1] == "我是小李"
    with database.read() as db:
        assert db.get_one(Conversation, talk.id).chat_id is None
        assert db.get_one(Outbox, row.id).state == "pending"
