"""A running service with an app and a bot that are called, the platform around it, and what became of it."""

from __future__ import annotations

import base64
import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil
import pytest
from sqlalchemy import select

from service.conversations.tables import Conversation, Message, Outbox, Sender
from service.database import Database
from service.messengers.tables import MessengerChat, Received
from tests.api.deployment import new_deployment
from tests.api.wecom.app_client import platform
from tests.api.wecom.peer_platform import Answered, Door, PeerPlatform
from tests.api.wecom.platform_model import AGENT_ID, CORP_ID, SECRET, PlatformModel
from tests.clocked_service import MORNING
from tests.stack import HOME, free_port

Json = dict[str, Any]
T = TypeVar("T")
APP_TOKEN, BOT_TOKEN = "the-token-of-the-app", "the-token-of-the-bot"
APP_KEY, BOT_KEY = (base64.b64encode(bytes([fill]) * 32).decode().rstrip("=") for fill in (7, 9))
BOT_NAME = "工会助手"
QUESTION = "年休假有几天"
SILLY = "紫外光谱仪怎么校准波长"
"""A question that is refused, with buttons for what else one can do."""


class ReplyAddress:
    """Where the platform takes answers. `errcodes`: what one says first; those in `dropping` say nothing."""

    def __init__(self) -> None:
        self.taken: dict[str, list[Json]] = {}
        self.errcodes: dict[str, list[int]] = {}
        self.dropping: set[str] = set()
        address = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                name = self.path.rpartition("/")[2]
                refusals = address.errcodes.get(name, [])
                errcode = refusals.pop(0) if refusals else 0
                if errcode == 0:
                    address.taken.setdefault(name, []).append(body)
                if name in address.dropping:
                    self.close_connection = True
                    return
                answer = json.dumps({"errcode": errcode, "errmsg": "…"}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/reply"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass
class Called:
    """The service. `app` and `bot` are its doors; what is done in its name goes to `model` and `replies`."""

    folder: Path
    url: str
    process: subprocess.Popen[bytes]
    peer: PeerPlatform
    model: PlatformModel
    replies: ReplyAddress
    database: Database
    ahead: timedelta
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1000))

    @property
    def app(self) -> Door:
        return Door(f"{self.url}/api/v1/wecom/app/callback", APP_TOKEN, APP_KEY, CORP_ID)

    @property
    def bot(self) -> Door:
        return Door(f"{self.url}/api/v1/wecom/bot/callback", BOT_TOKEN, BOT_KEY, "")

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def later(self, **passed: float) -> None:
        self.ahead += timedelta(**passed)
        fresh = self.folder / "clock.new"
        fresh.write_text(str(self.ahead.total_seconds()))
        fresh.replace(self.folder / "clock")

    def begin(self, door: Door, text: str, **more: Any) -> Future[Answered]:
        """Deliver at `door`; `more` as in the script of the peer."""
        kind = "xml" if door.receive_id else "json"
        return self.peer.begin(door, text, **{"kind": kind, "timestamp": int(self.now().timestamp()), **more})

    def die(self) -> None:
        """Have the service end in the midst of whatever it does."""
        self.process.kill()
        self.process.wait()

    def start_again(self) -> None:
        self.process = _started(self.folder, int(self.url.rpartition(":")[2]))
        _wait_until_leading(self)

    def deliver(self, door: Door, text: str, **more: Any) -> Answered:
        return self.begin(door, text, **more).result(30)

    # The app.

    def app_message(self, userid: str, kind: str, *, number: int | None = None, **fields: str) -> str:
        return self.app_xml(userid, kind, MsgId=str(number or next(self.numbers)), **fields)

    def app_event(self, userid: str, event: str, **fields: str) -> str:
        return self.app_xml(userid, "event", Event=event, **fields)

    def app_xml(self, userid: str, kind: str, **fields: str) -> str:
        values = {
            "ToUserName": CORP_ID, "FromUserName": userid, "CreateTime": str(int(self.now().timestamp())),
            "MsgType": kind, "AgentID": str(AGENT_ID), **fields,
        }  # fmt: skip
        inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in values.items())
        return f"<xml>{inner}</xml>"

    def writes(self, userid: str, text: str = QUESTION) -> Answered:
        """Have a member write to the app, who can be written to from then on."""
        self.model.members.setdefault(userid, {})
        return self.deliver(self.app, self.app_message(userid, "text", Content=text))

    def said_to(self, userid: str) -> list[Any]:
        return [message for message in list(self.model.sent) if message.userid == userid]

    def answer_to(self, userid: str, *, count: int = 1) -> Any:
        """Wait for the app's message number `count` to a member."""
        return soon(lambda: self.said_to(userid), lambda said: len(said) >= count)[count - 1]

    # The bot.

    def bot_body(self, userid: str, **fields: Any) -> Json:
        number = next(self.numbers)
        return {
            "msgid": f"b{number}", "aibotid": "the-bot", "chattype": "single", "from": {"userid": userid},
            "create_time": int(self.now().timestamp()), "response_url": f"{self.replies.url}/{number}",
            **fields,
        }  # fmt: skip

    def asks(self, userid: str, text: str = QUESTION, **fields: Any) -> tuple[Json, Answered]:
        """Have somebody write to the bot; return what was delivered, and the answer to that."""
        body = self.bot_body(userid, msgtype="text", text={"content": text}, **fields)
        return body, self.deliver(self.bot, json.dumps(body))

    def does(self, userid: str, event: Json, **fields: Any) -> tuple[Json, Answered]:
        """Have something happen around the bot."""
        body = self.bot_body(userid, msgtype="event", event=event, **fields)
        return body, self.deliver(self.bot, json.dumps(body))

    def poll(self, stream_id: str) -> Json:
        """Ask for a stream as the platform does."""
        asked = json.dumps({"msgtype": "stream", "stream": {"id": stream_id}})
        answered = self.deliver(self.bot, asked)
        assert answered.status == 200
        assert answered.opened is not None
        return answered.opened

    def finished(self, answered: Answered, *, within: float = 20.0) -> Json:
        """Ask for the stream that began with `answered` until its end."""
        assert answered.opened is not None, answered
        told = answered.opened
        until = time.monotonic() + within
        while not told["stream"]["finish"]:
            assert time.monotonic() < until, told
            time.sleep(0.2)
            told = self.poll(told["stream"]["id"])
        return told

    def replied(self, body: Json, *, count: int = 1) -> list[Json]:
        """Wait for what went to the response_url of a delivery."""
        name = body["response_url"].rpartition("/")[2]
        return soon(lambda: self.replies.taken.get(name, []), lambda taken: len(taken) >= count)

    # What is stored.

    def messages(self, userid: str, *senders: Sender) -> list[Message]:
        query = (
            select(Message)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .join(MessengerChat, MessengerChat.id == Conversation.chat_id)
            .where(MessengerChat.userid == userid)
            .order_by(Message.at, Message.seq)
        )
        with self.database.read() as db:
            return [message for message in db.scalars(query) if not senders or message.sender in senders]

    def rows(self, userid: str) -> list[Outbox]:
        """What is, or was, to be sent to somebody."""
        query = (
            select(Outbox)
            .join(MessengerChat, MessengerChat.id == Outbox.chat_id)
            .where(MessengerChat.userid == userid)
            .order_by(Outbox.created_at)
        )
        with self.database.read() as db:
            return list(db.scalars(query))

    def settled(self, userid: str, *, count: int = 1) -> list[Outbox]:
        """Wait until so many messages to somebody are sent, or are not to be."""
        return soon(
            lambda: self.rows(userid),
            lambda rows: len([row for row in rows if row.state != "pending"]) >= count,
        )

    def conversation(self, userid: str) -> Conversation:
        query = (
            select(Conversation)
            .join(MessengerChat, MessengerChat.id == Conversation.chat_id)
            .where(MessengerChat.userid == userid)
            .order_by(Conversation.created_at.desc())
        )
        with self.database.read() as db:
            found = db.scalars(query).first()
            assert found is not None
            return found

    def deliveries(self) -> int:
        with self.database.read() as db:
            return len(db.scalars(select(Received.key)).all())

    def ready(self) -> Json:
        body: Json = httpx.get(f"{self.url}/readyz", trust_env=False).json()
        return body

    def log(self) -> str:
        return (self.folder / "logs" / "api.log").read_text(encoding="utf-8")

    def logged(self, event: str) -> list[Json]:
        lines = (json.loads(line) for line in self.log().splitlines())
        return [line for line in lines if line.get("event") == event]

    def memory(self) -> int:
        """Bytes the service has in memory."""
        return int(psutil.Process(self.process.pid).memory_info().rss)


