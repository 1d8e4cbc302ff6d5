"""What is found without scoring: a card's own question, and an article named by law and number."""

import re
from collections import defaultdict
from collections.abc import Sequence

from language.normalise import normalise
from retrieval.passages import Passage

_NOT_WORDS = re.compile(r"[\W_]+")


def question_key(text: str) -> str:
    """What two wordings share when only case, width, spaces and punctuation differ."""
    return _NOT_WORDS.sub("", normalise(text))


class QuestionTable:
    """Which passages have a question, by its key."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._asked: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._refused: dict[str, set[int]] = defaultdict(set)
        for number, passage in enumerate(passages):
            for at, question in enumerate(passage.questions):
                self._asked[question_key(question)].append((number, at))
            for question in passage.not_questions:
                self._refused[question_key(question)].add(number)

    def asked(self, key: str) -> dict[int, int]:
        """Passages that have this very question → the question's position."""
        return dict(self._asked.get(key, ()))

    def refused(self, key: str) -> set[int]:
        """Passages that name this very question as a near miss."""
        return self._refused.get(key, set())


class CitationTable:
    """Which passages are, or cite, an article."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._articles: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._citing: dict[tuple[str, str | None], list[int]] = defaultdict(list)
        for number, passage in enumerate(passages):
            if passage.law and passage.article:
                self._articles[passage.law, passage.article].append(number)
            for law, article in dict.fromkeys((cited.law, cited.article) for cited in passage.citations):
                self._citing[law, article].append(number)
            for law in dict.fromkeys(cited.law for cited in passage.citations):
                self._citing[law, None].append(number)

    def articles(self, law: str, article: str) -> list[int]:
        return self._articles.get((law, article), [])

    def citing(self, law: str, article: str | None) -> list[int]:
        """Passages that cite the article, or anything of the law when `article` is None."""
        return list(dict.fromkeys(self._citing.get((law, article), [])))
