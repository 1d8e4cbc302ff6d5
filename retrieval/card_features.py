"""What the ranker of cards looks at: one row of numbers for each of the likeliest cards.

All of it is measured among the cards, so articles that are imported change nothing. A lead is a value minus
the best of any card that states another rule: a branch's own version of a rule is no doubt about it.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from retrieval.card_texts import CardTexts
from retrieval.catalogue import Catalogue
from retrieval.dense import Dense
from retrieval.encoder import Vectors
from retrieval.grams import Codes, Floats
from retrieval.passages import NATIONAL, Passage
from retrieval.ranking import Candidate, NearMisses, Query
from retrieval.search import Heard

FEATURES = (
    "covered",
    "covered_lead",
    "covered_most",
    "by_text",
    "by_one",
    "unknown",
    "alike_1",
    "alike_2",
    "alike_3",
    "alike_lead",
    "likelihood",
    "likelihood_lead",
    "cosine_1",
    "cosine_2",
    "cosine_3",
    "cosine_5",
    "cosine_lead",
    "cosine_spread",
    "text_cosine",
    "text_lead",
    "title_cosine",
    "votes",
    "soft_votes",
    "lexical",
    "lexical_lead",
    "fused",
    "fused_lead",
    "rank",
    "miss",
    "depth",
    "questions",
    "characters",
    "topic",
)
_COSINES = 5
_VOTERS = 10
"""Nearest questions over all cards that vote for theirs."""
_SHARPNESS = 15.0
"""How fast the soft vote of a question falls with its cosine."""

Rows = npt.NDArray[np.float32]


class CardFeatures:
    """The features for the cards of one index. Safe from several threads."""

    def __init__(
        self, passages: Sequence[Passage], catalogue: Catalogue, dense: Dense, misses: NearMisses
    ) -> None:
        self._dense = dense
        self._misses = misses
        self._numbers = catalogue.cards()
        cards = [passages[number] for number in self._numbers.tolist()]
        self._texts = CardTexts(cards)
        self._rules = _rules(cards)
        self._topics: list[str | None] = [card.topic for card in cards]
        self._depths = np.array(
            [0 if card.scope == NATIONAL else 1 + card.scope.count("/") for card in cards], dtype=np.int64
        )

    def rows(
        self,
        text: str,
        query: Query,
        cards: Sequence[Candidate],
        *,
        lexical_share: float,
        heard: Heard | None,
    ) -> Rows:
        """float32 [len(cards), len(FEATURES)] for `cards`, the best first, and the normalised `text`.

        The topic is not a number where the dialogue was not asked.
        """
        numbers = np.array([card.number for card in cards], dtype=np.int64)
        places = np.searchsorted(self._numbers, numbers)
        others = self._rules[places][:, None] != self._rules[places][None, :]
        shared = self._texts.overlap(text, places)
        near = _Near.of([self._dense.cosines(query.vector, number) for number in numbers.tolist()])
        lexical = np.array([card.lexical for card in cards]) / _most([card.lexical for card in cards])
        fused = lexical_share * lexical + (1 - lexical_share) * np.maximum(near.best[:, 0], 0) / _most(
            near.best[:, 0]
        )
        columns: Mapping[str, npt.ArrayLike] = {
            "covered": shared.covered,
            "covered_lead": _leads(shared.covered, others),
            "covered_most": np.full(len(cards), shared.covered.max()),
            "by_text": shared.by_text,
            "by_one": shared.by_one,
            "unknown": np.full(len(cards), shared.unknown),
            "alike_1": shared.alike[:, 0],
            "alike_2": shared.alike[:, 1],
            "alike_3": shared.alike[:, 2],
            "alike_lead": _leads(shared.alike[:, 0], others),
            "likelihood": shared.likelihood,
            "likelihood_lead": _leads(shared.likelihood, others),
            "cosine_1": near.best[:, 0],
            "cosine_2": near.best[:, 1],
            "cosine_3": near.best[:, 2],
            "cosine_5": near.best[:, 4],
            "cosine_lead": _leads(near.best[:, 0], others),
            "cosine_spread": (near.best[:, 0] - near.best[:, 0].mean()) / max(near.best[:, 0].std(), 1e-6),
            "text_cosine": near.text,
            "text_lead": _leads(near.text, others),
            "title_cosine": near.title,
            "votes": near.votes,
            "soft_votes": near.soft_votes,
            "lexical": lexical,
            "lexical_lead": _leads(lexical, others),
            "fused": fused,
            "fused_lead": _leads(fused, others),
            "rank": np.log1p(np.arange(len(cards))),
            "miss": self._misses_of(query.vector, numbers) - near.best[:, 0],
            "depth": self._depths[places],
            "questions": np.log1p(near.questions),
            "characters": np.full(len(cards), np.log1p(len(text))),
            "topic": [_probability(heard, self._topics[place]) for place in places.tolist()],
        }
        return np.stack([np.asarray(columns[name], np.float32) for name in FEATURES], axis=1)

    def rule(self, number: int) -> int:
        """A number that cards share when they state one rule: versions of it, and those of branches."""
        return int(self._rules[np.searchsorted(self._numbers, number)])

    def topic(self, number: int) -> str | None:
        place = int(np.searchsorted(self._numbers, number))
        return self._topics[place]

    def _misses_of(self, vector: Vectors, numbers: Codes) -> Floats:
        found = [self._misses.cosine(vector, number) for number in numbers.tolist()]
        return np.array([0.0 if cosine is None else cosine for cosine in found])


class _Near:
    """What the vectors of some cards say: `best` [n, 5] are the best cosines with a question or the title."""

    def __init__(self, asked: Sequence[Vectors], title: Sequence[float], text: Sequence[float]) -> None:
        self.best = np.array([_top(cosines) for cosines in asked], dtype=np.float64)
        self.title = np.array(title)
        self.text = np.array(text)
        self.questions = np.array([len(cosines) for cosines in asked])
        together = np.concatenate(asked)
        owners = np.repeat(np.arange(len(asked)), self.questions)
        nearest = np.argsort(-together, kind="stable")[:_VOTERS]
        self.votes: Floats = np.bincount(owners[nearest], minlength=len(asked)) / _VOTERS
        says = np.exp((together - together.max()) * _SHARPNESS)
        self.soft_votes: Floats = np.bincount(owners, weights=says, minlength=len(asked)) / says.sum()

    @classmethod
    def of(cls, cosines: Sequence[Vectors]) -> "_Near":
        """From each card's cosines in the order of its vectors: questions, title, text."""
        asked = [of_card[:-1] if len(of_card) > 1 else of_card for of_card in cosines]
        return cls(asked, [float(one[-1]) for one in asked], [float(one[-1]) for one in cosines])


