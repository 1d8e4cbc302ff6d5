"""Tokens of mixed passages from tokens of their sentences, each cut once.

No word and no pair of characters crosses the end of a sentence, so the tokens are those of the whole text.
"""

from collections.abc import Sequence
from functools import cache

from benchmarks.mixed import sentences
from retrieval.earlier import Bag, passage_key
from retrieval.encoder import Vectors
from retrieval.passages import Passage
from retrieval.tokens import passage_tokens, segmenter


class Pieces:
    """What `build.write_version` need not work out again: words; vectors are all encoded."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._texts = {passage_key(passage): passage for passage in passages}
        self._cut = cache(segmenter().tokens)

    def tokens(self, key: int) -> Bag | None:
        return Bag.of(passage_tokens(self._texts[key], cut=self._of_text))

    def vectors(self, key: int) -> tuple[Vectors, Vectors] | None:
        del key
        return None

    def _of_text(self, text: str) -> list[str]:
        return [token for sentence in sentences(text) for token in self._cut(sentence)]
