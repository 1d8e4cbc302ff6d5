"""What the tracker says about the turn an action runs in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from rasa_sdk.interfaces import Tracker

from service.conversations.replies import Reply
from service.conversations.tables import GROUP_CHANNEL
from service.conversations.why import RUNNERS_UP, Form, Likely, Value
from service.entitlements.calculation import SLOT, Calculation
from service.knowledge.asked import LAST_QUESTION, OTHERS, TIMES, Asked


@dataclass(frozen=True, slots=True)
class ActionTurn:
    """The turn and the question, as the API passed them in the message's metadata.

    `values` is what was read in the message, `form` the name of the form that is open, `calculation` the one
    the conversation is at, or had last.
    """

    turn_id: str
    conversation_id: str
    channel: str | None
    asked: Asked
    entities: dict[str, str]
    values: tuple[Value, ...] = ()
    form: str | None = None
    calculation: Calculation | None = None

    @property
    def in_group(self) -> bool:
        """Whether others read along."""
        return self.channel == GROUP_CHANNEL

    def explained(self, reply: Reply, action: str) -> Reply:
        """Return what `action` replied with what was heard in the turn: the effect keeps both."""
        why = reply.why
        form = why.form or (Form(self.form) if self.form is not None else None)
        intents = self.asked.intents[: 1 + RUNNERS_UP]
        likely = tuple(Likely(intent, confidence) for intent, confidence in intents)
        return replace(reply, why=replace(why, intents=likely, values=self.values, action=action, form=form))


class NotATurn(Exception):
    """The action was called for something that is not a turn of the API."""


def read_turn(tracker: Tracker) -> ActionTurn:
    """Return the turn `tracker` stands at. Raises NotATurn without the API's metadata."""
    message = tracker.latest_message
    metadata = message.get("metadata") or {}
    intent = message.get("intent") or {}
    try:
        turn_id, today = metadata["turn_id"], date.fromisoformat(metadata["today"])
    except (KeyError, ValueError) as error:
        raise NotATurn from error
    return ActionTurn(
        turn_id=turn_id,
        conversation_id=tracker.sender_id,
        channel=metadata.get("channel"),
        asked=Asked(
            text=message.get("text") or "",
            as_of=today,
            organisation=metadata.get("organisation"),
            intent=intent.get("name"),
            intent_confidence=float(intent.get("confidence") or 0.0),
            intents=tuple(
                (ranked["name"], float(ranked["confidence"]))
                for ranked in message.get("intent_ranking") or ()
            ),
            refusals=int(tracker.get_slot("refusals") or 0),
            last_source=tracker.get_slot("last_source"),
            last_question=tracker.get_slot(LAST_QUESTION),
            times=int(tracker.get_slot(TIMES) or 0),
            others=tuple(json.loads(tracker.get_slot(OTHERS) or "[]")),
        ),
        entities={entity["entity"]: str(entity["value"]) for entity in message.get("entities") or ()},
        values=tuple(_value(entity, message.get("text") or "") for entity in message.get("entities") or ()),
        form=(tracker.active_loop or {}).get("name"),
        calculation=Calculation.read(kept) if (kept := tracker.get_slot(SLOT)) else None,
    )


def _value(entity: Mapping[str, Any], text: str) -> Value:
    """Return an entity with its words; those of a button's command are nobody's words."""
    start, end = entity.get("start"), entity.get("end")
    said = None if text.startswith("/") or start is None else text[start:end]
    return Value.of(entity["entity"], entity["value"], said)
