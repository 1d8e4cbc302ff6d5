"""Why a message was said: what was heard in the turn, what was looked up, what decided. Pure.

It is stored with the message and read by staff alone. All texts in it are of masked messages.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

RUNNERS_UP = 3
"""Intents kept beside the likeliest one."""
CANDIDATES = 5
"""Sources kept of what was found, at most."""


class Because(StrEnum):
    """What decided; the sentences are `why.because` in texts/."""

    OPENING = "opening"
    # The knowledge base: its thresholds, and what goes before them.
    SURE = "sure"
    OWN_QUESTION = "own_question"
    NOT_SURE = "not_sure"
    ARTICLE_NAMED = "article_named"
    ONLY_ARTICLES = "only_articles"
    NOT_OURS = "not_ours"
    NOTHING_FOUND = "nothing_found"
    HEARD_AS_NOT_OURS = "heard_as_not_ours"
    REFUSED_AGAIN = "refused_again"
    ARTICLE_ASKED_FOR = "article_asked_for"
    ARTICLE_MISSING = "article_missing"
    PRIVATE = "private"
    PREDICTION = "prediction"
    INSTRUCTION = "instruction"
    NOT_YET = "not_yet"
    ENDED = "ended"
    # The question before.
    LAST_CARD = "last_card"
    LAST_QUESTION = "last_question"
    THIRD_TIME = "third_time"
    SEVERAL = "several"
    MEANT_OTHERWISE = "meant_otherwise"
    # Choices.
    CHOSEN = "chosen"
    CHOSEN_GONE = "chosen_gone"
    CASE_OFFERED = "case_offered"
    # Calculators.
    VALUE_WANTED = "value_wanted"
    WORKED_OUT = "worked_out"
    # People.
    URGENT = "urgent"
    URGENT_WORDS = "urgent_words"
    PERSON_WANTED = "person_wanted"
    PERSON_WORDS = "person_words"
    OTHER_LEVEL = "other_level"
    REFUSED_THRICE = "refused_thrice"
    UNHELPFUL = "unhelpful"
    # The channel.
    IN_GROUP = "in_group"
    # The dialogue.
    DIALOGUE_DOWN = "dialogue_down"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Likely:
    """An intent with its probability, 0 to 1."""

    intent: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Value:
    """Something read in a message: its kind, what it means, and the words; None where a button said it."""

    kind: str
    value: str
    text: str | None

    @staticmethod
    def of(kind: str, value: object, text: str | None) -> Value:
        """Return the value of an entity; of one in several parts what each of them says."""
        parts = value.values() if isinstance(value, dict) else (value,)
        said = (str(part) for part in parts if part is not None and not isinstance(part, bool))
        return Value(kind, " ".join(said), text)


@dataclass(frozen=True, slots=True)
class Step:
    """An action the dialogue chose, by which policy and how sure of it (0 to 1); None where it had to."""

    action: str
    policy: str | None
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A source that was found. `score` is the ranker's probability, 0 to 1; None above all ranking."""

    source_id: str
    title: str
    kind: str
    score: float | None


@dataclass(frozen=True, slots=True)
class Lookup:
    """A question that was looked up, and the decision on what was found.

    `text` is what was looked up, `day` the ISO day whose rules were asked for where that is not today.
    `confidence` is the calibrated probability that the first card answers, `in_scope` that the question is
    the union's business; `answer_from` and `in_scope_from` what they were compared with, None where nothing
    was weighed.
    """

    text: str
    day: str | None
    decision: str
    confidence: float
    in_scope: float
    answer_from: float | None
    in_scope_from: float | None
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A form that is open: its name, and of a case its kind, what is asked for, and how the last answer was
    taken."""

    name: str
    kind: str | None = None
    wants: str | None = None
    taken: str | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """Why one message was said; what does not apply is empty.

    `because` begins with what decided. `intents` are the likeliest ones, best first. `action` composed the
    message, `steps` are all that the dialogue chose in the turn.
    """

    because: tuple[Because, ...] = ()
    intents: tuple[Likely, ...] = ()
    values: tuple[Value, ...] = ()
    action: str | None = None
    steps: tuple[Step, ...] = ()
    lookup: Lookup | None = None
    form: Form | None = None

    def also(self, *reasons: Because) -> Why:
        """Return it with further reasons, each of them once."""
        return replace(self, because=tuple(dict.fromkeys((*self.because, *reasons))))

    def after(self, *reasons: Because) -> Why:
        """Return it with reasons that come before all others."""
        return replace(self, because=tuple(dict.fromkeys((*reasons, *self.because))))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(value: dict[str, Any]) -> Why:
        lookup, form = value["lookup"], value["form"]
        return Why(
            because=tuple(Because(item) for item in value["because"]),
            intents=tuple(Likely(**item) for item in value["intents"]),
            values=tuple(Value(**item) for item in value["values"]),
            action=value["action"],
            steps=tuple(Step(**item) for item in value["steps"]),
            lookup=_lookup(lookup) if lookup is not None else None,
            form=Form(**form) if form is not None else None,
        )


UNEXPLAINED = Why()
"""Nothing to explain, as for what people write."""


def _lookup(value: dict[str, Any]) -> Lookup:
    return Lookup(**{**value, "candidates": tuple(Candidate(**item) for item in value["candidates"])})
