"""Finds candidates for a question and puts them in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from retrieval.bm25 import Bm25, Filter
from retrieval.dense import Dense, Near
from retrieval.earlier import MISS_OWNERS, MISSES
from retrieval.encoder import Vectors
from retrieval.fusion import fuse

DEPTH = 100
"""Passages taken from each of BM25 and the vectors before fusing."""


class Tier(IntEnum):
    """What comes first whatever the scores say."""

    FOUND = 0
    CITED = 1
    """The question names an article; this is it, or cites it."""
    NAMED = 2
    """The article itself that the question names."""
    EXACT = 3
    """The question is one of the card's own, word for word."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage on the way to being a hit; `near` is its best vector, `lexical` its BM25 score (0: none).

    `folded` holds the numbers of what else was found and states the same rule, best first. `stands_for` is
    the general rule whose place an organisation's own has taken.
    """

    number: int
    lexical: float
    near: Near
    score: float
    tier: Tier = Tier.FOUND
    folded: tuple[int, ...] = ()
    stands_for: Candidate | None = None

    @property
    def evidence(self) -> Candidate:
        """What speaks for this answering the question: itself, or the rule it takes the place of."""
        return self.stands_for or self


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the parts of the search see it. `allowed` is None when everything may be found.

    `extra` holds tokens that were not written but mean the same, with what each counts for beside one of
    `tokens`.
    """

    tokens: Sequence[str]
    vector: Vectors
    within: Filter
    allowed: npt.NDArray[np.bool_] | None
    limit: int
    extra: Mapping[str, float] = field(default_factory=dict)

    def may_find(self, number: int) -> bool:
        """Whether the asker may see the passage, and it is in force on the day asked about."""
        return self.allowed is None or bool(self.allowed[number])


def candidates(
    query: Query, lexical: Bm25, dense: Dense, share: Callable[[int], float], *, also: Iterable[int] = ()
) -> list[Candidate]:
    """BM25's best, the vectors' best and the passages in `also`, with fused scores, in no order.

    `share` is BM25's part in each passage's score (see `fusion.fuse`).
    """
    depth = max(DEPTH, query.limit)
    by_words = dict(
        lexical.search(query.tokens, depth, query.within, extra=query.extra, allowed=query.allowed)
    )
    near = {found.number: found for found in dense.search(query.vector, depth, query.allowed, query.within)}
    for found in dense.nearest_parts(query.vector, sorted((by_words.keys() | set(also)) - near.keys())):
        near[found.number] = found
    scores = fuse(by_words, {number: found.cosine for number, found in near.items()}, share)
    return [Candidate(number, by_words.get(number, 0.0), near[number], scores[number]) for number in scores]


class NearMisses:
    """What the `not_questions` of cards mean, by passage number."""

    def __init__(self, vectors: Vectors, owners: npt.NDArray[np.int32]) -> None:
        numbers, starts = np.unique(owners, return_index=True)
        self._rows = (
            dict(zip(numbers.tolist(), np.split(vectors, starts[1:]), strict=True)) if len(owners) else {}
        )

    @classmethod
    def read(cls, folder: Path) -> Self:
        return cls(np.load(folder / MISSES), np.load(folder / MISS_OWNERS))

    def nearer(self, vector: Vectors, candidate: Candidate) -> bool:
        """Whether `vector` is nearer to a near miss of the passage than to anything that is the passage."""
        cosine = self.cosine(vector, candidate.number)
        return cosine is not None and cosine > candidate.near.cosine

    def cosine(self, vector: Vectors, number: int) -> float | None:
        """Cosine of `vector` with the nearest of a passage's near misses, None when it has none."""
        rows = self._rows.get(number)
        return float((rows @ vector).max()) if rows is not None else None


def in_order(found: Iterable[Candidate]) -> list[Candidate]:
    """Best first: by tier, then score, then number, so that equal scores keep one order everywhere."""
    return sorted(found, key=lambda candidate: (-candidate.tier, -candidate.score, candidate.number))
