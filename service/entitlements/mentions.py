"""Mentions: what in a sentence may be the value of a field, by the kinds of field it fits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import chain

from language.date_ranges import DateRange, month
from language.dates import Lean, find_dates
from language.durations import Duration, Unit, find_durations
from language.money import Money, find_money
from language.numbers import NUMBER, START, parse_number, parse_pair
from language.provinces import find_provinces
from language.spans import Found
from service.entitlements.inputs import Kind

Span = tuple[int, int]

UNIT_OF = {Kind.YEARS: Unit.YEAR, Kind.MONTHS: Unit.MONTH, Kind.DAYS: Unit.DAY, Kind.HOURS: Unit.HOUR}
_CENT = Decimal("0.01")
LARGEST_BARE = 10**8


@dataclass(frozen=True, slots=True)
class Mention:
    """`values` says what it is in each kind of field, None where the wording is inexact (十多年).

    The kind it is said in comes first. `bare` is a number without a unit, which fits where a cue stands
    beside it or where it is the whole answer.
    """

    start: int
    end: int
    values: Mapping[Kind, object] = field(default_factory=dict)
    bare: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is a number that belongs to a cue only if it stands beside it: 2个, 8500."""
        return self.bare or Kind.COUNT in self.values


_INEXACT_BEFORE = re.compile(
    "(?:不到|没到|没有|不足|不满|不够|未满|超过|多于|少于|至少|最多|起码|接近|将近|近|估计|估摸)有?$"
)
_INEXACT_AFTER = re.compile("(?:以上|以下|以内|之内|不到|左右|上下|出头|开外|不等|[多来余](?![少久大]))")
# 前3个月 and 每3个月 are no length that somebody has worked, rested or signed for.
_NOT_A_LENGTH = re.compile("(?:(?<![以之目提])前|最近|过去|每|[上下]|头|第|未来)$")
_PER = re.compile("一个?(?:年|月|天|周|星期|小时)$")
_PER_FOLLOWS = re.compile("[能可以要给有是才就只发拿挣休歇放工作班]{0,3}")
_NOT_ONE = re.compile("[都也]?(?:没|未|不曾)")
_OTHER_PERIOD = re.compile(
    "(?:年薪|年收入|每年|一年|日薪|日工资|每天|一天|时薪|每小时|一小时)(?:大概|差不多|是|有|拿|挣|发|给)*$"
)
_OTHER_PERIOD_AFTER = re.compile(r"\s?[/每一]个?(?:天|年|小时)")
_LOOK_BACK = 8


def find_mentions(text: str, today: date, cues: Sequence[Span]) -> list[Mention]:
    """Return what may be a value in a normalised text, in order, none overlapping another.

    `cues` are the places of the calculator's own words: 年薪 makes a sum no monthly wage but in a cue.
    """
    found: list[Mention] = []
    for mention in chain(
        _dates(text, today),
        _percents(text),
        _money(text, cues),
        _durations(text),
        _places(text),
        _counts(text, cues),
    ):
        cue_itself = Kind.DATE in mention.values and any(_inside(mention, cue) for cue in cues)  # 上个月
        if not cue_itself and all(
            mention.end <= other.start or other.end <= mention.start for other in found
        ):
            found.append(mention)
    found.sort(key=lambda mention: mention.start)
    return [mention for mention in found if not _is_denominator(text, mention, found, cues)]


def _inside(mention: Mention, span: Span) -> bool:
    return span[0] <= mention.start and mention.end <= span[1]


def _inexact(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - _LOOK_BACK) : start]
    return bool(_INEXACT_BEFORE.search(before) or _INEXACT_AFTER.match(text, end))


def _dates(text: str, today: date) -> Iterator[Mention]:
    yield from _written_short_years(text, today)
    found = find_dates(text, today)
    ahead = find_dates(text, today, lean=Lean.FUTURE) if _AHEAD.search(text) else found
    for now, later in zip(found, ahead, strict=False):
        clause = re.split("[,。;!?]", text[: now.start])[-1]
        one = later if _AHEAD.search(clause) and later.start == now.start else now
        yield from _ends(text, one, today)


