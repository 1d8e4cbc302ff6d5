"""A question's text read for search: the tokens it is asked with and those it is also asked with."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from language.words import Segmenter
from retrieval.wording.homophones import Homophones
from retrieval.wording.synonyms import Synonyms

SYNONYM = 0.3
"""What a token of a word with the same meaning counts beside a written one. On validation questions weights
from .2 to .7 differ by no more than chance; below, the list does little, above, it buries what was said."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A normalised text for search.

    `text` is it with words that were written as they sound put right, `tokens` are that text's, each once.
    `extra` holds what else is asked for with its weight: the tokens as they were written, in full, and those
    of words that mean the same, for less.
    """

    text: str
    tokens: tuple[str, ...]
    extra: Mapping[str, float]


class WordingReader:
    """Reads texts with one segmenter and one pair of word lists. Safe from several threads."""

    def __init__(self, segmenter: Segmenter, synonyms: Synonyms, homophones: Homophones) -> None:
        self._segmenter = segmenter
        self._synonyms = synonyms
        self._homophones = homophones
        self._listed = cache(segmenter.tokens)  # the same listed words come again and again

    def with_lists(
        self, *, synonyms: Synonyms | None = None, homophones: Homophones | None = None
    ) -> "WordingReader":
        """The same reader with other lists in the place of those that are given."""
        return WordingReader(self._segmenter, synonyms or self._synonyms, homophones or self._homophones)

    def read(self, written: str) -> Wording:
        """Return the wording of the normalised text that was `written`."""
        pieces = self._segmenter.pieces(written)
        text = self._put_right(pieces)
        also: dict[str, float] = {}
        if text != written:
            pieces = self._segmenter.pieces(text)
            also = dict.fromkeys(self._segmenter.tokens(written), 1.0)
        tokens = tuple(dict.fromkeys(self._segmenter.tokens(text)))
        for meaning in self._synonyms.find(pieces):
            for other in meaning.others:
                for token in self._listed(other):
                    also.setdefault(token, SYNONYM)
        return Wording(text, tokens, {token: weight for token, weight in also.items() if token not in tokens})

    def _put_right(self, pieces: list[str]) -> str:
        text = "".join(pieces)
        for reading in reversed(self._homophones.find(pieces)):
            text = text[: reading.start] + reading.word + text[reading.end :]
        return text
