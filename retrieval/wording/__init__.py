"""What a question says besides its letters: other words for the same thing, words written as they sound."""

from functools import cache

from retrieval.tokens import LEXICON, segmenter
from retrieval.wording.reader import Wording, WordingReader
from retrieval.wording.synonyms import Synonyms

__all__ = ["Wording", "WordingReader", "wording_reader"]


@cache
def wording_reader() -> WordingReader:
    """The reader with the shipped word lists; building it takes about a second."""
    return WordingReader(segmenter(), Synonyms.load(LEXICON / "synonyms.txt"))
