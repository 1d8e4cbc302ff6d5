"""What the ranker of articles looks at: one row of numbers for each article found.

What proved itself, and what did not, is in docs/retrieval.md. Ranks count from 0; shares are parts of the
largest value among the articles found for the question.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from retrieval.bm25 import Bm25
from retrieval.catalogue import Catalogue
from retrieval.dense import Dense
from retrieval.matches import Matches
from retrieval.memory import Memory, Recollection, Trust, Votes
from retrieval.ranking import Candidate, Query

_VOTES = ("sum", "best", "law_sum", "law_best")
_PRIORS = ("prior", "law_prior")
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
    "word_coverage",
    "pair_coverage",
    "rarest",
    "second_rarest",
    "matched",
    "length",
    "question_length",
    "law_length",
    "position",
    "law_lexical",
    "law_cosine",
    "law_lexical_count",
    "law_cosine_count",
    "beside_fused",
    "beside_lexical",
    "beside_cosine",
    "most_lexical",
    "most_cosine",
    *(f"{trust}_{name}" for trust in Trust for name in (*_VOTES, *_PRIORS, "nearest")),
    *(f"{trust}_words_{name}" for trust in Trust for name in _VOTES),
)
_REMEMBERED_TOKENS = 65536
_AMONG = 50
"""Articles of each search that are counted by law."""
_BESIDE = (-2, -1, 1, 2)
"""Articles that count as beside another of their law, by their distance from it."""
_PAIR = 2
"""Characters of a token that is a pair; a word of two is one as well."""

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

    def rows(self, query: Query, recalled: Recollection, found: Sequence[Candidate]) -> Row:
        """float32 [len(found), len(FEATURES)] for the articles `found` by words, vectors and memory."""
        numbers = np.array([candidate.number for candidate in found], dtype=np.int64)
        lexical = np.array([candidate.lexical for candidate in found])
        cosine = np.array([candidate.near.cosine for candidate in found])
        codes = self._laws[numbers]
        laws, of_law = codes.tolist(), np.unique(codes, return_inverse=True)[1]
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
            "law_lexical": _best_of_law(shares[0], of_law),
            "law_cosine": _best_of_law(cosine, of_law),
            "law_lexical_count": _count_of_law(lexical, of_law),
            "law_cosine_count": _count_of_law(cosine, of_law),
            **self._beside(numbers, laws, fused=fused, lexical=shares[0], cosine=cosine),
            "most_lexical": np.full(len(found), _most(lexical)),
            "most_cosine": np.full(len(found), _most(cosine)),
        }
        for trust in Trust:
            columns |= self._remembered(trust, recalled.near[trust], numbers.tolist(), laws)
            columns |= _votes(f"{trust}_words", recalled.alike[trust], numbers.tolist(), laws)
        return np.stack([np.asarray(columns[name], np.float32) for name in FEATURES], axis=1)

    def _lexical(self, query: Query, numbers: npt.NDArray[np.int64]) -> dict[str, npt.ArrayLike]:
        idf = np.array([self._idf(token) for token in query.tokens])
        pairs = np.array([len(token) == _PAIR for token in query.tokens], dtype=np.bool_)
        occur = self._matches.occur(query.tokens, numbers)
        rarest = np.sort(np.where(occur, idf[:, None], 0.0), axis=0)[::-1]
        return {
            "coverage": _coverage(idf, occur),
            "word_coverage": _coverage(idf[~pairs], occur[~pairs]),
            "pair_coverage": _coverage(idf[pairs], occur[pairs]),
            "rarest": rarest[0] if len(rarest) else np.zeros(len(numbers)),
            "second_rarest": rarest[1] if len(rarest) > 1 else np.zeros(len(numbers)),
            "matched": occur.sum(axis=0),
            "length": self._matches.lengths(numbers),
            "question_length": np.full(len(numbers), len(query.tokens)),
        }

    def _beside(
        self, numbers: npt.NDArray[np.int64], laws: Sequence[int], **scores: npt.NDArray[np.float64]
    ) -> dict[str, npt.ArrayLike]:
        """The best of each score that an article beside has, 0 where none of them was found."""
        order = np.argsort(numbers, kind="stable")
        rising, codes = numbers[order], np.asarray(laws)
        best = {name: np.zeros(len(numbers)) for name in scores}
        for distance in _BESIDE:
            places = np.minimum(rising.searchsorted(numbers + distance), len(numbers) - 1)
            near = order[places]
            there = (rising[places] == numbers + distance) & (codes[near] == codes)
            for name, values in scores.items():
                np.maximum(best[name], np.where(there, values[near], 0.0), out=best[name])
        return {f"beside_{name}": values for name, values in best.items()}

    def _remembered(
        self, trust: Trust, votes: Votes, numbers: Sequence[int], laws: Sequence[int]
    ) -> dict[str, npt.ArrayLike]:
        priors = self._memory.priors(trust)
        return {
            f"{trust}_nearest": np.full(len(numbers), votes.nearest),
            f"{trust}_prior": [priors.passages.get(number, 0) for number in numbers],
            f"{trust}_law_prior": [priors.laws.get(law, 0) for law in laws],
            **_votes(str(trust), votes, numbers, laws),
        }

    def _read_idf(self, token: str) -> float:
        """Inverse document frequency as BM25 has it: ln(1 + (N - n + ½) / (n + ½))."""
        having = self._words.document_frequency(token)
        return math.log(1 + (self._passages - having + 0.5) / (having + 0.5))


def _coverage(idf: npt.NDArray[np.float64], occur: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """The part of the tokens' `idf` [t] that is there in each passage, [n]; `occur` is [t, n]."""
    coverage: npt.NDArray[np.float64] = idf @ occur / max(float(idf.sum()), 1e-9)
    return coverage


def _votes(name: str, votes: Votes, numbers: Sequence[int], laws: Sequence[int]) -> dict[str, npt.ArrayLike]:
    return {
        f"{name}_sum": [votes.sums.get(number, 0.0) for number in numbers],
        f"{name}_best": [votes.best.get(number, 0.0) for number in numbers],
        f"{name}_law_sum": [votes.law_sums.get(law, 0.0) for law in laws],
        f"{name}_law_best": [votes.law_best.get(law, 0.0) for law in laws],
    }


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


def _best_of_law(values: npt.NDArray[np.float64], of_law: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """The best value of each passage's law, 0 at least; `of_law` [n] numbers the laws from 0."""
    best = np.zeros(int(of_law.max(initial=-1)) + 1)
    np.maximum.at(best, of_law, values)
    return best[of_law]


def _count_of_law(values: npt.NDArray[np.float64], of_law: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How many of the best passages are of each passage's law."""
    best = np.argsort(-values, kind="stable")[:_AMONG]
    return np.bincount(of_law[best], minlength=len(of_law))[of_law]
