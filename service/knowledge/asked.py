"""A question in its conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

LAST_QUESTION, TIMES = "last_question", "times_asked"
"""The dialogue's slots for what was asked last, and how often in a row."""
OTHERS = "last_others"
"""The dialogue's slot for the cards that came next in the last answer: a JSON list of what chooses them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in its conversation; the intent is None where the dialogue did not see it.

    `intents` are the likeliest ones with their probabilities, best first. `refusals` counts the refusals
    directly before it; `last_source` is the card that answered last, `last_question` what was asked last,
    `times` how often that was asked in a row, and `others` the cards that came next then. `as_of` is today,
    or with `day_given` the day the caller wants the rules of, whatever the words say.
    """

    text: str
    as_of: date
    organisation: str | None = None
    intent: str | None = None
    intent_confidence: float = 0.0
    intents: tuple[tuple[str, float], ...] = ()
    refusals: int = 0
    last_source: str | None = None
    last_question: str | None = None
    times: int = 0
    others: tuple[str, ...] = ()
    day_given: bool = False
