"""The turn channel over real HTTP, with the trained model behind it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import register
from rasa.core.utils import AvailableEndpoints
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig
from sanic import Sanic

from bot.channels.action_endpoint import ActionEndpoint
from bot.channels.turn import TurnChannel
from tests.bot.conftest import SESSION_BEGUN, SESSION_START

SECRET = "令 secret"
PORT, ACTION_PORT = 5110, 8120
LIMIT_S = 1.5
"""Eight turns at once keep it also where they share half a processor."""
BUTTONS = [{"title": "找工会的人", "payload": "/ask_human{}"}]


@dataclass
class Server:
    app: Sanic

    def turn(self, body: Any, *, secret: str | None = SECRET) -> tuple[int, dict[str, Any]]:
        headers = {"Content-Type": "application/json"}
        if secret is not None:
            headers["X-Turn-Secret"] = secret.encode().decode("latin-1")
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._ask("POST", "/webhooks/turn/webhook", data, headers)

    def say(self, text: str, sender: str = "c1") -> tuple[int, dict[str, Any]]:
        return self.turn({"sender": sender, "message": text, "metadata": {"turn_id": "t"}})

    def ready(self) -> tuple[int, dict[str, Any]]:
        return self._ask("GET", "/webhooks/turn/ready", None, {})

    def _ask(
        self, method: str, path: str, data: bytes | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        connection = HTTPConnection("127.0.0.1", PORT, timeout=20)
        try:
            connection.request(method, path, data, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    app = Sanic("turns", configure_logging=False)
    app.ctx.agent = None
    register([TurnChannel.from_credentials({"secret": SECRET})], app, route="/webhooks/")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> Any:
        server = await app.create_server("127.0.0.1", PORT, return_asyncio_server=True)
        await server.startup()
        await server.start_serving()
        return server

    serving = asyncio.run_coroutine_threadsafe(start(), loop).result(timeout=20)
    yield Server(app)
    loop.call_soon_threadsafe(serving.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(timeout=20)


class ActionServer(ThreadingHTTPServer):
    """Answers for the API: says the action's name, unless told to be slow or to fail."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", ACTION_PORT), ActionHandler)
        self.slow: set[str] = set()
        self.broken: set[str] = set()
        self.wrong: set[str] = set()
        self.calls: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []


class ActionHandler(BaseHTTPRequestHandler):
    server: ActionServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        call = json.loads(body)
        action = call["next_action"]
        if action == SESSION_START:
            self._answer(200, {"events": SESSION_BEGUN, "responses": []})
            return
        self.server.calls.append(call)
        self.server.secrets.append(self.headers["X-Action-Secret"])
        if action in self.server.slow:
            time.sleep(3 * LIMIT_S)
        text = "第一段。\n\n第二段。"
        reply = {
            "events": [{"event": "no such event"}] if action in self.server.wrong else [],
            "responses": [{"text": text, "custom": {"action": action}, "buttons": BUTTONS}],
        }
        self._answer(500 if action in self.server.broken else 200, reply)

    def _answer(self, status: int, reply: dict[str, Any]) -> None:
        data = json.dumps(reply).encode()
        with contextlib.suppress(BrokenPipeError):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    def log_message(self, *arguments: Any) -> None:
        """Say nothing on the terminal."""


@pytest.fixture
def action_server() -> Iterator[ActionServer]:
    with ActionServer() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(timeout=20)


@pytest.fixture
def server(running: Server, loaded: Agent, action_server: ActionServer) -> Iterator[Server]:
    assert loaded.processor
    loaded.processor.action_endpoint = EndpointConfig(
        url=f"http://127.0.0.1:{ACTION_PORT}/", headers={"X-Action-Secret": "s"}, limit_s=LIMIT_S
    )
    running.app.ctx.agent = loaded
    yield running
    running.app.ctx.agent = None


def test_a_turn_answers_with_what_was_understood_and_what_is_said(server: Server) -> None:
    status, body = server.say("行里不让休年假怎么办")
    assert status == 200
    assert body["intent"]["name"] == "ask_leave"
    assert 0.0 < body["intent"]["confidence"] <= 1.0
    assert {"entity": "leave_kind", "value": "annual"}.items() <= body["entities"][0].items()
    assert body["messages"] == [
        {"text": "第一段。\n\n第二段。", "custom": {"action": "action_answer_question"}, "buttons": BUTTONS}
    ]


def test_a_turn_tells_the_likeliest_intents_the_words_of_values_and_what_was_chosen(server: Server) -> None:
    _, body = server.say("行里不让休年假怎么办", sender="told")
    ranked = [intent["confidence"] for intent in body["ranking"]]
    assert body["ranking"][0] == body["intent"]
    assert len(ranked) == 4
    assert ranked == sorted(ranked, reverse=True)
    assert {"entity": "leave_kind", "text": "年假"}.items() <= body["entities"][0].items()
    assert body["steps"] == [{"action": "action_answer_question", "policy": "RulePolicy", "confidence": 1.0}]


def test_only_what_was_chosen_for_this_turn_is_told(server: Server) -> None:
    server.say("行里不让休年假怎么办", sender="two turns")
    _, body = server.say("谢谢", sender="two turns")
    assert [step["action"] for step in body["steps"]] == ["utter_thank"]
    assert [message["action"] for message in body["messages"]] == ["utter_thank"]