def soon(look: Callable[[], T], wanted: Callable[[T], object], *, within: float = 20.0) -> T:
    """What `look` sees once it is `wanted`."""
    until = time.monotonic() + within
    while not wanted(seen := look()):
        assert time.monotonic() < until, seen
        time.sleep(0.05)
    return seen


@contextmanager
def called_service(home: Path, folder: Path, **settings: Any) -> Iterator[Called]:
    """Start the service on a few cards, with the app and the bot in webhook mode; and the platform."""
    with ExitStack() as stack:
        environment = stack.enter_context(pytest.MonkeyPatch.context())
        model = stack.enter_context(platform(environment))
        prepared = new_deployment(home, folder, cards=("leave", "wages"))
        port, ahead = free_port(), MORNING - datetime.now(UTC)
        (folder / "clock").write_text(str(ahead.total_seconds()))
        more = {
            "public_url": "http://127.0.0.1", "rasa_port": free_port(),
            "rasa_timeout": 60.0, "reply_wait": 61.0,
            "wecom_corp_id": CORP_ID, "wecom_agent_id": AGENT_ID,
            "wecom_app_secret": SECRET.get_secret_value(),
            "wecom_app_token": APP_TOKEN, "wecom_app_aes_key": APP_KEY, "wecom_api_url": model.url,
            "wecom_bot_id": "the-bot", "wecom_bot_token": BOT_TOKEN, "wecom_bot_aes_key": BOT_KEY,
            "wecom_bot_name": BOT_NAME, **settings,
        }  # fmt: skip
        (folder / "settings.json").write_text(json.dumps(more))
        replies = ReplyAddress()
        stack.callback(replies.close)
        database = Database(prepared.database)
        stack.callback(database.close)
        peer = stack.enter_context(PeerPlatform())
        url, process = f"http://127.0.0.1:{port}", _started(folder, port)
        called = Called(folder, url, process, peer, model, replies, database, ahead)
        stack.callback(lambda: _end(called.process))
        _wait_until_leading(called)
        yield called


def _started(folder: Path, port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.api.wecom.called_service", str(folder), str(port)], cwd=HOME
    )


def _wait_until_leading(called: Called) -> None:
    until = time.monotonic() + 120
    while True:
        assert called.process.poll() is None, "the service stopped"
        try:
            if called.ready()["wecom"]["leading"]:
                return
        except httpx.HTTPError:
            pass
        assert time.monotonic() < until
        time.sleep(0.2)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
