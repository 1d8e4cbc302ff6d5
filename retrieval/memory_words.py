"""Remembered questions by their words: which of them share rare words with a question.

A question's words say less than its vector about what it means, and more about the very thing it names.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from retrieval.keytable import KeyTable

_POSTINGS = "memory_words.npz"
_TOKENS = "memory_tokens"

Floats = npt.NDArray[np.float64]


class MemoryWords:
    """The words of a version's remembered questions; may be used from several threads.

    `idf` [tokens] is ln(1 + (N - n + ½) / (n + ½)) for a token that n of the N questions have; `rows` and
    `weights` hold, token by token from `starts` on, the questions that have it and what it is of their
    length.
    """

    def __init__(
        self,
        tokens: KeyTable,
        idf: Floats,
        starts: npt.NDArray[np.int64],
        rows: npt.NDArray[np.int32],
        weights: Floats,
        questions: int,
    ) -> None:
        self._tokens = tokens
        self._idf = idf
        self._starts = starts
        self._rows = rows
        self._weights = weights
        self._questions = questions

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The words in a version's folder."""
        with np.load(folder / _POSTINGS) as arrays:
            return cls(
                KeyTable.open(folder, _TOKENS),
                arrays["idf"],
                arrays["starts"],
                arrays["rows"],
                arrays["weights"],
                int(arrays["questions"]),
            )

    def likeness(self, tokens: Sequence[str]) -> Floats:
        """Cosine of idf-weighted words with each remembered question, [questions], 0 to 1.

        Words that no remembered question has count for nothing.
        """
        cosines = np.zeros(self._questions)
        known = np.unique(self._tokens.first(tokens))
        known = known[known >= 0]
        length = float(np.linalg.norm(self._idf[known]))
        for number in known.tolist():
            span = slice(self._starts[number], self._starts[number + 1])
            cosines[self._rows[span]] += self._weights[span] * (self._idf[number] / length)
        return cosines


def write_memory_words(questions: Sequence[Sequence[str]], folder: Path) -> None:
    """Write the tokens of remembered questions into a version's folder."""
    kept = [sorted(set(tokens)) for tokens in questions]
    having = Counter(token for tokens in kept for token in tokens)
    numbers = {token: number for number, token in enumerate(sorted(having))}
    counts = np.array([having[token] for token in numbers], dtype=np.float64)
    idf = np.log(1 + (len(kept) - counts + 0.5) / (counts + 0.5))
    columns = [np.array([numbers[token] for token in tokens], dtype=np.int64) for tokens in kept]
    lengths = [float(np.linalg.norm(idf[column])) for column in columns]
    owners = np.repeat(np.arange(len(kept), dtype=np.int32), [len(column) for column in columns])
    ids = np.concatenate([np.empty(0, np.int64), *columns])
    order = np.argsort(ids, kind="stable")
    weights = idf[ids] / np.repeat(lengths, [len(column) for column in columns])
    np.savez(
        folder / _POSTINGS,
        idf=idf,
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        rows=owners[order],
        weights=weights[order],
        questions=len(kept),
    )
    KeyTable.write(numbers.items(), folder, _TOKENS)
