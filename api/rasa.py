"""The dialogue's client: one turn to Rasa, its answer or one clear failure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import httpx
from pydantic import BaseModel, ValidationError

from service.conversations.why import Likely, Step, Value, Why


class DialogueUnavailable(Exception):
    """Rasa is down, too slow, refused, or answered with nothing. `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Probe(Protocol):
    """What the supervisor knows of Rasa."""

    @property
    def ready(self) -> bool: ...
    @property
    def ever_ready(self) -> bool: ...
    @property
    def model(self) -> str | None: ...


class Button(BaseModel):
    title: str
    payload: str


class Utterance(BaseModel):
    """One thing the dialogue says: a text, or the name of an action whose effect is the message.

    `action` names the fixed text that was said.
    """

    text: str | None = None
    custom: dict[str, str] | None = None
    buttons: list[Button] = []
    action: str | None = None


class Intent(BaseModel):
    name: str | None = None
    confidence: float | None = None


class Entity(BaseModel):
    entity: str
    value: object
    text: str


class Chosen(BaseModel):
    """An action the dialogue chose; without a policy it had no choice."""

    action: str
    policy: str | None
    confidence: float | None


class DialogueAnswer(BaseModel):
    intent: Intent
    ranking: list[Intent]
    entities: list[Entity]
    steps: list[Chosen]
    messages: list[Utterance]

    def why(self, *, pressed: bool) -> Why:
        """Return what the dialogue heard and chose; the words of a button that was `pressed` are nobody's."""
        return Why(
            intents=tuple(
                Likely(ranked.name, ranked.confidence)
                for ranked in self.ranking
                if ranked.name is not None and ranked.confidence is not None
            ),
            values=tuple(
                Value.of(entity.entity, entity.value, None if pressed else entity.text)
                for entity in self.entities
            ),
            steps=tuple(Step(step.action, step.policy, step.confidence) for step in self.steps),
        )


@dataclass(frozen=True, slots=True)
class DialogueTurn:
    """What Rasa is given. `message` is masked text or an option's command."""

    conversation_id: str
    turn_id: str
    message: str
    organisation: str | None
    channel: str
    today: str


class RasaClient:
    """Speaks to the turn channel. `timeout` in seconds is for the whole call."""

    def __init__(self, port: int, *, secret: str, timeout: float) -> None:
        self._base = f"http://127.0.0.1:{port}/webhooks/turn"
        # One connection a call in flight, no proxies from the environment: Rasa is on this machine.
        self._http = httpx.AsyncClient(
            timeout=timeout,
            headers={"X-Turn-Secret": secret},
            trust_env=False,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=16),
        )

    async def send(self, turn: DialogueTurn) -> DialogueAnswer:
        """Return what the dialogue says to a turn. Raises DialogueUnavailable."""
        body = {
            "sender": turn.conversation_id,
            "message": turn.message,
            "metadata": {
                "turn_id": turn.turn_id,
                "organisation": turn.organisation,
                "channel": turn.channel,
                "today": turn.today,
            },
        }
        try:
            response = await self._http.post(f"{self._base}/webhook", json=body)
            response.raise_for_status()
            answer = DialogueAnswer.model_validate_json(response.content)
        except httpx.HTTPStatusError as error:
            raise DialogueUnavailable(f"status {error.response.status_code}") from error
        except httpx.HTTPError as error:
            raise DialogueUnavailable(type(error).__name__) from error
        except ValidationError as error:
            raise DialogueUnavailable("unreadable answer") from error
        if not answer.messages:
            raise DialogueUnavailable("empty answer")
        return answer

    async def forget(self, conversation_id: str) -> None:
        """Remove what Rasa keeps of a conversation. Raises DialogueUnavailable."""
        try:
            response = await self._http.delete(f"{self._base}/conversations/{conversation_id}")
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise DialogueUnavailable(type(error).__name__) from error

    async def close(self) -> None:
        await self._http.aclose()
