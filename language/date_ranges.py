"""Ranges of days, the arithmetic of weeks, months and years, and which of several is meant."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum


@dataclass(frozen=True, slots=True)
class DateRange:
    """The days from `first` to `last`, both included; the same day twice for a single date."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"ends before it begins: {self.first} to {self.last}")

    @property
    def is_day(self) -> bool:
        return self.first == self.last


def day(when: date) -> DateRange:
    return DateRange(when, when)


def week(of: date, shift: int = 0) -> DateRange:
    """The week of `of`, Monday to Sunday, or the one `shift` weeks later."""
    monday = of - timedelta(days=of.weekday()) + timedelta(weeks=shift)
    return DateRange(monday, monday + timedelta(days=6))


def month(year: int, number: int, *, shift: int = 0) -> DateRange:
    """The calendar month, or the one `shift` months later."""
    year, number = divmod(year * 12 + number - 1 + shift, 12)
    return DateRange(date(year, number + 1, 1), date(year, number + 1, monthrange(year, number + 1)[1]))


def months(year: int, first: int, last: int) -> DateRange:
    return DateRange(month(year, first).first, month(year, last).last)


def year(number: int) -> DateRange:
    return months(number, 1, 12)


def part_of_month(whole: DateRange, part: str) -> DateRange:
    """初 and 上旬 are the 1st to the 10th, 中 and 中旬 the 11th to the 20th, 底, 末 and 下旬 the rest."""
    first = whole.first
    if part in ("初", "上旬"):
        return DateRange(first, first.replace(day=10))
    if part in ("中", "中旬"):
        return DateRange(first.replace(day=11), first.replace(day=20))
    return DateRange(first.replace(day=21), whole.last)


def part_of_year(number: int, part: str) -> DateRange:
    """初 is the first quarter and 底 or 末 the last, 中 the middle half."""
    if part == "初":
        return months(number, 1, 3)
    if part == "中":
        return months(number, 4, 9)
    return months(number, 10, 12)


class Lean(str, Enum):
    """Which year is meant by 3月5日, which month by 5号, which week by 周五, when nothing says so.

    CALENDAR is the current one, except that a day more than nine months ahead is last year's (12月20日, said
    in January). PAST is the latest that has begun by today, FUTURE the earliest that is not over.
    """

    CALENDAR = "calendar"
    PAST = "past"
    FUTURE = "future"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a wording is relative to: today, and at the end of a range its beginning (去年11月到12月)."""

    today: date
    lean: Lean = Lean.CALENDAR
    since: DateRange | None = None


Period = Callable[[date], int]
"""Numbers the years, months or weeks: consecutive ones differ by one."""

_FAR_AHEAD = timedelta(days=270)


def year_of(when: date) -> int:
    return when.year


def month_of(when: date) -> int:
    return when.year * 12 + when.month - 1


def week_of(when: date) -> int:
    return (when.toordinal() - 1) // 7


def choose(make: Callable[[int], DateRange | None], period: Period, setting: Setting) -> DateRange | None:
    """Return what `make` makes of the period that `setting` leads to; None where there is no such day."""
    today = setting.today
    if setting.since:
        beginning = period(setting.since.first)
        made = [make(number) for number in (beginning, beginning + 1)]
        return next((days for days in made if days and days.last >= setting.since.first), None)
    current = make(period(today))
    previous, following = make(period(today) - 1), make(period(today) + 1)
    if setting.lean is Lean.PAST:
        return current if current and current.first <= today else previous
    if setting.lean is Lean.FUTURE:
        return current if current and current.last >= today else following
    return previous if current and current.first - today > _FAR_AHEAD else current