def _top(cosines: Vectors) -> list[float]:
    """The best five, the last of them repeated where there are fewer."""
    best: list[float] = np.sort(cosines)[::-1][:_COSINES].tolist()
    return best + best[-1:] * (_COSINES - len(best))


def _leads(values: Floats, others: npt.NDArray[np.bool_]) -> Floats:
    """Each value minus the best of the others, of 0 where there is none."""
    best = np.where(others, values[None, :], -np.inf).max(axis=1)
    return values - np.where(np.isfinite(best), best, 0.0)


def _probability(heard: Heard | None, topic: str | None) -> float:
    return math.nan if heard is None else heard.topics.get(topic or "", 0.0)


def _most(values: npt.ArrayLike) -> float:
    """The largest value, 1 when none is above 0: dividing by it is always allowed."""
    largest = float(np.max(np.asarray(values, np.float64), initial=0.0))
    return largest if largest > 0 else 1.0


def _rules(cards: Sequence[Passage]) -> Codes:
    """A number for each card, the same for those that state one rule: linked by `base` or `supersedes`."""
    names = {card.id: card.id for card in cards}

    def root(name: str) -> str:
        while names.setdefault(name, name) != name:
            name = names[name]
        return name

    for card in cards:
        for other in (card.base, card.supersedes):
            if other is not None:
                names[root(card.id)] = root(other)
    codes: dict[str, int] = {}
    return np.array([codes.setdefault(root(card.id), len(codes)) for card in cards], dtype=np.int64)
