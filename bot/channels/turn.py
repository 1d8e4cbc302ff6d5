"""One turn of a conversation over HTTP: a message in, what was understood and what is said out.

`POST /webhooks/turn/webhook`, header `X-Turn-Secret`, body `{sender, message, metadata}` answers 200
`{intent: {name, confidence}, ranking: [{name, confidence}], entities: [{entity, value, text, …}], steps:
[{action, policy, confidence}], messages: [{text?, custom?, buttons?, action?}]}`: the likeliest intents, the
actions that were chosen for the turn, by which policy and how sure of it, and the messages, with the `action`
of those that are fixed texts of the domain.
`GET /webhooks/turn/ready` answers 200 `{ready, model}` once a model is loaded, before that 503.
`DELETE /webhooks/turn/conversations/<sender>`, with the secret, forgets a conversation: 200 `{}`.

Rasa's own REST channel answers 200 with an empty list whatever went wrong. Here a failure is a failure:

    400 bad_request        the body is not what is written above
    401 unauthorised       no or another secret
    502 action_failed      an action failed or ran past its time limit
    502 no_reply           the dialogue ended without a word
    503 not_ready          no model is loaded
    503 conversation_busy  the conversation was locked by another turn for too long
    500 turn_failed        anything else
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.core.lock_store import LockError
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from sanic import Blueprint
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.action_endpoint import ActionEndpoint, failed_actions
from bot.channels.forgetting import forget
from bot.channels.worked_out_once import last_saved, work_out_once

logger = logging.getLogger(__name__)

SECRET_HEADER = "X-Turn-Secret"  # noqa: S105 - the name of the header
PARTS = ("text", "custom", "buttons")
RANKED = 4
"""Intents told with an answer."""


class TurnOutput(CollectingOutputChannel):
    """Collects whole messages.

    Rasa's collector makes one message of every paragraph and another of the custom part; here text, custom
    part and buttons that belong together stay together.
    """

    @classmethod
    def name(cls) -> str:
        return "turn"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        parts = {part: message[part] for part in PARTS if message.get(part)}
        if parts:
            fixed = message.get("utter_action")
            self.messages.append({**parts, "action": fixed} if fixed else parts)


@dataclass(frozen=True, slots=True)
class Turn:
    """What the API asks for: `sender` is the conversation."""

    sender: str
    message: str
    metadata: dict[str, Any]

    @classmethod
    def read(cls, request: Request) -> Turn | None:
        """Return the turn in the body, or None when the body is not one."""
        body = _json_body(request)
        sender, message, metadata = body.get("sender"), body.get("message"), body.get("metadata") or {}
        if not (isinstance(sender, str) and isinstance(message, str) and isinstance(metadata, dict)):
            return None
        if not (sender and message.strip()):
            return None
        # An option without values ends in {}, which Rasa understands but warns about.
        return cls(sender, message.removesuffix("{}") if message.startswith("/") else message, metadata)


class TurnChannel(InputChannel):
    """The only way into the dialogue."""

    @classmethod
    def name(cls) -> str:
        return "turn"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> TurnChannel:
        secret = (credentials or {}).get("secret")
        if not secret:
            raise RasaException("The turn channel needs a secret: set UA_TURN_SECRET.")
        work_out_once()
        return cls(str(secret))

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        turns = Blueprint("turn")

        @turns.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            agent = loaded_agent(request)
            if agent is None:
                return json_response({"ready": False, "model": None}, status=503)
            return json_response({"ready": True, "model": agent.model_id})

        @turns.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            if not self._knows_secret(request):
                return failure(401, "unauthorised", "the turn secret is missing or wrong")
            turn = Turn.read(request)
            if turn is None:
                return failure(400, "bad_request", "expected {sender, message, metadata}")
            agent = loaded_agent(request)
            if agent is None:
                return failure(503, "not_ready", "no model is loaded")
            return await answer(agent, turn, on_new_message)

        @turns.delete("/conversations/<sender:str>")
        async def delete(request: Request, sender: str) -> HTTPResponse:
            if not self._knows_secret(request):
                return failure(401, "unauthorised", "the turn secret is missing or wrong")
            agent = loaded_agent(request)
            if agent is None:
                return failure(503, "not_ready", "no model is loaded")
            try:
                await forget(agent, sender)
            except LockError:
                return failure(503, "conversation_busy", "a turn of this conversation is being worked on")
            return json_response({})

        return turns

    def _knows_secret(self, request: Request) -> bool:
        given = request.headers.get(SECRET_HEADER, "")
        return hmac.compare_digest(given.encode(errors="replace"), self._secret)


async def answer(
    agent: Agent, turn: Turn, on_new_message: Callable[[UserMessage], Awaitable[Any]]
) -> HTTPResponse:
    """Take one turn through understanding and dialogue."""
    failed: list[str] = []
    failed_actions.set(failed)  # each request is a task of its own, and so is this context
    saved: list[DialogueStateTracker] = []
    last_saved.set(saved)
    output = TurnOutput()
    try:
        _limit_actions(agent)
        message = UserMessage(turn.message, output, turn.sender, input_channel="turn", metadata=turn.metadata)
        # Understood here and not by the agent, so that what was understood can be told with the answer.
        message.parse_data = await _processor(agent).parse_message(message)
        await on_new_message(message)
        (tracker,) = saved
    except LockError:
        logger.exception("a conversation stayed locked")
        return failure(503, "conversation_busy", "another turn of this conversation is still being worked on")
    except Exception:
        logger.exception("a turn failed")
        return failure(500, "turn_failed", "the turn could not be completed")
    if failed:
        return failure(502, "action_failed", f"failed: {', '.join(failed)}")
    if not output.messages:
        return failure(502, "no_reply", "the dialogue ended without a reply")
    understood = message.parse_data
    return json_response(
        {
            "intent": _sure_of(understood["intent"]),
            "ranking": [_sure_of(intent) for intent in understood.get("intent_ranking", ())[:RANKED]],
            "entities": [
                {**entity, "text": understood["text"][entity["start"] : entity["end"]]}
                for entity in understood["entities"]
            ],
            "steps": chosen(tracker),
            "messages": output.messages,
        }
    )


def chosen(tracker: DialogueStateTracker) -> list[dict[str, Any]]:
    """Return the actions that answered the last message, in order, with the policy that chose each."""
    steps: list[dict[str, Any]] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name != ACTION_LISTEN_NAME:
            steps.append(
                {"action": event.action_name, "policy": event.policy, "confidence": event.confidence}
            )
    return steps[::-1]


def _sure_of(intent: dict[str, Any]) -> dict[str, Any]:
    return {"name": intent.get("name"), "confidence": intent.get("confidence")}


def loaded_agent(request: Request) -> Agent | None:
    """Return the server's agent once it has a model."""
    agent = getattr(request.app.ctx, "agent", None)
    return agent if isinstance(agent, Agent) and agent.is_ready() else None


def failure(status: int, code: str, detail: str) -> HTTPResponse:
    """Return an error body in the form every interface of the product uses."""
    return json_response({"code": code, "detail": detail}, status=status)


def _processor(agent: Agent) -> Any:
    if agent.processor is None:
        raise RasaException("The agent lost its model.")
    return agent.processor


def _limit_actions(agent: Agent) -> None:
    """Give the processor an action endpoint with a limit; each model brings a new processor."""
    processor = _processor(agent)
    endpoint = processor.action_endpoint
    if endpoint is not None and not isinstance(endpoint, ActionEndpoint):
        processor.action_endpoint = ActionEndpoint.limiting(endpoint)


def _json_body(request: Request) -> dict[str, Any]:
    try:
        body = request.json
    except InvalidUsage:
        return {}
    return body if isinstance(body, dict) else {}
