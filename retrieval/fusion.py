"""One score from two: BM25 and cosine, each divided by its query's maximum, weighted and added.

Rank fusion was measured and lost (docs/decisions): it forgets by how much the best is better. On documents
the encoder has never seen, BM25 must weigh more; hence two pairs of weights, chosen on validation data.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

SHIPPED = Path(__file__).parent / "artifacts" / "fusion.json"


@dataclass(frozen=True, slots=True)
class Weights:
    """What each sign is worth; `lexical` + `dense` = 1, so that fused scores lie in [0, 1]."""

    lexical: float
    dense: float
    topic: float
    """Added when the passage's topic is the one the intent names."""
    negative: float
    """Taken away when the query is nearer to one of the card's near misses than to its questions."""


def load_weights(file: Path = SHIPPED) -> Weights:
    """The weights in `file`."""
    values = json.loads(file.read_text(encoding="utf-8"))
    return Weights(**values["weights"])


def fuse(lexical: Mapping[int, float], dense: Mapping[int, float], weights: Weights) -> dict[int, float]:
    """The fused score of every passage in either, by number; one missing in the other counts 0 there."""
    best_lexical = _maximum(lexical.values())
    best_dense = _maximum(dense.values())
    return {
        number: weights.lexical * lexical.get(number, 0.0) / best_lexical
        + weights.dense * max(dense.get(number, 0.0), 0.0) / best_dense
        for number in lexical.keys() | dense.keys()
    }


def _maximum(scores: Iterable[float]) -> float:
    """The largest score, 1 when none is above 0: dividing by it is always allowed."""
    largest = max(scores, default=0.0)
    return largest if largest > 0 else 1.0
