"""The calendar of working days: `knowledge_base/calendar/<year>.yml`, one file for each official notice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from retrieval.yamlfile import read_yaml

SATURDAY = 5
LONGEST_HOLIDAY = timedelta(days=15)


class CalendarError(Exception):
    """A calendar file is missing or wrong; says the file and the entry."""


class DayKind(StrEnum):
    """What a day is. A make-up day is a Saturday or Sunday on which one works as from Monday to Friday."""

    WEEKDAY = "weekday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar. `known` False: no notice for its year is at hand and only the weekday counts."""

    on: date
    kind: DayKind
    known: bool

    @property
    def working(self) -> bool:
        return self.kind in (DayKind.WEEKDAY, DayKind.MAKE_UP)


class Holiday(BaseModel):
    """One holiday: its days off and the weekend days worked in exchange."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    workdays: list[date]

    @model_validator(mode="after")
    def _possible(self) -> Holiday:
        if not timedelta() <= self.last - self.first < LONGEST_HOLIDAY:
            raise ValueError(f"{self.name}: not from {self.first} to {self.last}")
        for day in self.workdays:
            if day.weekday() < SATURDAY or self.first <= day <= self.last:
                raise ValueError(f"{self.name}: {day} is no day to be worked in exchange")
        return self

    def days_off(self) -> Iterator[date]:
        return (self.first + timedelta(days=past) for past in range((self.last - self.first).days + 1))


class Year(BaseModel):
    """The notice of one year. A holiday of its first or last days may reach into the year beside it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    year: int
    title: str
    number: str | None
    issued_on: date
    source: str
    verified: bool
    reviewed_on: date
    holidays: list[Holiday] = Field(min_length=1)

    @model_validator(mode="after")
    def _of_this_year(self) -> Year:
        for holiday in self.holidays:
            if self.year not in (holiday.first.year, holiday.last.year):
                raise ValueError(f"{holiday.name}: not in {self.year}")
        return self


class Calendar:
    """Days off and make-up days of the years whose notice is at hand; weekdays alone in all others."""

    def __init__(self, years: Iterable[Year] = ()) -> None:
        self.years = tuple(years)
        holidays = [holiday for year in self.years for holiday in year.holidays]
        self._off = frozenset(day for holiday in holidays for day in holiday.days_off())
        self._make_up = frozenset(day for holiday in holidays for day in holiday.workdays)
        self._known = frozenset(year.year for year in self.years)
        if both := self._off & self._make_up:
            raise CalendarError(f"{min(both)} is both a day off and a make-up day")

    def day(self, on: date) -> Day:
        """Return what the day is, and whether that is known."""
        if on in self._off:
            kind = DayKind.HOLIDAY
        elif on in self._make_up:
            kind = DayKind.MAKE_UP
        else:
            kind = DayKind.WEEKEND if on.weekday() >= SATURDAY else DayKind.WEEKDAY
        return Day(on, kind, known=on.year in self._known)


def load_calendar(folder: Path) -> Calendar:
    """Read `folder/*.yml`; no file at all is a calendar that knows no year. Raises CalendarError."""
    years = []
    for file in sorted(folder.glob("*.yml")):
        try:
            year = Year.model_validate(read_yaml(file))
        except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
            raise CalendarError(f"{file}: {error}") from error
        if file.stem != str(year.year):
            raise CalendarError(f"{file}: holds the year {year.year}")
        years.append(year)
    try:
        return Calendar(years)
    except CalendarError as error:
        raise CalendarError(f"{folder}: {error}") from error
