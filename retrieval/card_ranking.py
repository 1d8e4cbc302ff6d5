"""Puts the likeliest cards for a question in order: a learned ranker over words and vectors."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retrieval.card_features import FEATURES, CardFeatures, Rows
from retrieval.catalogue import Catalogue
from retrieval.dense import Dense
from retrieval.learned import BoostedTrees
from retrieval.passages import Passage
from retrieval.ranking import Candidate, NearMisses, Query
from retrieval.search import Heard

FOLDER = "card_ranker"
POOL = 30
"""Cards that are looked at closely. No validation question has its card further down."""

Probabilities = npt.NDArray[np.float64]


def load_card_ranker(folder: Path) -> BoostedTrees | None:
    """The ranker among the artifacts in `folder`, None where none was fitted.

    Raises:
        BoostedTreesError: it cannot be read, or was fitted on other features.
    """
    return BoostedTrees.load(folder / FOLDER, features=FEATURES) if (folder / FOLDER).exists() else None


@dataclass(frozen=True, slots=True)
class CardRows:
    """The cards looked at closely, by number, with the rule each states (see `CardFeatures.rule`) and its
    topic; `rows` are their features, float32 [n, len(FEATURES)]."""

    numbers: tuple[int, ...]
    rules: tuple[int, ...]
    topics: tuple[str | None, ...]
    rows: Rows


@dataclass(frozen=True, slots=True)
class Looked:
    """What was asked, and what else decides which cards are looked at.

    `text` is normalised; cards in `always` are looked at however low they stand, those in `never` are not.
    """

    text: str
    query: Query
    heard: Heard | None
    lexical_share: float
    always: Collection[int] = ()
    never: Collection[int] = ()


class CardRanking:
    """The cards of one index. Safe from several threads."""

    def __init__(
        self,
        passages: Sequence[Passage],
        catalogue: Catalogue,
        dense: Dense,
        misses: NearMisses,
        ranker: BoostedTrees | None,
    ) -> None:
        self._catalogue = catalogue
        self._features = CardFeatures(passages, catalogue, dense, misses)
        self._ranker = ranker

    def rows(self, looked: Looked, found: Iterable[Candidate]) -> CardRows:
        """What the ranker sees of the likeliest cards among `found`."""
        cards = [
            one for one in found if self._catalogue.is_card(one.number) and one.number not in looked.never
        ]
        cards.sort(key=lambda card: (-card.score, card.number))
        pool = [card for at, card in enumerate(cards) if at < POOL or card.number in looked.always]
        if not pool:
            return CardRows((), (), (), np.zeros((0, len(FEATURES)), np.float32))
        rows = self._features.rows(
            looked.text, looked.query, pool, lexical_share=looked.lexical_share, heard=looked.heard
        )
        numbers = tuple(card.number for card in pool)
        rules = tuple(map(self._features.rule, numbers))
        return CardRows(numbers, rules, tuple(map(self._features.topic, numbers)), rows)

    def probabilities(self, seen: CardRows) -> Probabilities:
        """How probable it is that each card answers [n]; its fused score where no ranker was fitted."""
        if self._ranker is None:
            return seen.rows[:, FEATURES.index("fused")].astype(np.float64)
        return self._ranker.score(seen.rows)

    def scored(
        self, found: Iterable[Candidate], seen: CardRows, probabilities: Probabilities
    ) -> list[Candidate]:
        """`found` with the probability of answering as the score of each card; articles stay as they are.

        Cards that were not looked at closely come after those that were, in the order they had.
        """
        by_number = dict(zip(seen.numbers, probabilities.tolist(), strict=True))
        least = min(by_number.values(), default=0.0)
        scored = []
        for one in found:
            if self._catalogue.is_card(one.number):
                score = by_number.get(one.number, least * min(max(one.score, 0.0), 1.0))
                one = Candidate(one.number, one.lexical, one.near, score)
            scored.append(one)
        return scored
