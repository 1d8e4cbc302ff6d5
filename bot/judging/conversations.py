"""Short conversations with a trained model: what answers each message, with the service played by a script.

A file holds `service`, what actions do unless a turn says otherwise, and `conversations`:

    service:
      action_open_ticket: {opens: ticket_form, sets: {ticket_reply: null}}
    conversations:
    - name: …
      turns:
      - says: 我要报修
        does: [action_open_ticket, action_ask_ticket_reply]
      - says: 算了
        service: {validate_ticket_form: {sets: {ticket_reply: drop}}}
        does: [action_finish_ticket]

`does` lists the actions and fixed texts that speak, in their order. What a turn says of an action counts
once; a validation that is called again in the same turn finds what stands under `service` at the top.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.utils.endpoints import EndpointConfig

from bot.judging.sentences import loaded


class ScriptError(Exception):
    """A conversation file says something that nothing here understands."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an action does: `sets` slots, `opens` a form, `ends` the open one, `rejects` a message for the
    form it validates, lets the action `then` follow."""

    sets: Mapping[str, Any] = field(default_factory=dict)
    opens: str | None = None
    ends: bool = False
    rejects: str | None = None
    then: str | None = None

    def events(self) -> list[dict[str, Any]]:
        """Return the events Rasa is told."""
        events = [{"event": "slot", "name": name, "value": value} for name, value in self.sets.items()]
        if self.ends:
            events.append({"event": "active_loop", "name": None})
            events.append({"event": "slot", "name": "requested_slot", "value": None})
        if self.rejects:
            events.append({"event": "action_execution_rejected", "name": self.rejects})
        for following in (self.opens, self.then):
            if following:
                events.append({"event": "followup", "name": following})
        return events


Service = Mapping[str, Effect]


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said, and what has to answer."""

    says: str
    does: tuple[str, ...]
    service: Service


@dataclass(frozen=True, slots=True)
class Conversation:
    name: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """The first turn (from 1) of a conversation that went another way."""

    name: str
    turn: int
    says: str
    expected: tuple[str, ...]
    done: tuple[str, ...]


def read_conversations(file: Path) -> tuple[Service, list[Conversation]]:
    """Return what actions usually do, and the conversations. Raises ScriptError."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))  # type: ignore[no-untyped-call]
    try:
        service = _service(content["service"])
        conversations = [
            Conversation(entry["name"], tuple(_turn(turn) for turn in entry["turns"]))
            for entry in content["conversations"]
        ]
    except (KeyError, TypeError) as error:
        raise ScriptError(f"{file}: {error}") from error
    names = [conversation.name for conversation in conversations]
    if len(set(names)) != len(names):
        raise ScriptError(f"{file}: two conversations have the same name")
    return service, conversations


async def hold(agent: Agent, service: Service, conversations: Sequence[Conversation]) -> list[Failure]:
    """Hold every conversation with `agent`; return where they went another way."""
    stage = Stage(service)
    loaded(agent).action_endpoint = stage
    failures = []
    for conversation in conversations:
        failure = await _hold_one(agent, stage, conversation)
        if failure is not None:
            failures.append(failure)
    return failures


async def _hold_one(agent: Agent, stage: Stage, conversation: Conversation) -> Failure | None:
    for number, turn in enumerate(conversation.turns, start=1):
        stage.once = dict(turn.service)
        said = Said()
        await agent.handle_message(UserMessage(turn.says, said, conversation.name, input_channel="turn"))
        if tuple(said.by) != turn.does:
            return Failure(conversation.name, number, turn.says, turn.does, tuple(said.by))
    return None


SESSION_START = "action_session_start"
SESSION_BEGUN = [{"event": "session_started"}, {"event": "action", "name": "action_listen"}]
"""How Rasa begins a session itself: every conversation here is a new one."""


class Stage(EndpointConfig):
    """Answers for the actions: each says its name and does what the script says of it."""

    def __init__(self, service: Service) -> None:
        super().__init__(url="http://127.0.0.1/")
        self._service = service
        self.once: dict[str, Effect] = {}

    async def request(self, *arguments: Any, **kwargs: Any) -> Any:
        name = kwargs["json"]["next_action"]
        if name == SESSION_START:
            return {"events": SESSION_BEGUN, "responses": []}
        effect = self.once.pop(name, None) or self._service.get(name, Effect())
        said = [] if name.startswith("validate_") else [{"custom": {"action": name}}]
        return {"events": effect.events(), "responses": said}


class Said(OutputChannel):
    """Keeps who spoke: the action, or the name of the fixed text."""

    def __init__(self) -> None:
        self.by: list[str] = []

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.by.append(str(message.get("utter_action") or message["custom"]["action"]))


def _turn(entry: Mapping[str, Any]) -> Turn:
    unknown = set(entry) - {"says", "does", "service"}
    if unknown:
        raise KeyError(*sorted(unknown))
    return Turn(str(entry["says"]), tuple(entry["does"]), _service(entry.get("service", {})))


def _service(entries: Mapping[str, Mapping[str, Any]]) -> Service:
    return {action: Effect(**entry) for action, entry in entries.items()}
