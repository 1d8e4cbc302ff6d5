"""From the signs of a match to two probabilities, and from these to a decision.

One is the probability that the first card answers the question, the other that the question is any business
of the union. Both are boosted trees fitted by `retrieval.training.calibration`, once with what the dialogue
heard and once without; the thresholds stand beside them, each with the error rate it was chosen for.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from retrieval.learned import BoostedTrees
from retrieval.search import Decision, Thresholds
from retrieval.signs import HEARD_SIGNS, SIGNS, Signs, rows_of

FILE = "calibration.json"
FOLDER = "decision"
"""Holds `<judge>/<probability>/`, one folder of trees each."""
SIGNS_OF = {"heard": (*SIGNS, *HEARD_SIGNS), "alone": SIGNS}
"""What each judge looks at, by its name."""


class Scorer(Protocol):
    """Probabilities over named features, such as `BoostedTrees`."""

    @property
    def features(self) -> Sequence[str]: ...

    def score(self, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]: ...


@dataclass(frozen=True, slots=True)
class Judge:
    """The two probabilities over one set of signs, and the thresholds on them."""

    answers: Scorer
    in_scope: Scorer
    answer_from: float
    in_scope_from: float
    short_in_scope_from: float
    """The same for short questions (see `signs.SHORT`), of which fewer words can speak for either side."""

    def scope_threshold(self, signs: Signs) -> float:
        """The probability from which a question like this counts as one in scope."""
        return self.short_in_scope_from if signs.values["short"] else self.in_scope_from


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was decided, the two probabilities it rests on, and what they were compared with, if anything."""

    decision: Decision
    answers: float
    in_scope: float
    thresholds: Thresholds | None = None


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
        answers, in_scope = probability(judge.answers, signs), probability(judge.in_scope, signs)
        thresholds = Thresholds(judge.answer_from, judge.scope_threshold(signs))
        if in_scope < thresholds.in_scope_from:
            return Judgement(Decision.REFUSE, answers, in_scope, thresholds)
        decision = Decision.ANSWER if answers >= thresholds.answer_from else Decision.CLARIFY
        return Judgement(decision, answers, in_scope, thresholds)


class _Nothing:
    """Knows nothing."""

    features: Sequence[str] = ()

    def score(self, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        return np.full(len(features), 0.5)


_ASKS_BACK = Judge(_Nothing(), _Nothing(), answer_from=1.0, in_scope_from=0.0, short_in_scope_from=0.0)
UNFITTED = Calibration(_ASKS_BACK, _ASKS_BACK, exact=1.0, choice_from=0.0)
"""For an index that is opened to fit on it."""


def probability(scorer: Scorer, signs: Signs) -> float:
    """The probability for a match with these signs, 0 to 1."""
    return float(scorer.score(rows_of([signs], scorer.features))[0])


def load_calibration(folder: Path) -> Calibration:
    """The calibration among the artifacts in `folder`.

    Raises:
        OSError, ValueError, KeyError, TypeError, BoostedTreesError: missing, or not written by the training
            command.
    """
    model: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))["model"]
    return Calibration(
        heard=_judge(folder, "heard", model["heard"]),
        alone=_judge(folder, "alone", model["alone"]),
        exact=model["exact"],
        choice_from=model["choice_from"],
    )


def _judge(folder: Path, name: str, thresholds: dict[str, float]) -> Judge:
    trees = {
        part: BoostedTrees.load(folder / FOLDER / name / part, features=SIGNS_OF[name])
        for part in ("answers", "in_scope")
    }
    return Judge(
        answers=trees["answers"],
        in_scope=trees["in_scope"],
        answer_from=thresholds["answer_from"],
        in_scope_from=thresholds["in_scope_from"],
        short_in_scope_from=thresholds["short_in_scope_from"],
    )
