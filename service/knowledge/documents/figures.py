"""The figures a text states: lengths of time, sums of money, shares and multiples. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from language.durations import Duration, Unit, find_durations
from language.money import find_money
from language.numbers import NUMBER, START, parse_number
from language.spans import fold


class Measure(StrEnum):
    MONTHS = "months"
    DAYS = "days"
    WORKDAYS = "workdays"
    MINUTES = "minutes"
    YUAN = "yuan"
    SHARE = "share"
    TIMES = "times"


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity however it is written: 一年 and 12个月 are the same. Working days are no days."""

    measure: Measure
    value: Decimal


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure with the words that state it and where they begin."""

    figure: Figure
    wording: str
    start: int


_UNITS = {
    Unit.YEAR: (Measure.MONTHS, 12),
    Unit.MONTH: (Measure.MONTHS, 1),
    Unit.WEEK: (Measure.DAYS, 7),
    Unit.DAY: (Measure.DAYS, 1),
    Unit.WORKDAY: (Measure.WORKDAYS, 1),
    Unit.HOUR: (Measure.MINUTES, 60),
    Unit.MINUTE: (Measure.MINUTES, 1),
}
_SHARE = re.compile(rf"{START}(?:百分之{NUMBER}|{NUMBER}\s?%)")
_TIMES = re.compile(rf"{START}(?P<number>{NUMBER})\s?倍")
_EXAMPLE = re.compile("[^。；\n]*(?:比如|例如|举例|譬如|假设|假如)[^。；\n]*")


def stated(text: str) -> list[Stated]:
    """Return the figures of a text in order; those of an example (比如……) are nobody's rule and left out."""
    examples = [match.span() for match in _EXAMPLE.finditer(text)]
    found = [one for one in _all(text) if not any(start <= one.start < end for start, end in examples)]
    return sorted(found, key=lambda one: one.start)


def figures(text: str) -> set[Figure]:
    """Return every figure of a text, examples included."""
    return {one.figure for one in _all(text)}


def _all(text: str) -> Iterator[Stated]:
    for length in find_durations(text):
        for figure in _lengths(length.value):
            yield Stated(figure, text[length.start : length.end], length.start)
    for money in find_money(text):
        for yuan in filter(None, (money.value.yuan, money.value.upper)):
            yield Stated(Figure(Measure.YUAN, yuan), text[money.start : money.end], money.start)
    folded = fold(text)
    for match in _SHARE.finditer(folded):
        share = parse_number(match.group())
        if share is not None:
            yield Stated(Figure(Measure.SHARE, share), text[slice(*match.span())], match.start())
    for match in _TIMES.finditer(folded):
        times = parse_number(match["number"])
        if times is not None:
            yield Stated(Figure(Measure.TIMES, times), text[slice(*match.span())], match.start())


def _lengths(duration: Duration) -> Iterator[Figure]:
    measure, factor = _UNITS[duration.unit]
    for value in (duration.value, duration.upper):
        if value is not None:
            yield Figure(measure, value * factor)
