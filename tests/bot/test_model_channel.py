"""Another model into a running Rasa, over real HTTP."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import register
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig
from sanic import Sanic

from bot.channels.action_endpoint import ActionEndpoint
from bot.channels.model import ModelChannel, take
from tests.bot.conftest import Actions, Dialogue

SECRET = "secret"


@dataclass
class Server:
    app: Sanic
    port: int

    def put(self, body: Any, *, secret: str | None = SECRET) -> tuple[int, dict[str, Any]]:
        headers = {"Content-Type": "application/json"} | ({"X-Turn-Secret": secret} if secret else {})
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request("PUT", "/webhooks/model/", json.dumps(body).encode(), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    app = Sanic("models", configure_logging=False)
    app.ctx.agent = None
    register([ModelChannel(SECRET)], app, route="/webhooks/")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> Any:
        serving = await app.create_server("127.0.0.1", port, return_asyncio_server=True)
        await serving.startup()
        await serving.start_serving()
        return serving

    serving = asyncio.run_coroutine_threadsafe(start(), loop).result(timeout=60)
    yield Server(app, port)
    loop.call_soon_threadsafe(serving.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(timeout=20)


@pytest.fixture
def agent(server: Server, model: Path) -> Iterator[Agent]:
    server.app.ctx.agent = Agent.load(str(model), action_endpoint=EndpointConfig("http://127.0.0.1:9/"))
    yield server.app.ctx.agent
    server.app.ctx.agent = None


@pytest.fixture
def other(model: Path, tmp_path: Path) -> Path:
    """The same model under another name."""
    return Path(shutil.copy(model, tmp_path / "union-other.tar.gz"))


def test_the_server_goes_on_with_the_other_model_and_limits_its_actions_too(
    server: Server, agent: Agent, other: Path
) -> None:
    before = agent.processor
    assert server.put({"path": str(other)}) == (200, {"model": agent.model_id})
    assert server.app.ctx.agent is agent
    assert agent.processor is not None
    assert agent.processor is not before
    assert agent.model_name == other.name
    assert isinstance(agent.processor.action_endpoint, ActionEndpoint)


def test_a_form_goes_on_after_the_swap(agent: Agent, other: Path) -> None:
    stage = Actions()
    stage.silent |= {"action_open_ticket", "validate_ticket_form"}
    stage.slots["action_open_ticket"] = {"ticket_reply": None, "ticket_draft": "half"}
    stage.events["action_open_ticket"] = [{"event": "followup", "name": "ticket_form"}]
    stage.slots["validate_ticket_form"] = {"ticket_reply": None}
    assert agent.processor is not None
    agent.processor.action_endpoint = stage
    talk = Dialogue(agent, stage)
    assert talk.action("我想申请困难补助") == "action_ask_ticket_reply"
    asyncio.run(take(agent, other))
    agent.processor.action_endpoint = stage
    assert talk.action("家里老人住院花了八万") == "action_ask_ticket_reply"
    tracker = asyncio.run(agent.tracker_store.retrieve(talk.sender))
    assert tracker is not None
    assert tracker.get_slot("ticket_draft") == "half"
    assert tracker.active_loop_name == "ticket_form"


@pytest.mark.parametrize("content", [b"this is no model", None])
def test_a_file_that_cannot_be_loaded_leaves_the_old_model(
    server: Server, agent: Agent, tmp_path: Path, content: bytes | None
) -> None:
    before, broken = agent.processor, tmp_path / "broken.tar.gz"
    if content is not None:
        broken.write_bytes(content)
    status, body = server.put({"path": str(broken)})
    assert (status, body["code"]) == (422, "model_unusable")
    assert agent.processor is before


@pytest.mark.parametrize("secret", [None, "another"])
def test_without_the_secret_nothing_is_loaded(
    server: Server, agent: Agent, other: Path, secret: str | None
) -> None:
    before = agent.processor
    status, body = server.put({"path": str(other)}, secret=secret)
    assert (status, body["code"]) == (401, "unauthorised")
    assert agent.processor is before


@pytest.mark.parametrize("body", [{}, {"path": "models/union.tar.gz"}, {"path": 3}, [], "x"])
def test_a_body_without_an_absolute_path_is_refused(server: Server, agent: Agent, body: Any) -> None:
    status, answer = server.put(body)
    assert (status, answer["code"]) == (400, "bad_request")


def test_before_the_first_model_there_is_nothing_to_swap(server: Server) -> None:
    status, body = server.put({"path": "/models/union.tar.gz"})
    assert (status, body["code"]) == (503, "not_ready")


def test_a_channel_without_a_secret_does_not_start() -> None:
    with pytest.raises(RasaException):
        ModelChannel.from_credentials({})
