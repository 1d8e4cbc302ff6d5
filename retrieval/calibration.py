"""From scores to a probability, and from the probability to a decision.

The probability that the first card answers the question is a logistic regression on a few signs of the match,
fitted by `python -m retrieval.training.calibration`; the thresholds stand beside the coefficients, each
with the error rate it was chosen for.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from retrieval.search import Decision

SHIPPED = Path(__file__).parent / "artifacts" / "calibration.json"


@dataclass(frozen=True, slots=True)
class Signs:
    """How well the first passage fits the question.

    Chosen among two dozen by what they add on validation questions: the nearest single question of a card
    says less than its text, because a question about something else is often worded alike.
    """

    coverage: float
    """Share of the question's tokens, weighted by idf, that occur in the passage, 0 to 1."""
    lexical: float
    """ln(1 + BM25 score)."""
    lexical_lead: float
    """BM25 score minus the best of any other rule's passage, over the larger of both, -1 to 1."""
    text_cosine: float
    """Cosine with the passage's title and text."""
    cosine_lead: float
    """Cosine with its best vector minus the best of any other rule's passage."""
    characters: float
    """ln(1 + the question's length): short questions score differently."""


FEATURES = tuple(field.name for field in fields(Signs))


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted logistic regression and the thresholds on its probability."""

    mean: Mapping[str, float]
    scale: Mapping[str, float]
    weights: Mapping[str, float]
    intercept: float
    answer_from: float
    clarify_from: float
    exact: float
    """Confidence when the question is one of the card's own, word for word."""

    def probability(self, signs: Signs) -> float:
        """The probability that the passage with these signs answers the question."""
        values = asdict(signs)
        total = self.intercept + sum(
            weight * (values[name] - self.mean[name]) / self.scale[name]
            for name, weight in self.weights.items()
        )
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))

    def decide(self, probability: float, *, on_card: bool) -> Decision:
        """What `probability` allows. Only a card may answer alone; statutes are shown to be read."""
        if on_card and probability >= self.answer_from:
            return Decision.ANSWER
        return Decision.CLARIFY if probability >= self.clarify_from else Decision.REFUSE


def load_calibration(file: Path = SHIPPED) -> Calibration:
    """The calibration in `file`.

    Raises:
        OSError, ValueError, KeyError, TypeError: missing, or not written by the training command.
    """
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return Calibration(**content["model"])


def coverage(question: Sequence[str], passage: frozenset[str], idf: Callable[[str], float]) -> float:
    """Share of the question's distinct tokens, weighted by idf, that the passage has."""
    weights = {token: idf(token) for token in question}
    total = sum(weights.values())
    return sum(weight for token, weight in weights.items() if token in passage) / total if total else 0.0
