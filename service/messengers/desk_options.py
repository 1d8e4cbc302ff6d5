"""What staff choose in the messenger, as payloads of offered options: never given to the dialogue. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

PREFIX = "/desk_"


class Act(StrEnum):
    """What an option does: take who waits, go on with whom one has, list both."""

    TAKE = "take"
    TALK = "talk"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Chosen:
    """An option of the desk; a list is of no conversation ('')."""

    act: Act
    conversation_id: str


def payload_of(act: Act, conversation_id: str = "") -> str:
    """Return the payload of an option."""
    named = json.dumps({"conversation": conversation_id}) if conversation_id else ""
    return f"{PREFIX}{act}{named}"


def chosen_by(payload: str) -> Chosen | None:
    """Return what `payload` stands for, None where it is not one of the desk."""
    if not payload.startswith(PREFIX):
        return None
    act, brace, named = payload.removeprefix(PREFIX).partition("{")
    return Chosen(Act(act), json.loads(f"{brace}{named}")["conversation"] if brace else "")
