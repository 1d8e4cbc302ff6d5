"""What the ranker of articles looks at: one row of numbers for each article found.

What proved itself, and what did not, is in docs/retrieval.md. Ranks count from 0; shares are parts of the
largest value among the articles found for the question.
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from retrieval.bm25 import Bm25
from retrieval.catalogue import Catalogue
from retrieval.dense import Dense
from retrieval.matches import Matches
from retrieval.memory import Memory, Trust, Votes
from retrieval.ranking import Candidate, Query

_MEMORY = ("sum", "best", "law_sum", "law_best", "prior", "law_prior")
FEATURES = (
    "lexical",
    "lexical_share",
    "lexical_rank",
    "cosine",
    "cosine_share",
    "cosine_rank",
    "half_cosine",
    "fused",
    "fused_rank",
    "coverage",
    "matched",
    "length",
    "question_length",
    "law_length",
    "position",
    "law_lexical",
    "law_cosine",
    "law_lexical_count",
    "law_cosine_count",
    "most_lexical",
    "most_cosine",
    *(f"{trust}_{name}" for trust in Trust for name in _MEMORY),
    *(f"{trust}_nearest" for trust in Trust),
)
_REMEMBERED_TOKENS = 65536
_AMONG = 50
"""Articles of each search that are counted by law."""

Row = npt.NDArray[np.float32]


class ArticleFeatures:
    """The features for the articles of one index. Safe from several threads."""

    def __init__(
        self, catalogue: Catalogue, words: Bm25, dense: Dense, matches: Matches, memory: Memory
    ) -> None:
        self._words = words
        self._dense = dense
        self._matches = matches
        self._memory = memory
        self._laws = catalogue.law_codes
        codes, firsts, counts = np.unique(self._laws, return_index=True, return_counts=True)
        self._first = dict(zip(codes.tolist(), firsts.tolist(), strict=True))
        self._size = dict(zip(codes.tolist(), counts.tolist(), strict=True))
        self._passages = len(catalogue)
        self._idf = lru_cache(_REMEMBERED_TOKENS)(self._read_idf)

    def rows(self, query: Query, votes: Mapping[Trust, Votes], found: Sequence[Candidate]) -> Row:
        """float32 [len(found), len(FEATURES)] for the articles `found` by words, vectors and memory."""
        numbers = np.array([candidate.number for candidate in found], dtype=np.int64)
        lexical = np.array([candidate.lexical for candidate in found])
        cosine = np.array([candidate.near.cosine for candidate in found])
        laws = self._laws[numbers].tolist()
        shares = lexical / _most(lexical), np.maximum(cosine, 0.0) / _most(cosine)
        fused = (shares[0] + shares[1]) / 2
        vectors = self._dense.texts(numbers)
        columns = {
            "lexical": lexical,
            "lexical_share": shares[0],
            "lexical_rank": _ranks(lexical),
            "cosine": cosine,
            "cosine_share": shares[1],
            "cosine_rank": _ranks(cosine),
            "half_cosine": _half_cosines(vectors, query.vector),
            "fused": fused,
            "fused_rank": _ranks(fused),
            **self._lexical(query, numbers),
            "law_length": [self._size[law] for law in laws],
            "position": [int(number) - self._first[law] for number, law in zip(numbers, laws, strict=True)],
            "law_lexical": _best_of_law(shares[0], laws),
            "law_cosine": _best_of_law(cosine, laws),
            "law_lexical_count": _count_of_law(lexical, laws),
            "law_cosine_count": _count_of_law(cosine, laws),
            "most_lexical": np.full(len(found), _most(lexical)),
            "most_cosine": np.full(len(found), _most(cosine)),
        }
        for trust in Trust:
            columns |= self._remembered(trust, votes[trust], numbers.tolist(), laws)
        return np.stack([np.asarray(columns[name], np.float32) for name in FEATURES], axis=1)

    def _lexical(self, query: Query, numbers: npt.NDArray[np.int64]) -> dict[str, npt.ArrayLike]:
        idf = np.array([self._idf(token) for token in query.tokens])
        occur = self._matches.occur(query.tokens, numbers)
        return {
            "coverage": idf @ occur / max(float(idf.sum()), 1e-9) if len(idf) else np.zeros(len(numbers)),
            "matched": occur.sum(axis=0),
            "length": self._matches.lengths(numbers),
            "question_length": np.full(len(numbers), len(query.tokens)),
        }

    def _remembered(
        self, trust: Trust, votes: Votes, numbers: Sequence[int], laws: Sequence[int]
    ) -> dict[str, npt.ArrayLike]:
        priors = self._memory.priors(trust)
        by_passage = {"sum": votes.sums, "best": votes.best, "prior": priors.passages}
        by_law = {"law_sum": votes.law_sums, "law_best": votes.law_best, "law_prior": priors.laws}
        columns: dict[str, npt.ArrayLike] = {f"{trust}_nearest": np.full(len(numbers), votes.nearest)}
        for name, values in by_passage.items():
            columns[f"{trust}_{name}"] = [values.get(number, 0) for number in numbers]
        for name, values in by_law.items():
            columns[f"{trust}_{name}"] = [values.get(law, 0) for law in laws]
        return columns

    def _read_idf(self, token: str) -> float:
        """Inverse document frequency as BM25 has it: ln(1 + (N - n + ½) / (n + ½))."""
        having = self._words.document_frequency(token)
        return math.log(1 + (self._passages - having + 0.5) / (having + 0.5))


def _most(values: npt.NDArray[np.float64]) -> float:
    """The largest of `values`, 1 when none is above 0: dividing by it is always allowed."""
    largest = float(values.max(initial=0.0))
    return largest if largest > 0 else 1.0


def _ranks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The place of each value when the largest comes first."""
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[np.argsort(-values, kind="stable")] = np.arange(len(values))
    return ranks


def _half_cosines(vectors: npt.NDArray[np.float32], query: npt.NDArray[np.float32]) -> Row:
    """Cosines over the first half of the dimensions, which rank by themselves (Matryoshka)."""
    half = vectors.shape[1] // 2
    lengths = np.linalg.norm(vectors[:, :half], axis=1) * np.linalg.norm(query[:half])
    cosines: Row = (vectors[:, :half] @ query[:half]) / np.maximum(lengths, 1e-9)
    return cosines


def _best_of_law(values: npt.NDArray[np.float64], laws: Sequence[int]) -> list[float]:
    """The best value of each passage's law."""
    best: dict[int, float] = {}
    for value, law in zip(values.tolist(), laws, strict=True):
        best[law] = max(best.get(law, 0.0), value)
    return [best[law] for law in laws]


def _count_of_law(values: npt.NDArray[np.float64], laws: Sequence[int]) -> list[int]:
    """How many of the best passages are of each passage's law."""
    counts: dict[int, int] = {}
    for at in np.argsort(-values, kind="stable")[:_AMONG].tolist():
        counts[laws[at]] = counts.get(laws[at], 0) + 1
    return [counts.get(law, 0) for law in laws]
