"""Reads the signs of a match (see `calibration.Signs`) off a ranked list."""

import math
from collections.abc import Sequence
from functools import lru_cache

from retrieval.bm25 import Bm25
from retrieval.calibration import Signs, coverage, overlap
from retrieval.passages import Passage
from retrieval.ranking import Candidate
from retrieval.tokens import passage_tokens, segmenter

_REMEMBERED = 4096
_KNOWN_WORDS = 65536
_COMPANY = 2


class SignReader:
    """The signs for passages of one index. Safe from several threads."""

    def __init__(self, passages: Sequence[Passage], words: Bm25) -> None:
        self._passages = passages
        self._words = words
        # Cutting a whole card takes milliseconds; the same few cards come first again and again.
        self._tokens = lru_cache(_REMEMBERED)(self._cut)
        self._part_tokens = lru_cache(_REMEMBERED)(self._cut_part)
        self._idf = lru_cache(_KNOWN_WORDS)(self._read_idf)

    def read(self, text: str, tokens: Sequence[str], ranked: Sequence[Candidate]) -> Signs:
        """The signs that the first of `ranked` (at least one) answers the normalised question `text`."""
        first = ranked[0]
        passage = self._passages[first.number]
        others = [
            candidate for candidate in ranked[1:] if not related(passage, self._passages[candidate.number])
        ]
        best_words = max(ranked, key=lambda candidate: candidate.lexical).number
        best_vector = max(ranked, key=lambda candidate: candidate.near.cosine).number
        company = others[:_COMPANY]
        return Signs(
            coverage=coverage(tokens, self._tokens(first.number), self._idf),
            overlap=overlap(tokens, self._part_tokens(first.number, first.near.part), self._idf),
            cosine=first.near.cosine,
            cosine_margin=first.near.cosine - max((other.near.cosine for other in others), default=0.0),
            score_margin=first.score - max((other.score for other in others), default=0.0),
            agreement=((best_words == first.number) + (best_vector == first.number)) / 2,
            company=sum(self._passages[other.number].topic == passage.topic for other in company) / _COMPANY,
            characters=math.log(1 + len(text)),
        )

    def _read_idf(self, token: str) -> float:
        """Inverse document frequency as BM25 has it: ln(1 + (N - n + ½) / (n + ½))."""
        having = self._words.document_frequency(token)
        return math.log(1 + (len(self._passages) - having + 0.5) / (having + 0.5))

    def _cut(self, number: int) -> frozenset[str]:
        return frozenset(passage_tokens(self._passages[number]))

    def _cut_part(self, number: int, part: int) -> tuple[str, ...]:
        passage = self._passages[number]
        return tuple(segmenter().tokens(passage.questions[part] if part >= 0 else passage.title))


def related(one: Passage, other: Passage) -> bool:
    """Whether both state one rule: a branch's version of it, or the rule before or after a change."""
    if one.id in (other.id, other.base, other.supersedes) or other.id in (one.base, one.supersedes):
        return True
    return one.base is not None and one.base == other.base
