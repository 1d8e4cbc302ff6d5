"""Dates as official texts print them: 2018年12月29日, 一九九五年一月一日, and 2024-09-13 alone on a line."""

import re
from datetime import date

from language.numbers import parse_number
from language.spans import Found

_CHINESE_YEAR = "[一二][零〇○o0一二三四五六七八九]{3}"
_CHINESE_DAY = "[一二三四五六七八九十廿]{1,3}"
_DAY = rf"(?:\d{{1,2}}|{_CHINESE_DAY})"
DATE = rf"(?:(?:1[89]|20)\d\d|{_CHINESE_YEAR})\s*年\s*{_DAY}\s*月\s*{_DAY}\s*日"
"""A pattern over folded text."""

_PARTS = re.compile(r"\s*(?P<year>[^年]+?)\s*年\s*(?P<month>[^月]+?)\s*月\s*(?P<day>[^日]+?)\s*日\s*")
_NUMERIC = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<mark>[-./])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})")
_FINDER = re.compile(DATE)
_OWN_LINE = re.compile(rf"\(?\s*(?P<date>{DATE}|{_NUMERIC.pattern})\s*(?:印发|发布|公布)?\s*\)?")


def parse_date(folded: str) -> date | None:
    """The day that the whole of `folded` writes, or None when there is no such day."""
    match = _PARTS.fullmatch(folded) or _NUMERIC.fullmatch(folded.strip())
    if match is None:
        return None
    year, month, day = (_integer(match[part]) for part in ("year", "month", "day"))
    try:
        return date(year, month, day)
    except ValueError:
        return None


def dates_in(folded: str) -> list[Found[date]]:
    """The dates written with 年, 月 and 日 in `folded`, in order."""
    return [
        Found(day, *match.span()) for match in _FINDER.finditer(folded) if (day := parse_date(match.group()))
    ]


def date_alone(folded: str) -> date | None:
    """The date that is all that stands on a line, as below a signature."""
    match = _OWN_LINE.fullmatch(folded.strip())
    return parse_date(match["date"]) if match else None


def _integer(text: str) -> int:
    number = parse_number(text.replace("o", "零"))
    return int(number) if number is not None else 0
