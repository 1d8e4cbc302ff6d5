"""Working hours: when somebody is there, counted over lunch breaks, weekends, holidays and make-up days.

Pure: every function is given the moment. Moments are aware and come back in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from service.handover.calendar import Calendar, DayKind
from service.people.organisations import Unit

WEEKDAYS = "一二三四五六日"
MONDAY_TO_FRIDAY = frozenset(range(5))
ONE_DAY = timedelta(days=1)

_TIME = r"([01]\d|2[0-3]):([0-5]\d)"
_SPAN = re.compile(f"{_TIME}-{_TIME}")
_DAYS = re.compile(f"周([{WEEKDAYS}])(?:至周([{WEEKDAYS}]))?")


class HoursError(Exception):
    """The hours of a unit are not in the fixed form; says the unit and what is wrong."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Hours as written: weekdays (Monday is 0) and, on each of them, spans of the day in order."""

    days: frozenset[int]
    spans: tuple[tuple[time, time], ...]


def parse_hours(text: str) -> Plan:
    """Read “周一至周五 09:00-12:00、14:00-17:30”, or days listed (“周二、周四”). Raises HoursError."""
    days_text, _, spans_text = text.partition(" ")
    days = frozenset(day for part in days_text.split("、") for day in _days(part, text))
    spans = tuple(_span(part, text) for part in spans_text.split("、"))
    if any(later[0] <= earlier[1] for earlier, later in pairwise(spans)):
        raise HoursError(f"{text!r}: spans overlap or are out of order")
    return Plan(days, spans)


def _days(part: str, text: str) -> range:
    match = _DAYS.fullmatch(part)
    if match is None:
        raise HoursError(f"{text!r}: {part!r} is no weekday")
    first = WEEKDAYS.index(match.group(1))
    last = WEEKDAYS.index(match.group(2)) if match.group(2) else first
    if last < first:
        raise HoursError(f"{text!r}: {part!r} runs backwards")
    return range(first, last + 1)


def _span(part: str, text: str) -> tuple[time, time]:
    match = _SPAN.fullmatch(part)
    if match is None:
        raise HoursError(f"{text!r}: {part!r} is no span like 09:00-12:00")
    hour, minute, to_hour, to_minute = map(int, match.groups())
    start, end = time(hour, minute), time(to_hour, to_minute)
    if end <= start:
        raise HoursError(f"{text!r}: {part!r} does not end after it begins")
    return start, end


class WorkingHours:
    """When one union's office is open: its plan on the days of the calendar, in the deployment's zone.

    A holiday is closed. A make-up day is open as Monday to Friday are, where all five of them are open.
    """

    def __init__(self, plan: Plan, calendar: Calendar, zone: ZoneInfo) -> None:
        self.plan = plan
        self.calendar = calendar
        self.zone = zone

    def open_at(self, moment: datetime) -> bool:
        """Tell whether somebody is there; a span holds its first minute and not its end."""
        return any(start <= moment < end for start, end in self._spans(self._day_of(moment)))

    def known(self, moment: datetime) -> bool:
        """Tell whether holidays of the moment's year are known, or only its weekday counts."""
        return self.calendar.day(self._day_of(moment)).known

    def next_opening(self, moment: datetime) -> datetime:
        """Return the first open moment from `moment` on: itself while open."""
        return next(self._open_from(moment))[0]

    def working_minutes(self, start: datetime, end: datetime) -> int:
        """Return the whole minutes of open time between two moments; 0 where `end` is not after `start`."""
        passed = timedelta()
        if end <= start:
            return 0
        for opened, closed in self._open_from(start):
            if opened >= end:
                break
            passed += min(closed, end) - opened
        return passed // timedelta(minutes=1)

    def working_days_after(self, day: date, n: int) -> date:
        """Return the `n`th day after `day` on which the office opens; `day` itself for 0."""
        for _ in range(n):
            day += ONE_DAY
            while not self._opens_on(day):
                day += ONE_DAY
        return day

    def _open_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield what is open from `moment` on, without end, the first span cut to begin at it."""
        moment = moment.astimezone(UTC)
        day = self._day_of(moment)
        while True:
            for start, end in self._spans(day):
                if moment < end:
                    yield max(start, moment), end
            day += ONE_DAY

    def _spans(self, day: date) -> Sequence[tuple[datetime, datetime]]:
        if not self._opens_on(day):
            return ()
        return [(self._at(day, start), self._at(day, end)) for start, end in self.plan.spans]

    def _opens_on(self, day: date) -> bool:
        kind = self.calendar.day(day).kind
        if kind is DayKind.MAKE_UP:
            return self.plan.days >= MONDAY_TO_FRIDAY or day.weekday() in self.plan.days
        return kind is not DayKind.HOLIDAY and day.weekday() in self.plan.days

    def _day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _at(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)


def hours_of_units(units: Sequence[Unit], calendar: Calendar, zone: ZoneInfo) -> Mapping[str, WorkingHours]:
    """Return the hours of every unit that has a union, by path. Raises HoursError naming the unit."""
    hours = {}
    for unit in units:
        if unit.union is None:
            continue
        try:
            hours[unit.path] = WorkingHours(parse_hours(unit.union.hours), calendar, zone)
        except HoursError as error:
            raise HoursError(f"{unit.path}: {error}") from error
    return hours
