"""Mentions: what in a sentence may be the value of a field, by the kinds of field it fits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import chain

from language.durations import Duration, Unit, find_durations
from language.money import Money, find_money
from language.numbers import HALF, NUMBER, START, parse_number, parse_pair
from language.provinces import find_provinces
from language.spans import Found
from service.entitlements.inputs import Kind
from service.entitlements.said_dates import find_said_dates

Span = tuple[int, int]

UNIT_OF = {Kind.YEARS: Unit.YEAR, Kind.MONTHS: Unit.MONTH, Kind.DAYS: Unit.DAY, Kind.HOURS: Unit.HOUR}
_KIND_OF = {unit: kind for kind, unit in UNIT_OF.items()} | {
    Unit.WEEK: Kind.DAYS, Unit.WORKDAY: Kind.DAYS, Unit.MINUTE: Kind.HOURS,
}  # fmt: skip
_CENT = Decimal("0.01")
LARGEST_BARE = 10**8
SMALLEST_BARE_SUM = 10


@dataclass(frozen=True, slots=True)
class Mention:
    """`values` says what it is in each kind of field, None where the wording is inexact (十多年).

    The kind it is said in comes first. `bare` is a number without a unit, which fits where a cue stands
    beside it or where it is the whole answer. `since` is where the range begins whose end it is, else 0.
    """

    start: int
    end: int
    values: Mapping[Kind, object] = field(default_factory=dict)
    bare: bool = False
    since: int = 0

    @property
    def own(self) -> Kind | None:
        """The kind it is said in."""
        return next(iter(self.values), None)

    @property
    def counts(self) -> bool:
        """Whether it is a number that belongs to a cue only if it stands beside it: 2个, 8500."""
        return self.bare or self.own is Kind.COUNT


_INEXACT_BEFORE = re.compile(
    "(?:不到|没到|没有|不足|不满|不够|未满|超过|多于|少于|至少|最多|起码|接近|将近|近|估计|估摸)有?$|[+×*]$"
)
_INEXACT_AFTER = re.compile("(?:以上|以下|以内|之内|不到|左右|上下|出头|开外|不等|[多来余](?![少久大]))")
# 前3个月 and 每3个月 are no length that somebody has worked, rested or signed for.
_NOT_A_LENGTH = re.compile("(?:(?<![以之目提])前|最近|过去|每|[上下]|头|第|未来|岁零?)$")
# What is left, too long or interrupted is not the length itself, unless a cue says so.
_NOT_THE_VALUE = re.compile(
    "(?:超了?|超出|多出来?|多了|延长|延后|推迟|晚了|还[差缺要剩有]|只[差剩]|[差剩]|(?<!买)断了?|断缴|中断|停了?|停缴|少了|再过?|再有|再干|多干|提前|提早|想[早晚]|[早晚]退)"
    "[了过的下我]{0,2}$"
)
_PER = re.compile("一个?(?:年|月|天|周|星期|小时)$")
_PER_FOLLOWS = re.compile("[能可以要给有是才就只发拿挣休歇放工作班]{0,3}")
_NOT_ONE = re.compile("[都也]?(?:没|未|不曾)")
_OTHER_PERIOD = re.compile(
    "(?:年薪|年收入|每年|一年|日薪|日工资|小时工资|周薪|每天|一天|时薪|每小时|一小时)(?:大概|差不多|是|有|拿|挣|发|给)*$"
)
_OTHER_PERIOD_AFTER = re.compile(r"\s?[/每一]个?(?:天|年|小时)")
_LOOK_BACK = 8


def find_mentions(
    text: str, today: date, cues: Sequence[Span], *, inexact_dates: bool = False, leaving: bool = False
) -> list[Mention]:
    """Return what may be a value in a normalised text, in order, none overlapping another.

    `cues` are the places of the calculator's own words: 年薪 makes a sum no monthly wage but in a cue.
    """
    found: list[Mention] = []
    for mention in chain(
        _dates(text, today, inexact=inexact_dates, leaving=leaving),
        _percents(text),
        _money(text, cues),
        _durations(text, cues),
        _places(text),
        _counts(text, cues),
    ):
        cue_itself = Kind.DATE in mention.values and any(_inside(mention, cue) for cue in cues)  # 上个月
        if not cue_itself and all(
            mention.end <= other.start or other.end <= mention.start for other in found
        ):
            found.append(mention)
    found.sort(key=lambda mention: mention.start)
    return [
        mention
        for mention in found
        if not _is_denominator(text, mention, found, cues) and not _is_a_rest(text, mention, cues)
    ]


def _inside(mention: Mention, span: Span) -> bool:
    return span[0] <= mention.start and mention.end <= span[1]


def _inexact(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - _LOOK_BACK) : start]
    return bool(_INEXACT_BEFORE.search(before) or _INEXACT_AFTER.match(text, end))


def _dates(text: str, today: date, *, inexact: bool, leaving: bool) -> Iterator[Mention]:
    for said in find_said_dates(text, today, inexact=inexact, leaving=leaving):
        yield Mention(said.start, said.end, {Kind.DATE: said.value}, since=said.since)


_PERCENT = re.compile(
    rf"{START}(?:(?P<percent>{NUMBER})\s?%|(?P<permille>{NUMBER})\s?‰|百分之(?P<of_hundred>{NUMBER})|千分之(?P<of_thousand>{NUMBER})"
    rf"|(?P<points>{NUMBER})个(?:百分)?点(?![钟半])|(?P<tenths>[一二两三四五六七八九1-9])成(?![立为了绩本员功都年人长果])"
    r"|(?P<off>[一二三四五六七八九1-9]|[1-9][1-9])折(?![算旧腾磨合]))"
)
_HALF_A_POINT = re.compile("半个(?:百分)?点(?!钟)")
_TIMES = {
    "percent": Decimal(1), "of_hundred": Decimal(1), "points": Decimal(1),
    "permille": Decimal("0.1"), "of_thousand": Decimal("0.1"), "tenths": Decimal(10), "off": Decimal(10),
}  # fmt: skip


def _percents(text: str) -> Iterator[Mention]:
    for match in _PERCENT.finditer(text):
        name = match.lastgroup or ""
        number = parse_number(match[name])
        if number is not None:
            times = Decimal(1) if name == "off" and number > 9 else _TIMES[name]  # 85折
            inexact = _inexact(text, *match.span())
            yield Mention(*match.span(), {Kind.PERCENT: None if inexact else tidy(number * times)})
    for match in _HALF_A_POINT.finditer(text):
        yield Mention(*match.span(), {Kind.PERCENT: HALF})


def _money(text: str, cues: Sequence[Span]) -> Iterator[Mention]:
    for found in find_money(text):
        inexact = found.value.approximate or found.value.upper is not None
        inexact = inexact or _inexact(text, found.start, found.end) or _of_another_period(text, found, cues)
        yield Mention(found.start, found.end, {Kind.MONEY: None if inexact else tidy(found.value.yuan)})


def _of_another_period(text: str, found: Found[Money], cues: Sequence[Span]) -> bool:
    """年薪20万 and 300元一天 are no monthly wage."""
    before = _OTHER_PERIOD.search(text, max(0, found.start - _LOOK_BACK), found.start)
    if before is None:
        return _OTHER_PERIOD_AFTER.match(text, found.end) is not None
    return not any(start <= before.start() < end for start, end in cues)


# 05年上班的, 23年跳槽过来: the year in which, not how long.
_LIKE_A_YEAR = re.compile(
    r"(?:0\d年|[129]\d年(?:就|才|刚|从)?(?:入职|入行|进(?:的|来|行|单位)|来(?:的|到|行|这)|跳槽|调过?来|报到|招|毕业|参加工作))"
)
_WAGES_OF = re.compile("的?(?:工资|薪水)")
_GIVEN = re.compile("(?:给|赔|补|发|拿|付|欠|得)[了过我]{0,2}$")


def _durations(text: str, cues: Sequence[Span]) -> Iterator[Mention]:
    durations = find_durations(text)
    for found, following in zip(durations, [*durations[1:], None], strict=False):
        duration, before = found.value, text[max(0, found.start - _LOOK_BACK) : found.start]
        if _NOT_A_LENGTH.search(before) or _LIKE_A_YEAR.match(text, found.start):
            continue
        if _GIVEN.search(before) and _WAGES_OF.match(text, found.end):  # 只给一个月工资
            continue
        if duration.value == 1 and _NOT_ONE.match(text, found.end):  # 一天都没休
            yield Mention(found.start, found.end, dict.fromkeys(_values(duration), Decimal(0)))
            continue
        goes_on = following is not None and text[found.end : following.start] in ("", "零", "又")
        inexact = duration.approximate or duration.upper is not None or goes_on  # 一年零一天
        inexact = inexact or _inexact(text, found.start, found.end)
        values = _values(duration)
        if duration.unit is Unit.WEEK and any(
            found.start < start and end == found.end for start, end in cues
        ):
            values[Kind.COUNT] = int(duration.value)  # 孕16周, where weeks are counted
        yield Mention(found.start, found.end, dict.fromkeys(values) if inexact else values)


def _values(duration: Duration) -> dict[Kind, object]:
    """Return a duration in each unit of time, its own first; None where that depends on the calendar.

    A part of a year or an hour that has no end as a decimal is rounded to hundredths, which moves no number
    of months over a whole or half year.
    """
    own = _KIND_OF[duration.unit]
    values: dict[Kind, object] = {}
    for kind in (own, *UNIT_OF):
        value = duration.to(UNIT_OF[kind])
        values[kind] = None if value is None else tidy(value.quantize(_CENT))
    if duration.unit is Unit.YEAR:
        del values[Kind.DAYS]  # nobody says a number of days in years: 12年年假
    return values


def tidy(value: Decimal) -> Decimal:
    """Return a number without needless zeros: 6 for 6.0."""
    return Decimal(int(value)) if value == int(value) else value.normalize()


def _places(text: str) -> Iterator[Mention]:
    for found in find_provinces(text):
        yield Mention(found.start, found.end, {Kind.PLACE: found.value})


_COUNT = re.compile(rf"{START}(?<!第)(?P<number>{NUMBER})(?P<counted>(?:[个名位人口级趟回]|次(?!性))?)")
_TO = re.compile(r"[\d一二两三四五六七八九十][个名位人口级]?(?:到|至|-|~|或者?)$")  # 八到九级
_ANOTHER_UNIT = re.compile("[年月日号天周岁点时分秒%‰元块小星礼钟]")
_ONE_CHARACTER = re.compile("[^\\d]")


def _counts(text: str, cues: Sequence[Span]) -> Iterator[Mention]:
    """Numbers that are nothing else: 2个, 八级, 8500. A lone 一 counts only in front of a cue (一孩)."""
    begins = {start for start, _ in cues}
    for match in _COUNT.finditer(text):
        number = parse_number(match["number"])
        if _ANOTHER_UNIT.match(text, match.end()) and match.end() not in begins:
            continue
        lone = _ONE_CHARACTER.fullmatch(match["number"]) and not match["counted"]
        if lone and match.end() not in begins:
            continue
        if number is None:
            if parse_pair(match["number"]):
                yield Mention(*match.span(), {Kind.COUNT: None}, bare=not match["counted"])
            continue
        if number >= LARGEST_BARE:
            continue
        inexact = _inexact(text, *match.span()) or _TO.search(
            text, max(0, match.start() - _LOOK_BACK), match.start()
        )
        values: dict[Kind, object] = {} if number % 1 else {Kind.COUNT: None if inexact else int(number)}
        if not match["counted"] and number >= SMALLEST_BARE_SUM:
            values[Kind.MONEY] = None if inexact else number
        yield Mention(*match.span(), values, bare=not match["counted"])


def _is_a_rest(text: str, mention: Mention, cues: Sequence[Span]) -> bool:
    """还差三年, 超了一个月 and 想提前两年退 are no length that was asked for."""
    before = _NOT_THE_VALUE.search(text, max(0, mention.start - _LOOK_BACK), mention.start)
    if before is None or mention.own not in UNIT_OF:
        return False
    return not any(start < before.end() and before.start() < end for start, end in cues)


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
