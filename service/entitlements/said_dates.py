"""Dates as employees say them to a calculator: the day, a month for its first day, both ends of a range."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from language.date_ranges import DateRange, month
from language.dates import Lean, find_dates
from language.numbers import parse_number
from language.spans import Found


@dataclass(frozen=True, slots=True)
class SaidDate:
    """`value` is None where the wording is inexact (年底, 2015年).

    `since` is where the range begins whose end this is, else 0.
    """

    start: int
    end: int
    value: date | None
    since: int = 0


# 国庆一号 is 1 October; as long as what it stands for, so that places in the text stay.
_OF_A_HOLIDAY = re.compile(r"(国庆|五一|元旦)节?(?=[一二三1-3][号日])")
_MONTHS = {"国庆": "十月", "五一": "五月", "元旦": "一月"}
_AHEAD = re.compile("预产期|打算|准备|计划|希望")
_WISHED = re.compile("想(?:在|要|干到|做到|上到)?$")
_LEAVING = re.compile("最后一天|到期|走|离职|离开|干到|做到|上到")
_IS_OVER = re.compile("(?:离职|走|离开|到期|辞)(?:了|的|过)")
_SOON = timedelta(days=92)
_CLAUSE_ENDS = re.compile("[,。;!?]")
_WHICH_DAY = re.compile("的?(?:几[号日]|哪[天日]|多少号)")  # 下月几号能走
_NAMES_A_YEAR = re.compile(r"\d\d年|\d{4}|[零〇一二三四五六七八九]{2}年")


def asks_for_leaving(question: str) -> bool:
    """Return whether a question asks for a day on which somebody leaves: 最后一天是哪天."""
    return _LEAVING.search(question) is not None


def find_said_dates(text: str, today: date, *, inexact: bool, leaving: bool = False) -> list[SaidDate]:
    """Return the dates in a normalised text, in order.

    Of what is inexact only what names a year is returned (2015年), unless `inexact` wants all (上个月, 年底).
    A day without a year that is planned (预产期3月5日) is the next one; so is one on which somebody leaves,
    where that is soon (1月9号走, said in November). `leaving` says that such a day was asked for.
    """
    text = _OF_A_HOLIDAY.sub(lambda match: _MONTHS[match[1]].ljust(len(match[0]), "份"), text)
    found = [*_written_short_years(text, today)]
    taken = [(said.start, said.end) for said in found]
    now = find_dates(text, today)
    may_be_ahead = leaving or any(words.search(text) for words in (_AHEAD, _LEAVING)) or "想" in text
    ahead = {one.start: one for one in find_dates(text, today, lean=Lean.FUTURE)} if may_be_ahead else {}
    for one in now:
        before, later = _CLAUSE_ENDS.split(text[: one.start])[-1], ahead.get(one.start, one)
        soon = later.value.first - today <= _SOON
        planned = any(words.search(before) for words in (_AHEAD, _WISHED))
        planned = planned or (soon and _leaves(text, one, asked=leaving))
        if any(one.start < end and start < one.end for start, end in taken) or _WHICH_DAY.match(
            text, one.end
        ):
            continue
        found += _ends(text, later if planned else one, today)
    found = [replace(said, value=None) if _is_lunar(text, said) else said for said in found]
    return sorted(
        (said for said in found if said.value or inexact or _NAMES_A_YEAR.search(text, said.start, said.end)),
        key=lambda said: said.start,
    )


def _leaves(text: str, found: Found[DateRange], *, asked: bool) -> bool:
    """Return whether a date is one on which somebody leaves and has not left yet."""
    clause = _CLAUSE_ENDS.split(text[: found.start])[-1] + _CLAUSE_ENDS.split(text[found.start :])[0]
    return (asked or _LEAVING.search(clause) is not None) and _IS_OVER.search(clause) is None


_LUNAR = re.compile("农历|阴历|旧历|古历|正月|腊月")


def _is_lunar(text: str, said: SaidDate) -> bool:
    """Return whether a date is of the lunar calendar, which is no day that can be worked with."""
    clause = _CLAUSE_ENDS.split(text[: said.start])[-1] + _CLAUSE_ENDS.split(text[said.start :])[0]
    return _LUNAR.search(clause) is not None


_CONNECTED = re.compile("(?:一直)?(?:到了?|至|~|-|—+|–)")
_A_DAY = re.compile(r"(?:[日号天今]|月\d{1,2}|[-/.]\d{1,2}[-/.]\d{1,2}|\d{8}|现在|目前|当前)(?:为止)?$")


def _ends(text: str, found: Found[DateRange], today: date) -> Iterator[SaidDate]:
    """Yield a date; of a range (2018年3月到现在) both ends, each as a date of its own."""
    days, wording = found.value, text[found.start : found.end]
    if days.is_day:
        yield SaidDate(found.start, found.end, days.first)
        return
    if _is_month(days):
        yield _in_month(text, found)
        return
    for joint in reversed(list(_CONNECTED.finditer(wording))):
        head = find_dates(wording[: joint.start()], today)
        if len(head) != 1 or head[0].value.first != days.first:
            continue
        if head[0].value.is_day or _is_month(head[0].value):
            whole = month(days.last.year, days.last.month)
            ends_in_month = days.last == whole.last and not _A_DAY.search(wording)
            last, begins = whole.first if ends_in_month else days.last, found.start + joint.start()
            yield SaidDate(found.start, begins, days.first)
            yield SaidDate(found.start + joint.end(), found.end, last, since=begins)
            return
    yield SaidDate(found.start, found.end, None)


_COUNTED_BACK = re.compile("(?:前|后|以来)$|^(?:最近|过去|近|前)")
_THAT_MONTH = re.compile("(?:上上|上|这|本|当|下下|下)个?月份?")
_DAY_IN_WORDS = re.compile(
    r"\s?(?P<day>三十一?|[二廿]?十?[一二三四五六七八九]|二?十)"
    r"(?![一二三四五六七八九十个天年月周点时小元块千万百多来几名位人次级岁倍折成\d])"
)


def _in_month(text: str, found: Found[DateRange]) -> SaidDate:
    """A month stands for its first day; 上个月 and 三个月前 are inexact, 九月二十八 is a day."""
    wording, first = text[found.start : found.end], found.value.first
    if _COUNTED_BACK.search(wording) or _THAT_MONTH.fullmatch(wording):
        return SaidDate(found.start, found.end, None)
    follows = None if wording.endswith("份") else _DAY_IN_WORDS.match(text, found.end)
    if follows is None:
        digit_follows = text[found.end : found.end + 1].isdecimal()
        return SaidDate(found.start, found.end, None if digit_follows else first)
    when = _day(first.year, Decimal(first.month), parse_number(follows["day"]))
    return SaidDate(found.start, follows.end(), when)


def _is_month(days: DateRange) -> bool:
    return days == month(days.first.year, days.first.month)


_DIGITS = str.maketrans("零〇一二三四五六七八九", "00123456789")
_SHORT_YEAR = re.compile(
    r"(?<![零〇一二三四五六七八九十百\d])(?P<tens>[零〇一二五六七八九0-25-9])(?P<ones>[零〇一二三四五六七八九\d])年"
    r"(?P<month>十[一二]?|[一二三四五六七八九])月份?"
    r"(?:(?P<day>三十一?|二?十?[一二三四五六七八九]|二?十|[123]?\d)"
    r"(?:[日号]|(?![一二三四五六七八九十\d个天年月点])))?"
)


def _written_short_years(text: str, today: date) -> Iterator[SaidDate]:
    """六八年五月, 七零年三月五日: how people say the day they were born or began to work."""
    for match in _SHORT_YEAR.finditer(text):
        year = full_year(int((match["tens"] + match["ones"]).translate(_DIGITS)), today)
        when = _day(year, parse_number(match["month"]), parse_number(match["day"] or "1"))
        if when:
            yield SaidDate(match.start(), match.end(), when)


def full_year(short: int, today: date) -> int:
    """Return the year of two digits that is past, or the next: 68 is 1968, 26 is 2026."""
    year = today.year // 100 * 100 + short
    return year if year <= today.year + 1 else year - 100


def _day(year: int, number: Decimal | None, day: Decimal | None) -> date | None:
    if number is None or day is None:
        return None
    try:
        return date(year, int(number), int(day))
    except ValueError:  # 二月三十日
        return None
