"""The words of the cards of one index, as a card ranker weighs them.

All is counted over the cards alone: importing thousands of articles moves no number here. A card has parts:
every question it is asked by, its title, and its text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from language.normalise import normalise
from retrieval.grams import Codes, Floats, Postings, grams_of
from retrieval.passages import Passage

_SMOOTHING = 0.5
"""Say of all cards together in how likely a gram is in one of them."""
_BEST = 3
_BETWEEN = "\ue000"
_REMEMBERED = 2_048
"""A character for private use, which normalising leaves alone."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """What cards share with a question, by the idf of what is shared; [n] each unless said otherwise.

    `covered`, `by_text` and `by_one` are the parts of the question that the card, its text, and the best of
    its questions have. `alike` [n, 3] are the best Dice coefficients with one of its questions. `likelihood`
    is the mean log ratio of how often the question's grams are in parts of this card and of any.
    `unknown` is the part of the question that no card has.
    """

    covered: Floats
    by_text: Floats
    by_one: Floats
    alike: Floats
    likelihood: Floats
    unknown: float


class CardTexts:
    """The texts of `cards`, by position. Safe from several threads."""

    def __init__(self, cards: Sequence[Passage]) -> None:
        parts = [_normalised((*card.asked, card.title, _whole(card))) for card in cards]
        sizes = np.array([len(of_card) for of_card in parts], np.int64)
        owners = np.repeat(np.arange(len(cards)), sizes)
        self._parts = Postings.of([part for of_card in parts for part in of_card])
        self._ends = np.cumsum(sizes)
        self._starts = self._ends - sizes
        self._cards, counts = self._parts.grouped(owners, len(cards))
        having = self._cards.frequencies()
        self._idf: Floats = np.log(1 + (len(cards) - having + 0.5) / (having + 0.5))
        self._idf_unknown = float(np.log(1 + (len(cards) + 0.5) / 0.5))
        self._weights = np.bincount(
            self._parts.texts, weights=self._idf[self._parts.grams()], minlength=self._parts.size
        )
        self._ratios = self._log_ratios(counts / (self._ends - self._starts)[self._cards.texts])
        self._absent = float(np.log(_SMOOTHING / (1 + _SMOOTHING)))

    def overlap(self, text: str, cards: Codes) -> Overlap:
        """What the normalised `text` shares with each of `cards` (positions, [n], at least one)."""
        codes = grams_of(text)
        places = self._cards.places(codes)
        idf = np.where(places >= 0, self._idf[places], self._idf_unknown)
        whole = max(float(idf.sum()), 1e-9)
        by_part = self._parts.summed(places.tolist(), idf.tolist())
        alike = np.zeros((len(cards), _BEST))
        by_one = np.zeros(len(cards))
        for at, card in enumerate(cards.tolist()):
            questions = slice(int(self._starts[card]), int(self._ends[card]) - 1)
            shared = by_part[questions]
            dice = np.sort(2 * shared / (whole + self._weights[questions]))[::-1][:_BEST]
            alike[at, : len(dice)] = dice
            by_one[at] = shared.max() / whole
        return Overlap(
            covered=self._cards.summed(places.tolist(), idf.tolist())[cards] / whole,
            by_text=by_part[self._ends[cards] - 1] / whole,
            by_one=by_one,
            alike=alike,
            likelihood=self._likelihood(places)[cards],
            unknown=float(idf[places < 0].sum()) / whole,
        )

    def _log_ratios(self, shares: Floats) -> Floats:
        """For every entry: ln of how much more often than in any card a gram is in parts of this one, over
        what it is where a card has it nowhere."""
        gram = self._cards.grams()
        anywhere = np.bincount(gram, weights=shares, minlength=len(self._cards.codes)) / max(
            1, self._cards.size
        )
        ratios: Floats = np.log((shares + _SMOOTHING * anywhere[gram]) / (_SMOOTHING * anywhere[gram]))
        return ratios

    def _likelihood(self, places: Codes) -> Floats:
        known = places[places >= 0]
        total = np.zeros(self._cards.size)
        for place in known.tolist():
            entries = self._cards.entries(place)
            total[self._cards.texts[entries]] += self._ratios[entries]
        return total / max(1, len(known)) + self._absent


@lru_cache(_REMEMBERED)
def _normalised(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Each of `parts` normalised; in one go, which takes a third of the time. A version of the index mostly
    has the cards of the version before."""
    return tuple(normalise(_BETWEEN.join(part.replace(_BETWEEN, "") for part in parts)).split(_BETWEEN))


def _whole(card: Passage) -> str:
    return "\n".join(text for text in (card.heading, card.text) if text)
