"""What the chat shows of people: the queue, who has come, who is writing; and what it tells them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.browser.chat import ChatPage
from tests.officer import Officer
from tests.stack import Stack

pytestmark = pytest.mark.verify

STAFF = "合肥分行工会 王敏"


class Stream:
    """The chat's stream, on which a test can say more: whether there is a queue depends on the hour."""

    def __init__(self, chat: ChatPage) -> None:
        self.told: list[dict[str, Any]] = []
        self._chat = chat
        self._sockets: list[WebSocketRoute] = []
        self._stood = False
        chat.page.route_web_socket("**/stream*", self._follow)

    def _follow(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def pass_on(text: str | bytes) -> None:
            self.told.append(json.loads(text))
            server.send(text)

        def pass_back(text: str | bytes) -> None:
            socket.send(text)
            self._stood = self._stood or json.loads(text)["type"] == "state"

        socket.on_message(pass_on)
        server.on_message(pass_back)
        self._sockets.append(socket)

    def open(self) -> None:
        """Open the chat and wait until the server has said what it has to say."""
        self._chat.open()
        while not self._stood:
            self._chat.page.wait_for_timeout(50)

    def say(self, frame: dict[str, Any]) -> None:
        self._sockets[-1].send(json.dumps(frame))

    def stand(
        self, state: str, *, position: int | None = None, at: str | None = None, staff: str | None = None
    ) -> None:
        waits = state == "queued" or at is not None
        queue = {"position": position, "expected_at": at, "urgent": False} if waits else None
        self.say({"type": "state", "state": state, "queue": queue, "staff_name": staff})

    def message(self, seq: int, sender: str, text: str, **fields: object) -> None:
        blank: dict[str, object] = {
            "intent": None,
            "decision": None,
            "confidence": None,
            "citations": [],
            "options": [],
        }
        message = {
            **blank,
            "id": f"said-{seq}",
            "seq": seq,
            "conversation_id": "",
            "sender": sender,
            "sender_name": None,
            "text": text,
            "attachments": [],
            "at": "2026-11-25T02:00:00Z",
            **fields,
        }
        self.say({"type": "message", "message": message})


def test_whoever_waits_sees_the_place_and_can_stop_waiting(chat: ChatPage) -> None:
    stream = Stream(chat)
    stream.open()
    standing = chat.standing
    expect(standing).to_have_text("")
    stream.message(
        2, "system", "已转给合肥分行工会。", options=[{"id": "leave", "title": "不等了，继续问助手"}]
    )
    stream.stand("queued", position=2)
    expect(standing).to_have_text("排队中，第 2 位")
    stream.message(3, "employee", "我想问加班费")
    expect(chat.option("不等了，继续问助手")).to_be_enabled()
    stream.stand("queued", position=1)
    expect(standing).to_have_text("排队中，第 1 位")
    stream.stand("bot", at="2027-03-05T01:00:00Z")
    expect(standing).to_have_text("预计2027年3月5日 09:00 以后有人回复")
    expect(chat.option("不等了，继续问助手")).to_be_disabled()
    stream.stand("bot")
    expect(standing).to_have_text("")


def test_waiting_is_given_up_and_the_assistant_answers_again(chat: ChatPage, stack: Stack) -> None:
    with Officer(stack, name="李智", org="示例银行"):
        chat.open().ask("找人工")
        standing = chat.standing
        expect(standing).to_contain_text("排队中，第")
        chat.write("我想问加班费")
        expect(chat.questions).to_have_count(2)
        chat.option("不等了，继续问助手").click()
        expect(standing).to_have_text("")
        expect(chat.log.locator("article.system").last).to_contain_text("不等了")
        expect(chat.ask("我工作12年了年假几天")).to_contain_text("10天")


def test_whoever_has_come_is_named_and_seen_to_write(chat: ChatPage) -> None:
    stream = Stream(chat)
    stream.open()
    stream.stand("staff", staff=STAFF)
    expect(chat.page.locator("main > [role=status]")).to_have_text(f"正在和 {STAFF} 说话")
    stream.say({"type": "typing", "by": "staff"})
    expect(chat.log.get_by_text("王敏 正在输入")).to_be_visible()
    stream.message(2, "staff", "你好，请说说情况。", sender_name=STAFF)
    expect(chat.log.get_by_text("王敏 正在输入")).to_have_count(0)
    said = chat.log.locator("article.staff")
    expect(said.get_by_role("heading")).to_have_text(STAFF)
    need, have = chat.widths()
    assert need <= have


def test_people_are_told_what_is_read_and_that_the_employee_writes(chat: ChatPage) -> None:
    stream = Stream(chat)
    stream.open()
    chat.field.press_sequentially("年假")
    expect(chat.log.locator("[data-seq='1']")).to_be_visible()
    chat.page.wait_for_timeout(1000)
    assert stream.told == [{"type": "read", "seq": 1}]
    stream.stand("staff", staff=STAFF)
    expect(chat.page.locator("main > [role=status]")).to_contain_text(STAFF)
    chat.field.press_sequentially("有几天")
    chat.page.wait_for_timeout(300)
    assert stream.told[1:] == [{"type": "typing"}]
