"""The signs a decision rests on: how well the first card fits a question, and what the dialogue heard."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from retrieval.card_features import FEATURES, Rows
from retrieval.card_ranking import CardRows
from retrieval.grams import Floats
from retrieval.search import Heard

SHORT = 10
"""Characters up to which a question counts as short: it has terms of its own."""

_OF_THE_FIRST = (
    "covered",
    "by_text",
    "by_one",
    "unknown",
    "alike_1",
    "likelihood",
    "cosine_1",
    "cosine_3",
    "cosine_lead",
    "text_cosine",
    "votes",
    "soft_votes",
    "lexical_lead",
    "fused_lead",
    "miss",
)
_MOST = ("covered", "likelihood", "alike_1", "cosine_1", "text_cosine")
_SMALLEST = 1e-3
_CERTAIN = 1e-6


@dataclass(frozen=True, slots=True)
class HeardSigns:
    """What the dialogue makes of the question, each as a log-odds."""

    out_of_scope: float
    this_topic: float
    """That it is about the first card's topic."""
    any_topic: float
    """That it is about the topic it is likeliest about."""


@dataclass(frozen=True, slots=True)
class Signs:
    """`values` by name, see SIGNS; `heard` is None when the dialogue was not asked."""

    values: Mapping[str, float]
    heard: HeardSigns | None


SIGNS = (
    "odds",
    "lead",
    "lead_over_third",
    "rivals",
    *_OF_THE_FIRST,
    *(f"most_{name}" for name in _MOST),
    "words_of_scope",
    "characters",
    "short",
    "short_odds",
    "short_covered",
)
HEARD_SIGNS = tuple(field.name for field in fields(HeardSigns))


def read_signs(
    seen: CardRows,
    scores: npt.NDArray[np.float64],
    first: int,
    text: str,
    *,
    heard: Heard | None,
    words_of_scope: float,
) -> Signs:
    """The signs that card number `first`, one of `seen`, answers the normalised question `text`.

    `scores` [n] are the ranker's probabilities for `seen`, `words_of_scope` what the words alone say of scope
    (`ScopeWords.log_odds`). Leads are over cards that state another rule.
    """
    at = seen.numbers.index(first)
    odds = _log_odds(scores, _CERTAIN)
    others = np.sort(odds[np.array(seen.rules) != seen.rules[at]])[::-1]
    second = float(others[0]) if len(others) else _log_odds_of(0.0)
    third = float(others[1]) if len(others) > 1 else second
    row = dict(zip(FEATURES, seen.rows[at].tolist(), strict=True))
    short = float(len(text) <= SHORT)
    own = float(odds[at])
    values = {
        "odds": own,
        "lead": own - second,
        "lead_over_third": own - third,
        "rivals": float(np.log(np.exp(odds - own).sum())),
        **{name: row[name] for name in _OF_THE_FIRST},
        **{f"most_{name}": float(seen.rows[:, FEATURES.index(name)].max()) for name in _MOST},
        "words_of_scope": words_of_scope,
        "characters": row["characters"],
        "short": short,
        "short_odds": short * own,
        "short_covered": short * row["covered"],
    }
    return Signs(values, _heard(heard, seen.topics[at]) if heard is not None else None)


def _heard(heard: Heard, topic: str | None) -> HeardSigns:
    return HeardSigns(
        out_of_scope=_log_odds_of(heard.out_of_scope),
        this_topic=_log_odds_of(heard.topics.get(topic or "", 0.0)),
        any_topic=_log_odds_of(max(heard.topics.values(), default=0.0)),
    )


def _log_odds(probabilities: npt.NDArray[np.float64], smallest: float) -> Floats:
    bounded = np.clip(probabilities, smallest, 1 - smallest)
    odds: Floats = np.log(bounded / (1 - bounded))
    return odds


def _log_odds_of(probability: float) -> float:
    bounded = min(max(probability, _SMALLEST), 1 - _SMALLEST)
    return math.log(bounded / (1 - bounded))


def rows_of(signs: Sequence[Signs], names: Sequence[str]) -> Rows:
    """The named signs as rows [n, len(names)]; the names may be of SIGNS and HEARD_SIGNS.

    Raises:
        KeyError: a sign of the dialogue is named where the dialogue was not asked.
    """
    return np.array([[value_of(one, name) for name in names] for one in signs], np.float32)


def value_of(signs: Signs, name: str) -> float:
    """One sign by its name."""
    if name in HEARD_SIGNS:
        if signs.heard is None:
            raise KeyError(name)
        return float(getattr(signs.heard, name))
    return signs.values[name]
