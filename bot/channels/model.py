"""Another model into a running Rasa, between two turns: `PUT /webhooks/model/`.

Header `X-Turn-Secret`, body `{path}`, an absolute path of a model file; 200 `{model}` with its id once it
answers. Conversations, their locks and turns in progress stay: the same agent goes on with the new model,
and a turn that has begun ends with the old one. Where the file cannot be loaded the old model stays.

    400 bad_request     the body is not what is written above
    401 unauthorised    no or another secret
    422 model_unusable  the file cannot be loaded
    503 not_ready       no model is loaded yet
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.core.processor import MessageProcessor
from rasa.shared.exceptions import RasaException
from sanic import Blueprint
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.action_endpoint import ActionEndpoint
from bot.channels.turn import SECRET_HEADER, failure, loaded_agent

logger = logging.getLogger(__name__)


class ModelChannel(InputChannel):
    """The door for models. It takes no messages."""

    @classmethod
    def name(cls) -> str:
        return "model"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> ModelChannel:
        secret = (credentials or {}).get("secret")
        if not secret:
            raise RasaException("The model channel needs a secret: set UA_TURN_SECRET.")
        return cls(str(secret))

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._one_at_a_time = asyncio.Lock()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        models = Blueprint("model")

        @models.put("/")
        async def put(request: Request) -> HTTPResponse:
            given = request.headers.get(SECRET_HEADER, "")
            if not hmac.compare_digest(given.encode(errors="replace"), self._secret):
                return failure(401, "unauthorised", "the turn secret is missing or wrong")
            model = _path(request)
            if model is None:
                return failure(400, "bad_request", "expected {path}, absolute")
            agent = loaded_agent(request)
            if agent is None:
                return failure(503, "not_ready", "no model is loaded")
            async with self._one_at_a_time:
                try:
                    await take(agent, model)
                except Exception as error:  # whatever is wrong with the file, the old model goes on
                    logger.exception("a model cannot be loaded")
                    return failure(422, "model_unusable", str(error))
            return json_response({"model": agent.model_id})

        return models


async def take(agent: Agent, model: Path) -> None:
    """Let `agent` go on with the file `model`; raises what loading raises and leaves the agent as it was.

    Loaded beside the event loop, so that turns go on meanwhile; put in place without a pause.
    """
    if agent.action_endpoint is not None and not isinstance(agent.action_endpoint, ActionEndpoint):
        agent.action_endpoint = ActionEndpoint.limiting(agent.action_endpoint)
    processor = await asyncio.to_thread(_loaded, agent, model)
    agent.processor, agent.domain = processor, processor.domain
    agent.tracker_store.domain = processor.domain
    if isinstance(agent.nlg, TemplatedNaturalLanguageGenerator):
        agent.nlg.responses = processor.domain.responses


def _loaded(agent: Agent, model: Path) -> MessageProcessor:
    if not model.is_file():
        raise FileNotFoundError(model)
    return MessageProcessor(
        model_path=model,
        tracker_store=agent.tracker_store,
        lock_store=agent.lock_store,
        action_endpoint=agent.action_endpoint,
        generator=agent.nlg,
    )


def _path(request: Request) -> Path | None:
    try:
        body = request.json
    except InvalidUsage:
        return None
    path = body.get("path") if isinstance(body, dict) else None
    return Path(path) if isinstance(path, str) and path.startswith("/") else None
