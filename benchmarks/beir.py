"""Figures over ranked lists, and how sure they are."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RECALL_AT = (1, 5, 10, 20, 100)
_RESAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean difference with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


def per_question(ranked: Sequence[str], gold: Mapping[str, int]) -> dict[str, float]:
    """Every figure of one ranked list (at least 100 ids, or all there are) against its gold passages."""
    figures = {f"recall@{k}": sum(one in gold for one in ranked[:k]) / len(gold) for k in RECALL_AT}
    figures["hit@5"] = float(any(one in gold for one in ranked[:5]))
    places = [at for at, one in enumerate(ranked[:10]) if one in gold]
    figures["MRR@10"] = 1 / (places[0] + 1) if places else 0.0
    gained = sum(gold.get(one, 0) / math.log2(at + 2) for at, one in enumerate(ranked[:10]))
    best = sorted(gold.values(), reverse=True)[:10]
    figures["nDCG@10"] = gained / sum(grade / math.log2(at + 2) for at, grade in enumerate(best))
    return figures


def means(figures: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean of every figure over the questions."""
    return {name: float(np.mean([one[name] for one in figures])) for name in figures[0]}


def paired_difference(
    ours: Sequence[Mapping[str, float]], theirs: Sequence[Mapping[str, float]], name: str
) -> Interval:
    """Ours minus theirs on the same questions, resampling questions with replacement."""
    differences: npt.NDArray[np.float64] = np.array(
        [one[name] - other[name] for one, other in zip(ours, theirs, strict=True)]
    )
    rng = np.random.default_rng(0)
    picks = rng.integers(0, len(differences), (_RESAMPLES, len(differences)))
    resampled = differences[picks].mean(axis=1)
    low, high = np.quantile(resampled, [0.025, 0.975])
    return Interval(float(differences.mean()), float(low), float(high))
