"""The question put to the index and the result that comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from retrieval.passages import Passage


class Decision(StrEnum):
    ANSWER = "answer"
    CLARIFY = "clarify"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Heard:
    """What the dialogue makes of a question: how probable each topic is, and that it is out of scope."""

    topics: Mapping[str, float]
    out_of_scope: float


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, by whom and for which day.

    `as_of` None finds also what is no longer in force, and what is not yet: to know that a rule has ended is
    worth something too. `organisations` holds the asker's organisation path and its ancestors; national
    passages are always seen. `heard` is None where the dialogue was not asked.
    """

    text: str
    as_of: date | None
    organisations: tuple[str, ...] = ()
    heard: Heard | None = None
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage found. `score` rises with the probability that it answers; `matched_question` is the
    card's question variant that came nearest, if one did.

    `also` holds what else was found and states the same rule: the general rule behind a branch's own, or the
    same article under another name. `paragraph` is the part of an article that the question names.
    """

    passage: Passage
    score: float
    matched_question: str | None
    also: tuple[Passage, ...] = ()
    paragraph: str | None = None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities (0–1) a decision was compared with: from `answer_from` on a card is the answer, below
    `in_scope_from` the question is taken for no business of the union."""

    answer_from: float
    in_scope_from: float


@dataclass(frozen=True, slots=True)
class Result:
    """Hits best first, and what may be done with them.

    `confidence` is the calibrated probability (0–1) that the first hit answers the question, `in_scope` the
    one that the question is any business of the union. `thresholds` is None where nothing was weighed: a
    card's own question, articles alone, nothing found.
    """

    decision: Decision
    confidence: float
    in_scope: float
    hits: tuple[Hit, ...]
    index_version: str
    thresholds: Thresholds | None = None
