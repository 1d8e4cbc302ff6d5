"""What BM25 counts: words and character pairs, from one segmenter for index and query."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from language.laws import LawNames
from language.words import Segmenter, load_stop_words
from retrieval.passages import Kind, Passage

LEXICON = Path(__file__).resolve().parent.parent / "nlu_data" / "lexicon"
_DICTIONARY = LEXICON / "jieba"
STOP_WORDS = LEXICON / "stopwords.txt"
_LAWS = LEXICON / "laws.txt"
_FORMAT = "2"
"""Raised when the code here changes what is counted."""


@cache
def segmenter() -> Segmenter:
    """The segmenter with the union's dictionary and stop words; building it takes about a second."""
    return Segmenter(
        _DICTIONARY if _DICTIONARY.is_dir() else None,
        stop_words=load_stop_words(STOP_WORDS),
    )


@cache
def law_names() -> LawNames:
    """The laws that are recognised by name, with their usual short names."""
    return LawNames.load(_LAWS)


def dictionary_words() -> list[str]:
    """The words the union's dictionary adds to jieba's, in the order of its files."""
    lines = (
        line
        for file in sorted(_DICTIONARY.glob("*.txt"))
        for line in file.read_text(encoding="utf-8").splitlines()
    )
    return [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]


def lexicon_fingerprint() -> str:
    """A hash of all that decides how text is cut; an index is good for one of them only."""
    digest = hashlib.sha256(_FORMAT.encode())
    for file in [*sorted(_DICTIONARY.glob("*.txt")), STOP_WORDS]:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def passage_tokens(passage: Passage, cut: Callable[[str], list[str]] | None = None) -> list[str]:
    """All tokens of a passage; its name counts twice, because it says what the passage is about.

    `cut` gives a text's tokens in the place of the segmenter's own way.
    """
    cut = cut or segmenter().tokens
    tokens = cut(passage.title)
    if passage.kind is Kind.ARTICLE:
        tokens += cut(passage.law or passage.title)
    else:
        tokens += tokens
    for question in passage.asked:
        tokens += cut(question)
    if passage.heading:
        tokens += cut(passage.heading)
    return tokens + cut(passage.text)
