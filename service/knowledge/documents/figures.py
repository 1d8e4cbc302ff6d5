"""The figures a text states: lengths of time, sums of money, shares and multiples. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
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
    """Of a whole: 60%, and 三倍 as 300%."""


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
# 比如……, 例：……, （工作12年就是10天）: somebody's case, not the rule.
_EXAMPLE = re.compile(
    r"[^。；\n]*(?:比如|例如|举例|譬如|假设|假如)[^。；\n]*"
    r"|(?:^|(?<=[\s-]))例[:：].*"
    r"|[（(][^（）()]*就是[^（）()]*[）)]"
)
_A_DAY = "一天"
"""怎么算一天, 统一天数: mostly no length."""
_SAID_FREELY = re.compile(
    rf"{START}(?P<number>{NUMBER})\s?(?P<unit>个?工作日|周年|年|个?月|周|日|天|个?小时|分钟)"
)
_FREE_UNITS = {
    "周年": Unit.YEAR,
    "年": Unit.YEAR,
    "月": Unit.MONTH,
    "周": Unit.WEEK,
    "日": Unit.DAY,
    "天": Unit.DAY,
    "小时": Unit.HOUR,
    "分钟": Unit.MINUTE,
    "工作日": Unit.WORKDAY,
}
_LONGEST = 1_000


def stated(text: str) -> list[Stated]:
    """Return the figures of a text in order; those of an example are nobody's rule and left out."""
    examples = [match.span() for match in _EXAMPLE.finditer(text)]
    found = [
        one
        for one in _all(text)
        if one.wording != _A_DAY and not any(start <= one.start < end for start, end in examples)
    ]
    return sorted(found, key=lambda one: one.start)


def figures(text: str) -> set[Figure]:
    """Return every figure a text may state.

    A statute writes 休息一日 where people write 休1天, and in a list of cases (满5年不满10年18个月) each
    length stands alone.
    """
    found = {one.figure for one in _all(text)}
    for match in _SAID_FREELY.finditer(fold(text)):
        value = parse_number(match["number"])
        if value is not None and value <= _LONGEST:
            measure, factor = _UNITS[_FREE_UNITS[match["unit"].removeprefix("个")]]
            found.add(Figure(measure, value * factor))
    return found


def is_within(one: Stated, given: Collection[Figure]) -> bool:
    """Tell whether a figure, or each length that its words are made of, is among those given."""
    if one.figure in given:
        return True
    parts = [match.group() for match in _SAID_FREELY.finditer(one.wording)]
    return len(parts) > 1 and all(figures(part) & set(given) for part in parts)


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
            yield Stated(Figure(Measure.SHARE, times), text[slice(*match.span())], match.start())


def _lengths(duration: Duration) -> Iterator[Figure]:
    measure, factor = _UNITS[duration.unit]
    for value in (duration.value, duration.upper):
        if value is not None:
            yield Figure(measure, value * factor)
