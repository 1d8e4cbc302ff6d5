"""One score from two: BM25 and cosine, each divided by its query's maximum, weighted and added.

Rank fusion was measured and lost (docs/decisions/0005): it forgets by how much the best is better. On
documents the encoder has never seen, BM25 must weigh more: hence a share for cards and one for articles,
each chosen on validation data.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

SHIPPED = Path(__file__).parent / "artifacts" / "fusion.json"


@dataclass(frozen=True, slots=True)
class Weights:
    """What each sign is worth. BM25's share leaves the rest to the vectors, so fused scores lie in [0, 1]."""

    card_lexical: float
    """BM25's share in the score of a card, whose questions the encoder has learned from."""
    article_lexical: float
    """BM25's share in the score of an article, which the encoder may never have seen."""
    negative: float
    """Taken away when the query is nearer to one of the card's near misses than to its questions."""


def load_weights(file: Path = SHIPPED) -> Weights:
    """The weights in `file`."""
    values = json.loads(file.read_text(encoding="utf-8"))
    return Weights(**values["weights"])


def fuse(
    lexical: Mapping[int, float], dense: Mapping[int, float], share: Callable[[int], float]
) -> dict[int, float]:
    """The fused score of every passage in either, by number; one missing in the other counts 0 there.

    `share` gives BM25's part in a passage's score, between 0 and 1.
    """
    best_lexical = _maximum(lexical.values())
    best_dense = _maximum(dense.values())
    scores = {}
    for number in lexical.keys() | dense.keys():
        part = share(number)
        near = max(dense.get(number, 0.0), 0.0)
        scores[number] = part * lexical.get(number, 0.0) / best_lexical + (1 - part) * near / best_dense
    return scores


def _maximum(scores: Iterable[float]) -> float:
    """The largest score, 1 when none is above 0: dividing by it is always allowed."""
    largest = max(scores, default=0.0)
    return largest if largest > 0 else 1.0
