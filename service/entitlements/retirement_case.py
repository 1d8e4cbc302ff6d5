"""One person's retirement: what is told, the rules that hold, and what is gathered on the way to a result."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated

from service.entitlements.inputs import Day, Inputs, Kind, Years
from service.entitlements.parameters import Parameter
from service.entitlements.retirement_ages import Month, Retirement, contribution_months, month_of
from service.entitlements.working import Figure, Said, Step, Value, said


class Sex(StrEnum):
    MAN = "man"
    WOMAN = "woman"


class Post(StrEnum):
    """What a woman's post is: it decides which age was hers before the delay."""

    MANAGEMENT = "management"
    OPERATION = "operation"
    UNSURE = "unsure"


class Wish(StrEnum):
    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"


class RetirementDate(Inputs):
    """`paid_years` are the years of pension contributions up to the day of asking."""

    sex: Annotated[Sex | None, Kind.CHOICE] = None
    birth: Day = None
    post: Annotated[Post | None, Kind.CHOICE] = None
    paid_years: Years = None
    wish: Annotated[Wish | None, Kind.CHOICE] = None


@dataclass(frozen=True, slots=True)
class Case:
    """One person under the rules of a day; `contributions` are None where they could not be read."""

    told: RetirementDate
    birth: date
    on: date
    ages: Parameter
    retirement: Retirement
    contributions: Parameter | None

    @property
    def reached(self) -> bool:
        """A month is all that is known of the day: in that month it may be reached or not."""
        return self.retirement.month < month_of(self.on)

    def paid_by(self, month: Month) -> int | None:
        """Return the months paid by then if every month from now on is paid, None where it is not told."""
        if self.told.paid_years is None:
            return None
        return int(self.told.paid_years * 12) + max(0, month_of(self.on).until(month))

    def short_by(self, month: Month, year: int) -> int | None:
        """Return the months missing by then of what those who retire in `year` need; None where it cannot
        be said."""
        paid = self.paid_by(month)
        if paid is None or self.contributions is None:
            return None
        return max(0, contribution_months(year, self.contributions) - paid)


@dataclass(slots=True)
class Result:
    """What is gathered on the way; `leaves` is the month of retirement, `counts` the year that decides how
    many contributions it takes."""

    headline: Said
    leaves: Month
    counts: int
    figures: dict[str, Figure] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    checks: list[Said] = field(default_factory=list)


def aged(key: str, age_months: int, at: Month, **values: Value) -> Said:
    """Return a sentence about an age and a month; it has another wording for whole years."""
    years, months = divmod(age_months, 12)
    values = {"years": years, "months": months, "year": at.year, "month": at.month, **values}
    return said(key if months else f"{key}_whole", **values)


def month_figures(name: str, at: Month) -> dict[str, Figure]:
    return {f"{name}_year": Figure(at.year, "none"), f"{name}_month": Figure(at.month, "none")}