def test_actions_are_called_with_their_secret(server: Server, action_server: ActionServer) -> None:
    server.say("行里不让休年假怎么办")
    assert action_server.secrets == ["s"]


@pytest.mark.parametrize("secret", [None, "", "wrong", "令 secret2"])
def test_without_the_secret_nothing_is_said(server: Server, secret: str | None) -> None:
    status, body = server.turn({"sender": "c", "message": "你好"}, secret=secret)
    assert (status, body["code"]) == (401, "unauthorised")


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"",
        [],
        {},
        {"sender": "c"},
        {"sender": "c", "message": None},
        {"sender": "c", "message": "  "},
        {"sender": 7, "message": "你好"},
        {"sender": "", "message": "你好"},
        {"sender": "c", "message": "你好", "metadata": "x"},
    ],
)
def test_what_is_not_a_turn_is_a_bad_request(server: Server, body: Any) -> None:
    status, answer = server.turn(body)
    assert (status, answer["code"]) == (400, "bad_request")


def test_an_option_without_values_is_taken_with_or_without_braces(server: Server) -> None:
    for payload in ("/choose_topic{}", "/choose_topic"):
        assert server.say(payload)[1]["intent"] == {"name": "choose_topic", "confidence": 1.0}


def test_ready_only_with_a_model(server: Server, loaded: Agent) -> None:
    assert server.ready() == (200, {"ready": True, "model": loaded.model_id})
    server.app.ctx.agent = None
    assert server.ready() == (503, {"ready": False, "model": None})
    assert server.say("你好")[1]["code"] == "not_ready"


def test_an_action_past_its_limit_is_a_failure_and_soon(server: Server, action_server: ActionServer) -> None:
    action_server.slow.add("action_open_ticket")
    started = time.perf_counter()
    status, body = server.say("我要申请困难补助", sender="slow")
    assert time.perf_counter() - started < 2 * LIMIT_S
    assert (status, body["code"]) == (502, "action_failed")
    assert "action_open_ticket" in body["detail"]
    action_server.slow.clear()
    assert server.say("我要申请困难补助", sender="slow")[0] == 200


def test_a_broken_action_is_a_failure(server: Server, action_server: ActionServer) -> None:
    action_server.broken.add("action_answer_question")
    status, body = server.say("年假几天", sender="broken")
    assert (status, body["code"]) == (502, "action_failed")


def test_an_answer_of_an_action_that_is_none_is_a_failure(
    server: Server, action_server: ActionServer
) -> None:
    action_server.wrong.add("action_answer_question")
    status, body = server.say("年假几天", sender="wrong")
    assert (status, body["code"]) == (502, "no_reply")


def test_an_action_is_told_the_turn_and_not_the_history(server: Server, action_server: ActionServer) -> None:
    for _ in range(2):
        server.say("行里不让休年假怎么办", sender="long")
    tracker = action_server.calls[-1]["tracker"]
    assert (tracker["events"], action_server.calls[-1]["domain"]) == ([], {})
    assert tracker["sender_id"] == "long"
    assert tracker["latest_message"]["metadata"] == {"turn_id": "t"}
    assert tracker["latest_message"]["intent"]["name"] == "ask_leave"
    assert "last_source" in tracker["slots"]


def test_a_failure_in_one_conversation_is_not_told_in_another(
    server: Server, action_server: ActionServer
) -> None:
    action_server.slow.add("action_open_ticket")
    with ThreadPoolExecutor(8) as pool:
        slow = pool.submit(server.say, "我要申请困难补助", "slow one")
        others = list(pool.map(lambda number: server.say("年假几天", f"other {number}"), range(7)))
        assert slow.result()[0] == 502
    assert [status for status, _ in others] == [200] * 7


def test_one_conversation_at_once_from_several_callers_loses_nothing(server: Server, loaded: Agent) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: server.say("年假几天", "busy"), range(4)))
    assert [status for status, _ in answers] == [200] * 4
    tracker = asyncio.run(loaded.tracker_store.retrieve("busy"))
    assert tracker
    assert sum(event.type_name == "user" for event in tracker.events) == 4


def test_a_broken_understanding_is_a_failure_and_not_an_empty_answer(server: Server, loaded: Agent) -> None:
    assert loaded.processor
    runner = loaded.processor.graph_runner
    loaded.processor.graph_runner = None  # type: ignore[assignment]
    try:
        status, body = server.say("年假几天", sender="unlucky")
    finally:
        loaded.processor.graph_runner = runner
    assert (status, body["code"]) == (500, "turn_failed")


def test_a_channel_without_a_secret_is_refused() -> None:
    for credentials in (None, {}, {"secret": ""}):
        with pytest.raises(RasaException, match="UA_TURN_SECRET"):
            TurnChannel.from_credentials(credentials)


def test_the_projects_own_files_set_the_limit_and_the_store(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in {"UA_PORT": "8000", "UA_ACTION_SECRET": "s", "UA_DATA_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    endpoints = AvailableEndpoints.read_endpoints(str(home / "bot" / "endpoints.yml"))
    assert endpoints.action
    limited = ActionEndpoint.limiting(endpoints.action)
    assert (limited.limit_s, limited.headers) == (3.0, {"X-Action-Secret": "s"})
    assert limited.url == "http://127.0.0.1:8000/internal/actions/webhook"
    assert endpoints.tracker_store
    assert endpoints.tracker_store.kwargs["db"] == f"{tmp_path}/rasa/tracker.db"
