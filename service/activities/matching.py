"""Which of several things a sentence means, by the words of their titles and by the day it names. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from language.dates import Lean, find_dates
from language.normalise import normalise

Item = TypeVar("Item")

SHORTEST = 2
"""Characters in a row that a title and a sentence must share."""

_NOT_WORDS = re.compile(r"[\W_]+")


def meant(
    sentence: str,
    items: Sequence[Item],
    *,
    title: Callable[[Item], str],
    day: Callable[[Item], date],
    today: date,
    common: Sequence[str] = (),
) -> tuple[list[Item], bool]:
    """Return the items that `sentence` may mean, and whether it said anything that tells them apart.

    The longest run of characters shared with a title counts, words that are `common` to all of them not;
    among equals, a day that is named. A sentence that names nothing means any of them.
    """
    said = _plain(sentence, common)
    days = [found.value for found in find_dates(normalise(sentence), today, lean=Lean.FUTURE)]
    scored = [(_shared(said, _plain(title(item), common)), item) for item in items]
    best = max((score for score, _ in scored), default=0)
    named = best >= SHORTEST
    found = [item for score, item in scored if not named or score == best]
    on_the_day = [item for item in found if any(span.first <= day(item) <= span.last for span in days)]
    return on_the_day or found, named or bool(on_the_day)


def _plain(text: str, common: Sequence[str]) -> str:
    """Return the text in one spelling, cut where a common word or a mark stands."""
    plain = _NOT_WORDS.sub(" ", normalise(text).lower())
    for word in common:
        plain = plain.replace(word, " ")
    return plain


def _shared(first: str, second: str) -> int:
    """Return the length of the longest run of characters that both texts have, blanks apart."""
    best = 0
    lengths = [0] * (len(second) + 1)
    for left in first:
        previous = 0
        for at, right in enumerate(second, start=1):
            kept = lengths[at]
            lengths[at] = previous + 1 if left == right and left != " " else 0
            best = max(best, lengths[at])
            previous = kept
    return best
