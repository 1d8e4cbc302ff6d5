"""What is found without scoring: a card's own question, and an article named by law and number."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from language.normalise import normalise
from retrieval.keytable import KeyTable
from retrieval.passages import Kind, Passage

_ASKED = "asked"
_REFUSED = "refused"
_ARTICLES = "articles"
_CITING = "citing"
_REMEMBERED = 65_536
_NOT_WORDS = re.compile(r"[\W_]+")


def question_key(text: str) -> str:
    """What two wordings share when only case, width, spaces and punctuation differ."""
    return _NOT_WORDS.sub("", normalise(text))


@lru_cache(_REMEMBERED)
def _key_of_own(question: str) -> str:
    """The key of a question that a passage has: nearly all of them come again with every build."""
    return question_key(question)


class QuestionTable:
    """Which passages have a question, by its key; a confirmed question counts like one of the card's own."""

    def __init__(self, folder: Path) -> None:
        self._asked = KeyTable.open(folder, _ASKED)
        self._refused = KeyTable.open(folder, _REFUSED)

    @staticmethod
    def write(passages: Sequence[Passage], folder: Path) -> None:
        KeyTable.write(
            (
                (_key_of_own(question), number)
                for number, passage in enumerate(passages)
                for question in passage.asked
            ),
            folder,
            _ASKED,
        )
        KeyTable.write(
            (
                (question_key(question), number)
                for number, passage in enumerate(passages)
                for question in passage.not_questions
            ),
            folder,
            _REFUSED,
        )

    def asked(self, key: str) -> set[int]:
        """Passages that have this very question."""
        return set(self._asked.get(key))

    def refused(self, key: str) -> set[int]:
        """Passages that name this very question as a near miss."""
        return set(self._refused.get(key))


class CitationTable:
    """Which passages are an article, and which cards cite it."""

    def __init__(self, folder: Path) -> None:
        self._articles = KeyTable.open(folder, _ARTICLES)
        self._citing = KeyTable.open(folder, _CITING)

    @staticmethod
    def write(passages: Sequence[Passage], folder: Path) -> None:
        KeyTable.write(
            (
                (_place(passage.law, passage.article), number)
                for number, passage in enumerate(passages)
                if passage.law and passage.article
            ),
            folder,
            _ARTICLES,
        )
        KeyTable.write(
            (
                (place, number)
                for number, passage in enumerate(passages)
                if passage.kind is Kind.CARD  # that one article refers to another does not make it an answer
                for place in _cited(passage)
            ),
            folder,
            _CITING,
        )

    def articles(self, law: str, article: str) -> list[int]:
        return self._articles.get(_place(law, article))

    def citing(self, law: str, article: str | None) -> list[int]:
        """Cards that cite the article, or anything of the law when `article` is None."""
        return list(dict.fromkeys(self._citing.get(_place(law, article))))


def _cited(passage: Passage) -> Iterator[str]:
    """Every article a card cites, and every law."""
    yield from dict.fromkeys(_place(cited.law, cited.article) for cited in passage.citations)
    yield from dict.fromkeys(_place(cited.law, None) for cited in passage.citations)


def _place(law: str, article: str | None) -> str:
    return f"{law}\n{article or ''}"
