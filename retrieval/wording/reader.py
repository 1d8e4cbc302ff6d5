"""A question's text read for search: the tokens it is asked with and those it is also asked with."""

from collections.abc import Mapping
from dataclasses import dataclass

from language.words import Segmenter
from retrieval.wording.synonyms import Synonyms

SYNONYM = 0.3
"""What a token of a word with the same meaning counts beside a written one. On validation questions .2 to .7
make no difference that can be told from chance; below, the list does nothing, above, it buries what was said."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A normalised text for search: its tokens, each once, and `extra` ones with what each counts for."""

    text: str
    tokens: tuple[str, ...]
    extra: Mapping[str, float]


class WordingReader:
    """Reads texts with one segmenter and one list of synonyms. Safe from several threads."""

    def __init__(self, segmenter: Segmenter, synonyms: Synonyms) -> None:
        self._segmenter = segmenter
        self._synonyms = synonyms

    def read(self, text: str) -> Wording:
        """Return the wording of the normalised `text`."""
        tokens = tuple(dict.fromkeys(self._segmenter.tokens(text)))
        extra = {
            token: SYNONYM
            for meaning in self._synonyms.find(self._segmenter.pieces(text))
            for other in meaning.others
            for token in self._segmenter.tokens(other)
        }
        return Wording(text, tokens, {token: extra[token] for token in extra.keys() - set(tokens)})
