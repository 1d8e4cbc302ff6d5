"""From the signs of a match to two probabilities, and from these to a decision.

One is the probability that the first card answers the question, the other that the question is any business
of the union. Both are logistic regressions fitted by `retrieval.training.calibration`, once with what the
dialogue heard and once without; the thresholds stand beside them, each with the error rate it was chosen for.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.search import Decision
from retrieval.signs import Signs, value_of

SHIPPED = Path(__file__).parent / "artifacts" / "calibration.json"


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression over named signs, each standardised."""

    mean: Mapping[str, float]
    scale: Mapping[str, float]
    weights: Mapping[str, float]
    intercept: float

    def probability(self, signs: Signs) -> float:
        """The probability for a match with these signs, 0 to 1."""
        total = self.intercept + sum(
            weight * (value_of(signs, name) - self.mean[name]) / self.scale[name]
            for name, weight in self.weights.items()
        )
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True, slots=True)
class Judge:
    """The two regressions for one set of signs, and the thresholds on them."""

    answers: Logistic
    in_scope: Logistic
    answer_from: float
    in_scope_from: float
    short_in_scope_from: float
    """The same for short questions (see `signs.SHORT`), of which fewer words can speak for either side."""

    def scope_threshold(self, signs: Signs) -> float:
        """The probability from which a question like this counts as one in scope."""
        return self.short_in_scope_from if signs.values["short"] else self.in_scope_from


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was decided, and the two probabilities it rests on."""

    decision: Decision
    answers: float
    in_scope: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Judges with and without what the dialogue heard."""

    heard: Judge
    alone: Judge
    exact: float
    """Confidence when the question is one of the card's own, word for word."""
    choice_from: float
    """A card is named in a question back from this probability on, unless there were fewer than two."""

    def judge(self, signs: Signs) -> Judgement:
        """What to do with the first card."""
        judge = self.alone if signs.heard is None else self.heard
        answers, in_scope = judge.answers.probability(signs), judge.in_scope.probability(signs)
        if in_scope < judge.scope_threshold(signs):
            return Judgement(Decision.REFUSE, answers, in_scope)
        decision = Decision.ANSWER if answers >= judge.answer_from else Decision.CLARIFY
        return Judgement(decision, answers, in_scope)


_NOTHING = Logistic({}, {}, {}, 0.0)
_ASKS_BACK = Judge(_NOTHING, _NOTHING, answer_from=1.0, in_scope_from=0.0, short_in_scope_from=0.0)
UNFITTED = Calibration(_ASKS_BACK, _ASKS_BACK, exact=1.0, choice_from=0.0)
"""Knows nothing: for an index that is opened to fit on it."""


def load_calibration(file: Path = SHIPPED) -> Calibration:
    """The calibration in `file`.

    Raises:
        OSError, ValueError, KeyError, TypeError: missing, or not written by the training command.
    """
    model: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["model"]
    return Calibration(
        heard=_judge(model["heard"]),
        alone=_judge(model["alone"]),
        exact=model["exact"],
        choice_from=model["choice_from"],
    )


def _judge(content: Mapping[str, Any]) -> Judge:
    return Judge(
        answers=Logistic(**content["answers"]),
        in_scope=Logistic(**content["in_scope"]),
        answer_from=content["answer_from"],
        in_scope_from=content["in_scope_from"],
        short_in_scope_from=content["short_in_scope_from"],
    )
