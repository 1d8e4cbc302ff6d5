"""A reply before it is a message: what an action or the fallback wants said, and what it rests on."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from service.conversations.why import UNEXPLAINED, Because, Why

Slot = str | float | bool | None


@dataclass(frozen=True, slots=True)
class Cited:
    """A source as the employee sees it: contract `Citation`."""

    source_id: str
    title: str
    law: str | None = None
    article: str | None = None
    quote: str | None = None
    effective_from: str | None = None
    effective_to: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Something the employee may press; `payload` is what the dialogue is given then."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class SourceVersion:
    """Which version of a card or article was used."""

    source_id: str
    version: str
    kind: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to be, or with an empty text only what the dialogue is to remember.

    `topic` and `index_version` go to the event, not to the employee. `slots` are set in the dialogue.
    `handover` names why a person is wanted (a `Reason` of service.handover); `above`: not one of one's own
    union. Passing the conversation on happens when the reply is committed. `why` is for staff.
    """

    text: str
    intent: str | None = None
    decision: str | None = None
    confidence: float | None = None
    citations: tuple[Cited, ...] = ()
    choices: tuple[Choice, ...] = ()
    sources: tuple[SourceVersion, ...] = ()
    topic: str | None = None
    index_version: str | None = None
    need: str | None = None
    slots: dict[str, Slot] = field(default_factory=dict)
    handover: str | None = None
    above: bool = False
    why: Why = UNEXPLAINED

    def because(self, *reasons: Because) -> Reply:
        """Return the reply with further reasons for it."""
        return replace(self, why=self.why.also(*reasons))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(value: dict[str, Any]) -> Reply:
        return Reply(
            **{
                **value,
                "citations": tuple(Cited(**item) for item in value["citations"]),
                "choices": tuple(Choice(**item) for item in value["choices"]),
                "sources": tuple(SourceVersion(**item) for item in value["sources"]),
                # An effect stored before there were explanations belongs to a turn that is still open.
                "why": Why.from_json(value["why"]) if "why" in value else UNEXPLAINED,
            }
        )
