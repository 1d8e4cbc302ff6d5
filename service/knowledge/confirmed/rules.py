"""What may become memory, how a question is decided on, and whose it is. Pure."""

from __future__ import annotations

import json
from enum import StrEnum

from retrieval.exact import question_key
from retrieval.passages import NATIONAL
from service.errors import TextEmpty, TextTooLong
from service.knowledge.in_context import points_back
from service.people.roles import Role

SHORTEST = 4
LONGEST = 80
"""Letters and digits of a question that is proposed: fewer say nothing alone, more are somebody's story."""
KEPT_AT_MOST = 200
"""Letters and digits of a question that is kept at all."""
DECIDERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
"""Who may see proposed questions and decide on them."""
CHOOSE_SOURCE = "/choose_source"


class Evidence(StrEnum):
    """Why a question is thought to be answered: the card was chosen for it, or its answer was rated up."""

    CHOSEN = "chosen"
    LIKED = "liked"


def stands_alone(text: str) -> bool:
    """Tell whether a question can be understood without what was said before it, and is no whole story."""
    return SHORTEST <= len(question_key(text)) <= LONGEST and not points_back(text)


def key_of(text: str) -> str:
    """Return what identifies a question. Raises TextEmpty and TextTooLong."""
    key = question_key(text)
    if not key:
        raise TextEmpty
    if len(key) > KEPT_AT_MOST:
        raise TextTooLong(length=len(key), limit=KEPT_AT_MOST)
    return key


def chosen_source(payload: str) -> str | None:
    """Return the source a turn's payload chooses, None for any other payload."""
    if not payload.startswith(CHOOSE_SOURCE):
        return None
    try:
        source = json.loads(payload.removeprefix(CHOOSE_SOURCE)).get("source")
    except (ValueError, AttributeError):
        return None
    return source if isinstance(source, str) else None


def unit_of(scope: str, *, root: str) -> str:
    """Return the unit whose answers change when a source of this scope is found by another question."""
    return root if scope == NATIONAL else scope
