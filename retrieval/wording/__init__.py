"""What a question says besides its letters: other words for the same thing, words written as they sound."""

from functools import cache, partial

from language.words import load_stop_words
from retrieval.tokens import LEXICON, STOP_WORDS, dictionary_words, law_names, segmenter
from retrieval.wording.homophones import HomophoneList, Homophones
from retrieval.wording.reader import Wording, WordingReader
from retrieval.wording.synonyms import Synonyms
from retrieval.wording.wordlist import WordListError

__all__ = ["WordListError", "Wording", "WordingReader", "word_list_errors", "wording_reader"]

_LAW_LENGTHS = range(4, 11)
"""Shorter names of laws are too easily heard (工会发 is no 工会法), longer ones are not typed by ear."""


_SYNONYMS = LEXICON / "synonyms.txt"
_HOMOPHONES = LEXICON / "homophones.txt"


@cache
def wording_reader() -> WordingReader:
    """The reader with the shipped word lists; building it takes about a second.

    Raises:
        WordListError: one of them cannot be read.
    """
    laws = [name for name in law_names().names if len(name) in _LAW_LENGTHS]
    synonyms = Synonyms.load(_SYNONYMS)
    homophones = Homophones(
        HomophoneList.load(_HOMOPHONES),
        (*dictionary_words(), *laws),
        frequency=segmenter().frequency,
        stop_words=load_stop_words(STOP_WORDS),
        known=synonyms.words,
    )
    return WordingReader(segmenter(), synonyms, homophones)


def word_list_errors() -> list[WordListError]:
    """What keeps the word lists from being read, the first fault of each."""
    errors = []
    for read in (partial(Synonyms.load, _SYNONYMS), partial(HomophoneList.load, _HOMOPHONES)):
        try:
            read()
        except WordListError as error:
            errors.append(error)
    return errors
