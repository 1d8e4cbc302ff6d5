"""When a version of a document holds, and when two texts are the same. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from language.laws import article_number
from retrieval.documents.model import Article, Instrument

_DAY = timedelta(days=1)


class Basis(StrEnum):
    """Where the day from which a version holds was taken from, the surest first."""

    GIVEN = "given"
    """Whoever imported it said so."""
    STATED = "stated"
    """The text says so."""
    AMENDED = "amended"
    """The day on which it was last amended: the text says only from when its first version held."""
    PROMULGATED = "promulgated"
    TOGETHER = "together"
    """The day of the other instrument in the file, such as the notice that transmits the rules."""


SURE = frozenset({Basis.GIVEN, Basis.STATED})
"""Every other day is presumed."""


@dataclass(frozen=True, slots=True)
class Start:
    day: date
    basis: Basis


def start_of(instrument: Instrument, *, given: date | None = None) -> Start | None:
    """Return from when the text of an instrument holds; None when nothing says so."""
    if given is not None:
        return Start(given, Basis.GIVEN)
    if instrument.effective_from is not None:
        return Start(instrument.effective_from, Basis.STATED)
    if instrument.promulgated_on is not None:
        amended = instrument.in_force_since is not None or bool(instrument.history)
        return Start(instrument.promulgated_on, Basis.AMENDED if amended else Basis.PROMULGATED)
    if instrument.in_force_since is not None:
        return Start(instrument.in_force_since, Basis.STATED)
    return None


def starts_of(instruments: Sequence[Instrument], *, given: date | None = None) -> list[Start | None]:
    """Return `start_of` every instrument of a file; one that has none takes that of the first that has."""
    found = [start_of(one, given=given) for one in instruments]
    first = next((start for start in found if start is not None), None)
    lent = Start(first.day, Basis.TOGETHER) if first is not None else None
    return [start or lent for start in found]


def ends_of(starts: Sequence[date], repealed: Collection[date] = ()) -> list[date | None]:
    """Return the last day of each version, given the rising first days of all, and the days on which others
    repeal the document.

    A version holds until the day before the next one, or before it is repealed; one that begins on that day
    or later is a new enactment.
    """
    ends: list[date | None] = []
    for at, start in enumerate(starts):
        following = [*starts[at + 1 : at + 2], *(day for day in repealed if day > start)]
        ends.append(min(following) - _DAY if following else None)
    return ends


def squeezed(text: str) -> str:
    """Return what two spellings of a text share when only spaces and lines differ."""
    return "".join(text.split())


def is_same(one: Article, other: Article) -> bool:
    """Tell whether two articles say the same under the same label and headings."""
    return _content(one) == _content(other)


class Relation(StrEnum):
    """How a text stands to what is stored of the same version."""

    SAME = "same"
    """All of it is stored already."""
    PART = "part"
    """Another part of one law: none of its articles is stored yet."""
    DIFFERENT = "different"


def relation(instrument: Instrument, stored: Sequence[Article]) -> Relation:
    """Return how the articles of an instrument stand to those `stored` for its version.

    Only what says that it is a part can be one: two editions of a policy may well have no heading in common.
    """
    by_label = {article.label: article for article in stored}
    known = [article for article in instrument.articles if article.label in by_label]
    if len(known) == len(instrument.articles):
        same = all(is_same(article, by_label[article.label]) for article in known)
        whole = instrument.part is not None or len(known) == len(stored)
        return Relation.SAME if same and whole else Relation.DIFFERENT
    return Relation.PART if instrument.part is not None and not known else Relation.DIFFERENT


def in_order(articles: Iterable[Article]) -> list[Article]:
    """Return numbered articles by their numbers, annexes last; others stay as they are."""
    listed = list(articles)
    if not all(map(_numbered, listed)):
        return listed
    return sorted(listed, key=lambda article: (article.annex, _number(article)))


def _content(article: Article) -> tuple[str, str, tuple[str, ...]]:
    return article.label, squeezed(article.text), tuple(map(squeezed, article.headings))


def _numbered(article: Article) -> bool:
    return article.annex or article_number(article.label) is not None


def _number(article: Article) -> tuple[int, int]:
    number, sub = article_number(article.label) or (0, None)
    return number, sub or 0
