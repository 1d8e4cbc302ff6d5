"""Puts the articles found for a question in order: a learned ranker over words, vectors and memory."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from retrieval.article_features import FEATURES, ArticleFeatures, Row
from retrieval.bm25 import Bm25
from retrieval.catalogue import Catalogue
from retrieval.dense import Dense
from retrieval.learned import BoostedTrees
from retrieval.matches import Matches
from retrieval.memory import Memory, Recollection
from retrieval.ranking import Candidate, Query

FOLDER = "article_ranker"


def load_article_ranker(folder: Path) -> BoostedTrees | None:
    """The ranker among the artifacts in `folder`, None where none was fitted.

    Raises:
        BoostedTreesError: it cannot be read, or was fitted on other features.
    """
    return BoostedTrees.load(folder / FOLDER, features=FEATURES) if (folder / FOLDER).exists() else None


@dataclass(frozen=True, slots=True)
class ArticleRows:
    """The articles found for a question, and their features: float32 [len(numbers), len(FEATURES)]."""

    numbers: list[int]
    rows: Row


class ArticleRanking:
    """The articles of one index. Safe from several threads."""

    def __init__(
        self, folder: Path, catalogue: Catalogue, words: Bm25, dense: Dense, ranker: BoostedTrees | None
    ) -> None:
        self._catalogue = catalogue
        self._memory = Memory.read(folder, catalogue.law_codes)
        self._features = ArticleFeatures(catalogue, words, dense, Matches(folder), self._memory)
        self._ranker = ranker

    def recall(self, query: Query) -> Recollection:
        """What questions like this one were answered by."""
        return self._memory.recall(query.vector, query.tokens)

    def score(self, query: Query, recalled: Recollection, found: Iterable[Candidate]) -> list[Candidate]:
        """`found` with the probability of answering as the score of each article; cards stay as they are."""
        listed = list(found)
        articles = [candidate for candidate in listed if not self._catalogue.is_card(candidate.number)]
        if self._ranker is None or not articles:
            return listed
        scores = self._ranker.score(self._features.rows(query, recalled, articles)).tolist()
        by_number = {
            one.number: Candidate(one.number, one.lexical, one.near, score, one.tier)
            for one, score in zip(articles, scores, strict=True)
        }
        return [by_number.get(candidate.number, candidate) for candidate in listed]

    def rows(self, query: Query, recalled: Recollection, found: Iterable[Candidate]) -> ArticleRows:
        """What the ranker sees of the articles among `found`."""
        articles = [candidate for candidate in found if not self._catalogue.is_card(candidate.number)]
        rows = self._features.rows(query, recalled, articles)
        return ArticleRows([candidate.number for candidate in articles], rows)