_AHEAD = re.compile("预产期|打算|准备|计划|希望|想在")
_CONNECTED = re.compile("(?:一直)?(?:到了?|至|~|-|—+|–)")
_A_DAY = re.compile(r"(?:[日号天今]|月\d{1,2}|[-/.]\d{1,2}[-/.]\d{1,2}|\d{8}|现在|目前|当前)(?:为止)?$")
_COUNTED_BACK = re.compile("(?:前|后|以来)$|^(?:最近|过去|近|前)")


def _ends(text: str, found: Found[DateRange], today: date) -> Iterator[Mention]:
    """Yield a date; of a range (2018年3月到现在) both ends, each as a date of its own."""
    days, wording = found.value, text[found.start : found.end]
    if days.is_day or _is_month(days):
        inexact = (not days.is_day and _COUNTED_BACK.search(wording)) or re.search(
            "[不没]到$", text[: found.start]
        )
        yield Mention(found.start, found.end, {Kind.DATE: None if inexact else days.first})
        return
    for joint in reversed(list(_CONNECTED.finditer(wording))):
        head = find_dates(wording[: joint.start()], today)
        if len(head) != 1 or head[0].value.first != days.first:
            continue
        if head[0].value.is_day or _is_month(head[0].value):
            whole = month(days.last.year, days.last.month)
            is_month = days.last == whole.last and not _A_DAY.search(wording)
            last = whole.first if is_month else days.last
            yield Mention(found.start, found.start + joint.start(), {Kind.DATE: days.first})
            yield Mention(found.start + joint.end(), found.end, {Kind.DATE: last})
            return
    yield Mention(found.start, found.end, {Kind.DATE: None})


def _is_month(days: DateRange) -> bool:
    return days == month(days.first.year, days.first.month)


_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0}
_SHORT_YEAR = re.compile(
    r"(?<![零〇一二三四五六七八九十百\d])(?P<tens>[零〇一二五六七八九])(?P<ones>[零〇一二三四五六七八九])年"
    r"(?P<month>十[一二]?|[一二三四五六七八九]|1[0-2]|0?[1-9])月份?(?:(?P<day>[一二三]?十?[一二三四五六七八九]?|[123]?\d)[日号])?"
)


def _written_short_years(text: str, today: date) -> Iterator[Mention]:
    """六八年五月, 七零年三月五日: how people say the day they were born or began to work."""
    for match in _SHORT_YEAR.finditer(text):
        short = _DIGITS[match["tens"]] * 10 + _DIGITS[match["ones"]]
        year = today.year // 100 * 100 + short
        number, day = parse_number(match["month"]), parse_number(match["day"] or "1")
        when = _day(year if year <= today.year + 1 else year - 100, number, day)
        if when:
            yield Mention(match.start(), match.end(), {Kind.DATE: when})


def _day(year: int, number: Decimal | None, day: Decimal | None) -> date | None:
    if number is None or day is None:
        return None
    try:
        return date(year, int(number), int(day))
    except ValueError:  # 二月三十日
        return None


_PERCENT = re.compile(
    rf"{START}(?:(?P<percent>{NUMBER})\s?%|百分之(?P<of_hundred>{NUMBER})|千分之(?P<of_thousand>{NUMBER})"
    rf"|(?P<points>{NUMBER})个(?:百分)?点(?![钟半])|(?P<tenths>[一二两三四五六七八九1-9])成(?![立为了绩本员功都年人长果])"
    r"|(?P<off>[一二三四五六七八九1-9]|[1-9][1-9])折(?![算旧腾磨合]))"
)
_TIMES = {
    "percent": Decimal(1), "of_hundred": Decimal(1), "of_thousand": Decimal("0.1"), "points": Decimal(1),
    "tenths": Decimal(10), "off": Decimal(10),
}  # fmt: skip


def _percents(text: str) -> Iterator[Mention]:
    for match in _PERCENT.finditer(text):
        name = match.lastgroup or ""
        number = parse_number(match[name])
        if number is not None:
            times = Decimal(1) if name == "off" and number > 9 else _TIMES[name]  # 85折
            inexact = _inexact(text, *match.span())
            yield Mention(*match.span(), {Kind.PERCENT: None if inexact else number * times})


def _money(text: str, cues: Sequence[Span]) -> Iterator[Mention]:
    for found in find_money(text):
        inexact = found.value.approximate or found.value.upper is not None
        inexact = inexact or _inexact(text, found.start, found.end) or _of_another_period(text, found, cues)
        yield Mention(found.start, found.end, {Kind.MONEY: None if inexact else found.value.yuan})


