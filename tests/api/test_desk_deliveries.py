"""What the desk sees of answers on their way to a messenger, over HTTP and the stream."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from service.conversations.tables import Outbox
from service.handover.operations import Call, request
from service.handover.tables import Reason
from service.messengers import operations, sending
from service.messengers.operations import Writer
from service.messengers.tables import Provider
from service.people.roles import Role
from tests.api.deployment import NoDialogue, new_deployment
from tests.api.test_desk_questions import sign_in

BANK = "示例银行"
ORIGIN = "https://testserver"
numbers = count(1)


@pytest.fixture(scope="module")
def app(home: Path, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    settings = new_deployment(home, tmp_path_factory.mktemp("deployment"), cards=("dues",))
    return create_app(settings, probe=NoDialogue())


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=ORIGIN) as opened:
        sign_in(opened, "officer", Role.OFFICER, BANK)
        yield opened


@dataclass
class Talk:
    """A conversation in WeChat Work that the officer has taken."""

    app: FastAPI
    client: TestClient
    id: str = field(init=False)

    def __post_init__(self) -> None:
        parts = self.app.state.parts
        now = parts.clock.now()
        with parts.database.write() as db:
            writer = Writer(Provider.APP, f"wang{next(numbers)}")
            chat = operations.chat_of(db, writer, is_portal_subject=False, now=now)
            conversation = operations.begin(db, chat, opening=None, now=now)
            request(db, conversation, Call(Reason.ASKED, BANK, "说明", urgent=False, beside=False), now=now)
            self.id = conversation.id
        self.post("claim")

    def post(self, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        answer = self.client.post(f"/api/v1/desk/conversations/{self.id}/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def say(self, text: str) -> dict[str, Any]:
        return self.post("messages", {"client_id": f"c{next(numbers)}", "text": text})

    def end(self, message: dict[str, Any], state: str, error: str) -> None:
        database = self.app.state.parts.database
        with database.write() as db:
            rows = list(db.scalars(select(Outbox.id).where(Outbox.message_id == message["id"])))
            if state == "sent":
                sending.sent(db, rows, remote_id="r", now=self.app.state.parts.clock.now())
            else:
                (sending.failed if state == "failed" else sending.unknown)(db, rows, error=error)

    def message(self, message: dict[str, Any]) -> dict[str, Any]:
        seen = self.client.get(f"/api/v1/desk/conversations/{self.id}").json()
        return next(dict(one) for one in seen["messages"] if one["id"] == message["id"])


@pytest.fixture
def talk(app: FastAPI, client: TestClient) -> Talk:
    return Talk(app, client)


@pytest.mark.parametrize(
    ("state", "error", "reason"),
    [
        ("sent", "", None),
        ("failed", "left_the_app", "对方退出了应用，或不在可见范围里"),
        ("failed", "untrusted_ip", "服务器的出口地址不在应用的“企业可信IP”里，请告诉管理员"),
        ("failed", "nobody_reachable 81013", "企业微信找不到这个人，或他不在可见范围里"),
        ("failed", "errcode 93006", "企业微信拒收（93006）"),
        ("failed", "reply: errcode 93006", "企业微信拒收（93006）"),
        ("failed", "reply not sent: ConnectError", "一直连不上企业微信"),
        ("failed", "reply_address_unsafe", "现在没有能发给对方的途径，请告诉管理员"),
        ("failed", "other 44004", "企业微信拒收（44004）"),
        ("failed", "ConnectTimeout", "一直连不上企业微信"),
        ("unknown", "unacknowledged", "发出去了，没有等到企业微信的回音"),
        ("unknown", "cut off: Unacknowledged", "长消息只发出一部分"),
        ("unknown", "stopped while sending", "正在发的时候服务停了"),
    ],
)
def test_an_answer_says_where_it_stands_and_why(talk: Talk, state: str, error: str, reason: str) -> None:
    said = talk.say("您好")
    assert (said["delivery"], said["delivery_reason"]) == ("pending", None)
    talk.end(said, state, error)
    seen = talk.message(said)
    assert (seen["delivery"], seen["delivery_reason"]) == (state, reason)


def test_an_answer_is_sent_again_once_and_only_by_its_owner(client: TestClient, talk: Talk) -> None:
    said = talk.say("您好")
    talk.end(said, "failed", "left_the_app")
    for _ in range(2):
        assert talk.post(f"messages/{said['id']}/again")["delivery"] == "pending"
    database = talk.app.state.parts.database
    with database.read() as db:
        rows = db.scalars(select(Outbox).where(Outbox.message_id == said["id"])).all()
    assert [(row.state, row.attempts) for row in rows] == [("pending", 0)]
    talk.end(said, "unknown", "unacknowledged")
    officer = dict(client.cookies)
    sign_in(client, f"head{next(numbers)}", Role.SUPERVISOR, BANK)
    address = f"/api/v1/desk/conversations/{talk.id}/messages/{said['id']}/again"
    answer = client.post(address)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_owner")
    client.cookies.clear()
    assert client.post(address).status_code == 401
    client.cookies.update(officer)
    assert talk.message(said)["delivery"] == "unknown"
    gone = client.post(f"/api/v1/desk/conversations/{talk.id}/messages/nothing/again")
    assert (gone.status_code, gone.json()["code"]) == (404, "message_not_found")


def test_the_queue_says_where_somebody_writes_from(client: TestClient, talk: Talk) -> None:
    mine = client.get("/api/v1/desk/queue").json()["mine"]
    assert next(item["channel"] for item in mine if item["conversation_id"] == talk.id) == "wecom_app"


def test_an_open_console_is_told_without_asking(client: TestClient, talk: Talk) -> None:
    said = talk.say("您好")
    frames = []
    # The test client may cancel what it still serves when the socket is closed, and then says so.
    with (
        suppress(CancelledError),
        client.websocket_connect("wss://testserver/api/v1/desk/stream", headers={"origin": ORIGIN}) as socket,
    ):
        socket.send_json({"type": "watch", "conversation_id": talk.id, "after": said["seq"]})
        frames.append(next_of(socket))
        talk.end(said, "unknown", "unacknowledged")
        frames.append(next_of(socket))
    first, told = frames
    assert delivery_in(first, said)["delivery"] == "pending"
    now = delivery_in(told, said)
    assert (now["delivery"], now["delivery_reason"]) == ("unknown", "发出去了，没有等到企业微信的回音")
    assert told["messages"] == []


def next_of(socket: Any) -> dict[str, Any]:
    """The next frame about the conversation."""
    while True:
        frame = socket.receive_json()
        if frame["type"] == "conversation":
            return dict(frame)


def delivery_in(frame: dict[str, Any], message: dict[str, Any]) -> dict[str, Any]:
    return next(dict(one) for one in frame["deliveries"] if one["message_id"] == message["id"])
