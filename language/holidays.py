"""Holidays with a fixed day in the calendar year; 春节, 清明, 端午 and 中秋 move and are not among them."""

import re
from datetime import date

from language.date_ranges import DateRange, Setting, choose, day, year_of
from language.spans import Found

_DAYS = {
    "元旦": (1, 1), "妇女": (3, 8), "三八": (3, 8), "植树": (3, 12), "劳动": (5, 1), "五一": (5, 1),
    "青年": (5, 4), "五四": (5, 4), "儿童": (6, 1), "六一": (6, 1), "建党": (7, 1), "七一": (7, 1),
    "建军": (8, 1), "八一": (8, 1), "教师": (9, 10), "国庆": (10, 1), "十一": (10, 1),
}  # fmt: skip
_NAME = re.compile(
    "(?:元旦|国庆)节?|(?:三八|五四|六一|七一|八一)?(?:妇女|青年|儿童|建党|建军)节|(?:三八|五四|六一|七一|八一)节"
    "|(?:植树|教师|劳动)节|五一(?:国际)?劳动节|五一(?!路|劳动|奖|巾帼|广场|口号|[零一二三四五六七八九十百千万])节?"
    "|十一(?:国庆节?|(?=期间|假期|长假|放假|黄金周|当[天日]|值班|加班|那[天几]))"
)
_IN_A_YEAR = re.compile("(?:三八|五四|六一|七一|八一|十一)(?![月个天年级周\\d])节?")
_LONGER_NUMBER_BEFORE = re.compile("[零一二三四五六七八九十百千万第双周]$")


def holiday(folded: str, position: int, setting: Setting) -> Found[DateRange] | None:
    """Return the holiday that is named at `position`, in the year that is meant."""
    match = _NAME.match(folded, position)
    if not match or _LONGER_NUMBER_BEFORE.search(folded, max(0, position - 1), position):
        return None
    days = choose(lambda number: day(date(number, *_DAYS[match.group()[:2]])), year_of, setting)
    return Found(days, position, match.end()) if days else None


def holiday_in(folded: str, position: int, year: int) -> Found[DateRange] | None:
    """Return the holiday that is named at `position`, where `year` has just been said: 去年十一."""
    match = _NAME.match(folded, position) or _IN_A_YEAR.match(folded, position)
    return Found(day(date(year, *_DAYS[match.group()[:2]])), position, match.end()) if match else None


def holiday_start(folded: str, start: int, end: int) -> int:
    """Return where the holiday that `folded[start:end]`, a date, ends with begins (去年|国庆); else `end`."""
    for position in range(start, end):
        match = _NAME.match(folded, position) or _IN_A_YEAR.match(folded, position)
        if match and match.end() == end:
            return position
    return end
