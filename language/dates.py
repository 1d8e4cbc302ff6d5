"""Dates and ranges of dates, relative to today: 去年3月到现在, 上上周五, 2023年的时候."""

import re
from datetime import date

from language.calendar_dates import bare, in_a_month, in_a_year, numeric
from language.date_ranges import DateRange, Lean, Setting
from language.holidays import holiday
from language.relative_days import counted_from_today, day_word, in_a_week
from language.spans import Found, fold

__all__ = ["DateRange", "Lean", "find_dates"]

_READINGS = (numeric, in_a_year, in_a_month, holiday, day_word, in_a_week, bare)
# Every date begins with one of these characters.
_BEGINNING = re.compile("[0-9零一二三四五六七八九十廿大前去上今本明后次翌下这昨元国妇植劳青儿建教年月周星礼]")
_AND_THEN = re.compile(r"\s?(?:开始|起)?\s?[,，]?\s?(?:(?:一直|直)?到了?|至|~|-|—+|–|截[至止]到?)\s?")
_UNTIL_NOW = re.compile(
    r"\s?(?:开始|起)?\s?[,，]?\s?(?:(?:一直|直)?[到至]了?(?:现在|目前|当前|如今|今(?![天日年后早晚])|此刻)(?:为止)?|以来)"
)

_WEEKDAY_ADDED = re.compile(
    r"\s?[,，(]?\s?(?:周|星期|礼拜)[一二三四五六日天](?!到|至|-|~)\)?"
)  # 4月22日(星期六)


def find_dates(text: str, today: date, *, lean: Lean = Lean.CALENDAR) -> list[Found[DateRange]]:
    """Return the dates in `text`, in order, each as the range of days it covers.

    A month, a year or 三个月前 covers all its days; a range (去年3月到现在) ends at `today` where it says so.
    Impossible dates (2月30日) and recurring ones (每周五, 每月5号) are left out. `lean` settles the year of
    3月5日 and the like.
    """
    folded = fold(text)
    setting = Setting(today, lean)
    counted = {found.start: found for found in counted_from_today(folded, setting)}
    found: list[Found[DateRange]] = []
    position = 0
    while position < len(folded):
        reading = counted.get(position)
        if not reading and _BEGINNING.match(folded, position):
            reading = _read(folded, position, setting)
        if reading:
            reading = _continued(folded, reading, setting)
            found.append(reading)
        position = reading.end if reading else position + 1
    return found


def _read(folded: str, position: int, setting: Setting) -> Found[DateRange] | None:
    readings = (read(folded, position, setting) for read in _READINGS)
    return next((reading for reading in readings if reading), None)


def _continued(folded: str, beginning: Found[DateRange], setting: Setting) -> Found[DateRange]:
    """Return the range that `beginning` opens, or `beginning` when it stands alone."""
    first = beginning.value.first
    now = _UNTIL_NOW.match(folded, beginning.end)
    if now and first <= setting.today:
        return Found(DateRange(first, setting.today), beginning.start, now.end())
    weekday = _WEEKDAY_ADDED.match(folded, beginning.end)
    if weekday and beginning.value.is_day:
        return Found(beginning.value, beginning.start, weekday.end())
    joined = _AND_THEN.match(folded, beginning.end)
    if not joined:
        return beginning
    end = _read(folded, joined.end(), Setting(setting.today, setting.lean, since=beginning.value))
    if not end or end.value.last < first:
        return beginning
    return Found(DateRange(first, end.value.last), beginning.start, end.end)
