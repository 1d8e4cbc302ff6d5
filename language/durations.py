"""Lengths of time: 12年, 十二年半, 3个月, 半年, 两周, 15个工作日, 一个半小时, 3到6个月, 十多年."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from language.numbers import HALF, NUMBER, START, parse_number, parse_pair
from language.spans import Found, fold


class Unit(str, Enum):
    """A unit of time; working days and calendar days are kept apart, as time limits do."""

    YEAR = "year"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    WORKDAY = "workday"
    HOUR = "hour"
    MINUTE = "minute"


# How many of the smaller unit make one of the larger, where that is the same everywhere.
_CONTAINS = {
    (Unit.YEAR, Unit.MONTH): 12,
    (Unit.WEEK, Unit.DAY): 7,
    (Unit.HOUR, Unit.MINUTE): 60,
}


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in one unit.

    `upper` is the other end of a range (3到6个月). `approximate` says that the wording is not exact: `value`
    is then a lower bound (十多年) or a rough figure (两个月左右).
    """

    value: Decimal
    unit: Unit
    upper: Decimal | None = None
    approximate: bool = False

    def to(self, unit: Unit) -> Decimal | None:
        """Return `value` in `unit`, or None where it depends on the calendar (months into days)."""
        if unit is self.unit:
            return self.value
        if (self.unit, unit) in _CONTAINS:
            return self.value * _CONTAINS[self.unit, unit]
        if (unit, self.unit) in _CONTAINS:
            return self.value / _CONTAINS[unit, self.unit]
        return None


_UNITS = {
    "周年": (Unit.YEAR, 1), "年": (Unit.YEAR, 1),
    "季度": (Unit.MONTH, 3), "月": (Unit.MONTH, 1),
    "星期": (Unit.WEEK, 1), "礼拜": (Unit.WEEK, 1), "周": (Unit.WEEK, 1),
    "工作日": (Unit.WORKDAY, 1), "自然日": (Unit.DAY, 1), "日历日": (Unit.DAY, 1),
    "天": (Unit.DAY, 1), "日": (Unit.DAY, 1),
    "小时": (Unit.HOUR, 1), "钟头": (Unit.HOUR, 1), "h": (Unit.HOUR, 1),
    "分钟": (Unit.MINUTE, 1), "刻钟": (Unit.MINUTE, 15),
}  # fmt: skip

_LONGEST = {Unit.YEAR: 100, Unit.MONTH: 1_200}  # 2023年 and 300年 are no length of service

_JOIN = r"\s?(?:到|至|-|~|—+|–|、)\s?"
_UNIT = (
    r"周年|工作日|自然日|日历日|季度|小时|钟头|分钟|刻钟|h(?![a-z])|年(?![级代初底末度份龄]|终(?!于)|假(?![期有几多]))|月(?![份板谈])"
    r"|(?:星期|礼拜)(?![一二三四五六日天\d])|周(?![岁末边围报刊密全]|[一二三四五六日](?!天|个|年))"
    r"|天(?![气津生然安空才堂平猫地河赋价职])|日(?![期常程报记历元语本])"
)
_DURATION = re.compile(
    rf"{START}(?:(?P<half>(?P<roughly>[大小]?)半个?)"
    rf"|零?(?P<number>{NUMBER})(?P<more>[多余来几]?)(?:{_JOIN}(?P<upper>{NUMBER}))?"
    rf"\s?(?P<each>个?)(?P<some_more>[多来]?)(?P<and_half>(?:半(?=月|小时|钟头|星期|礼拜))?))"
    rf"(?P<unit>{_UNIT})(?P<half_after>(?:半(?![价夜载路途径截个百天年月]))?)(?P<rest>(?:[多余](?!少|久|大))?)"
)
SHORT_YEAR = re.compile(
    r"(?<![\d.满了干过作共近约达龄])(?P<short_year>\d\d)年"
    r"(?=(?:1[0-2]|0?[1-9])月|[初底末份度春夏秋冬]|[上下]半年|年[初底末中]|元旦|春节|国庆|的?时候|那[年时会]"
    r"|入[职行司厂]|毕业|参加工作|进[厂行公单来]|来的|出?生的?|那[批会]|改制|退[休伍]|开始|至今|到现在)"
)
"""A year of two digits: 22年入职 and 23年5月 name a year, 工作22年 is a length of time."""