def _of_another_period(text: str, found: Found[Money], cues: Sequence[Span]) -> bool:
    """年薪20万 and 300元一天 are no monthly wage."""
    before = _OTHER_PERIOD.search(text, max(0, found.start - _LOOK_BACK), found.start)
    if before is None:
        return _OTHER_PERIOD_AFTER.match(text, found.end) is not None
    return not any(start < before.end() and before.start() < end for start, end in cues)


def _durations(text: str) -> Iterator[Mention]:
    for found in find_durations(text):
        duration, before = found.value, text[max(0, found.start - _LOOK_BACK) : found.start]
        if _NOT_A_LENGTH.search(before):
            continue
        if duration.value == 1 and _NOT_ONE.match(text, found.end):  # 一天都没休
            yield Mention(found.start, found.end, dict.fromkeys(_values(duration), Decimal(0)))
            continue
        inexact = duration.approximate or duration.upper is not None or _inexact(text, found.start, found.end)
        values = _values(duration)
        yield Mention(found.start, found.end, dict.fromkeys(values) if inexact else values)


def _values(duration: Duration) -> dict[Kind, object]:
    """Return a duration in each unit of time, its own first; None where that depends on the calendar.

    A part of a year or an hour that has no end as a decimal is rounded to hundredths, which moves no number
    of months over a whole or half year.
    """
    values: dict[Kind, object] = {}
    for kind, unit in UNIT_OF.items():
        value = duration.to(unit)
        exact = value is not None and value == value.quantize(_CENT)
        values[kind] = value if value is None or exact else value.quantize(_CENT)
    if duration.unit is Unit.YEAR:
        del values[Kind.DAYS]  # nobody says a number of days in years: 12年年假
    own = [kind for kind, unit in UNIT_OF.items() if unit is duration.unit and kind in values]
    return {kind: values[kind] for kind in [*own, *(kind for kind in values if kind not in own)]}


def _places(text: str) -> Iterator[Mention]:
    for found in find_provinces(text):
        yield Mention(found.start, found.end, {Kind.PLACE: found.value})


_COUNT = re.compile(rf"{START}(?<!第)(?P<number>{NUMBER})(?P<counted>[个名位人口次级趟回岁]?)")
_ONE_CHARACTER = re.compile("[^\\d]")


def _counts(text: str, cues: Sequence[Span]) -> Iterator[Mention]:
    """Numbers that are nothing else: 2个, 八级, 8500. A lone 一 counts only in front of a cue (一孩)."""
    begins = {start for start, _ in cues}
    for match in _COUNT.finditer(text):
        number = parse_number(match["number"])
        lone = _ONE_CHARACTER.fullmatch(match["number"]) and not match["counted"]
        if lone and match.end() not in begins:
            continue
        if number is None:
            if parse_pair(match["number"]):
                yield Mention(*match.span(), {Kind.COUNT: None}, bare=not match["counted"])
            continue
        if number >= LARGEST_BARE:
            continue
        inexact = _inexact(text, *match.span())
        values: dict[Kind, object] = {} if number % 1 else {Kind.COUNT: None if inexact else int(number)}
        if not match["counted"] and number >= 100:
            values[Kind.MONEY] = None if inexact else number
        yield Mention(*match.span(), values, bare=not match["counted"])


def _is_denominator(text: str, mention: Mention, among: Sequence[Mention], cues: Sequence[Span]) -> bool:
    """一个月 in 一个月8500 and 8500一个月 and 一年 in 一年休10天 say how often, unless behind a cue."""
    if not _PER.fullmatch(text[mention.start : mention.end]) or any(end == mention.start for _, end in cues):
        return False
    others = [other for other in among if other is not mention]
    if any(other.end <= mention.start and not text[other.end : mention.start].strip() for other in others):
        return True
    first = next((other for other in others if other.start >= mention.end), None)
    if first is None:
        return False
    between = text[mention.end : first.start]
    for start, end in reversed(cues):
        if mention.end <= start and end <= first.start:
            between = between[: start - mention.end] + between[end - mention.end :]
    return _PER_FOLLOWS.fullmatch(between) is not None
