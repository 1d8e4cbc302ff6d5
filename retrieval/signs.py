"""Reads the signs of a match (see `calibration.Signs`) off a ranked list."""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from retrieval.bm25 import Bm25
from retrieval.calibration import Signs, coverage
from retrieval.dense import Dense
from retrieval.matches import Matches
from retrieval.ranking import Candidate, Query

_REMEMBERED_TOKENS = 65536


class SignReader:
    """The signs for passages of one index. Safe from several threads."""

    def __init__(self, passages: int, words: Bm25, dense: Dense, matches: Matches) -> None:
        self._passages = passages
        self._words = words
        self._dense = dense
        self._matches = matches
        self._idf = lru_cache(_REMEMBERED_TOKENS)(self._read_idf)

    def read(self, text: str, query: Query, ranked: Sequence[Candidate]) -> Signs:
        """The signs that the first of `ranked` (at least one) answers the normalised question `text`.

        Leads are measured over passages that state another rule: a branch's own version of the first one is
        no doubt about it, and is folded into it.
        """
        first, others = ranked[0].evidence, ranked[1:]
        second_lexical = max((other.lexical for other in others), default=0.0)
        second_cosine = max((other.near.cosine for other in others), default=0.0)
        return Signs(
            coverage=coverage(query.tokens, self._occurring(query.tokens, first.number), self._idf),
            lexical=math.log1p(first.lexical),
            lexical_lead=(first.lexical - second_lexical) / max(first.lexical, second_lexical, 1e-9),
            text_cosine=self._dense.text_cosine(query.vector, first.number),
            cosine_lead=first.near.cosine - second_cosine,
            characters=math.log1p(len(text)),
        )

    def _occurring(self, tokens: Sequence[str], number: int) -> frozenset[str]:
        distinct = list(dict.fromkeys(tokens))
        occur = self._matches.occur(distinct, np.array([number], dtype=np.int64))[:, 0]
        return frozenset(token for token, occurs in zip(distinct, occur.tolist(), strict=True) if occurs)

    def _read_idf(self, token: str) -> float:
        """Inverse document frequency as BM25 has it: ln(1 + (N - n + ½) / (n + ½))."""
        having = self._words.document_frequency(token)
        return math.log(1 + (self._passages - having + 0.5) / (having + 0.5))