# Wordings built like a duration that mean something else, or nothing definite.
_IDIOM = re.compile(
    "一年半载|[三十]天半个?月|三天两头|三天打鱼|三年[五两]载|一天到晚|一天天|一天比一天|一年一度|一年到头|一年四季|一年比一年"
    "|(?<=[^只就还仅没共能才龄期])有一天(?!的?[年病事婚产]?假)|^有一天|一日三餐|一日游|一年级"
    "|(?<![路车班网身手床晚早桌楼街合])[上下前后每某哪那这同头另当](?:一|1)个?(?:年|月|季度|星期|礼拜|周|天|日|工作日|小时)|[上下前后]半个?[年月天]|(?<=了)半天(?!的?假)"
)
_NEVER_BEFORE = ("第", "几", "数", "一半")
_CUE_OF_LENGTH = re.compile(
    "(?:提前|满|过|少于|至少|最多|最长|连续|累计|共|不足|工龄|工作|干了|做了|足|为|休|放|产假)$"
)
_LIMIT_FOLLOWS = re.compile("以?之?内|以上|以下|带薪|假|未|期限|的?宽限")
_ROUGHLY_BEFORE = re.compile(
    "(?:(?:将近|接近|差不多|大概|大约|约|大致)有?|(?<![尽赶最更])快(?:要|有|到|满)?)$"
)
_ROUGHLY_AFTER = re.compile("左右|上下|的?样子")


def find_durations(text: str) -> list[Found[Duration]]:
    """Return the lengths of time in `text`, in order.

    Neighbouring units are added up where they can be (3年6个月 is 42 months). Dates (5月20日, 2023年,
    上半年), ordinals (第三天), ages (三周岁) and idioms (三天两头) are not lengths of time.
    """
    folded = fold(text)
    idioms = [match.span() for match in _IDIOM.finditer(folded)]
    short_years = {match.start() for match in SHORT_YEAR.finditer(folded)}
    found: list[Found[Duration]] = []
    for match in _DURATION.finditer(folded):
        start = match.start("number") if match["number"] else match.start()
        if start in short_years or any(begin < match.end() and start < end for begin, end in idioms):
            continue
        duration = _read(folded, match, follows=found[-1] if found and found[-1].end == start else None)
        if duration:
            found.append(Found(duration, start, match.end()))
    return _added_up(folded, found)


def _read(folded: str, match: re.Match[str], *, follows: Found[Duration] | None) -> Duration | None:
    before, after = folded[: match.start()], match.end()
    if before.endswith(_NEVER_BEFORE):
        return None
    name = match["unit"]
    unit, times = _UNITS[name]
    if name == "月" and not _is_length_in_months(match, before, follows):
        return None
    if name == "季度" and not match["each"]:  # 三季度 is the third of a year
        return None
    if name == "日" and not _is_length_in_days(folded, match, before):
        return None
    ends = _ends(match)
    if ends is None:
        return None
    value, upper = ends
    if match["half_after"] or match["and_half"]:
        value += HALF
    if not value < (upper or value + 1) <= _LONGEST.get(unit, 10_000):
        return None
    approximate = bool(
        (match["more"] or match["some_more"] or match["rest"] or match["roughly"])
        or (upper is not None and not match["upper"])
        or _ROUGHLY_BEFORE.search(before)
        or _ROUGHLY_AFTER.match(folded, after)
    )
    return Duration(value * times, unit, None if upper is None else upper * times, approximate)


def _ends(match: re.Match[str]) -> tuple[Decimal, Decimal | None] | None:
    if match["half"]:
        return HALF, None
    if match["more"] == "几" and match["number"][-1] not in "十百千":
        return None
    value = parse_number(match["number"])
    if value is None:
        return parse_pair(match["number"])
    if not match["upper"]:
        return value, None
    upper = parse_number(match["upper"])
    return None if upper is None else (value, upper)


def _is_length_in_months(match: re.Match[str], before: str, follows: Found[Duration] | None) -> bool:
    """5月 is May; 5个月, 半月, 两月, 满5月 and 3年5月 are lengths."""
    if match["each"] or match["half"] or match["number"] in ("两", "俩"):
        return True
    return bool(_CUE_OF_LENGTH.search(before)) or (follows is not None and follows.value.unit is Unit.YEAR)


def _is_length_in_days(folded: str, match: re.Match[str], before: str) -> bool:
    """5月20日 and 20日 are dates; 20日内, 提前30日, 九十八日 are lengths."""
    if match["half"] or match["each"]:
        return bool(match["half"])
    if before.endswith(("月", "月份")):
        return False
    number = parse_number(match["number"])
    return bool(
        (number is not None and number > 31)
        or _CUE_OF_LENGTH.search(before)
        or _LIMIT_FOLLOWS.match(folded, match.end())
    )


def _added_up(folded: str, found: list[Found[Duration]]) -> list[Found[Duration]]:
    """Join neighbours such as 3年零6个月 in the smaller unit, where one converts into the other."""
    joined: list[Found[Duration]] = []
    for piece in found:
        last = joined[-1] if joined else None
        if (
            last
            and folded[last.end : piece.start] in ("", "零", "又")
            and (last.value.unit, piece.value.unit) in _CONTAINS
            and last.value.upper is None
            and piece.value.upper is None
        ):
            whole = last.value.to(piece.value.unit) or Decimal(0)
            sum_ = Duration(whole + piece.value.value, piece.value.unit, approximate=piece.value.approximate)
            joined[-1] = Found(sum_, last.start, piece.end)
        else:
            joined.append(piece)
    return joined
