"""Retirement by month of birth, and the contributions a pension takes, as the rules of a day have them.

The annexed tables of 国务院关于渐进式延迟法定退休年龄的办法 go by months, so months are the unit here.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from service.entitlements.parameters import Parameter


class Month(NamedTuple):
    """A month of the calendar."""

    year: int
    month: int

    def plus(self, months: int) -> Month:
        years, month = divmod(self.month - 1 + months, 12)
        return Month(self.year + years, month + 1)

    def until(self, later: Month) -> int:
        """Return the number of months to a later one, negative where it is earlier."""
        return (later.year - self.year) * 12 + later.month - self.month

    def day(self, number: int) -> date:
        """Return that day of the month, the last one where the month is shorter."""
        return date(self.year, self.month, min(number, calendar.monthrange(self.year, self.month)[1]))


def month_of(day: date) -> Month:
    return Month(day.year, day.month)


@dataclass(frozen=True, slots=True)
class Retirement:
    """When somebody reaches the statutory age; `original` is the age before the delay in years."""

    original: int
    delay_months: int
    birth: Month

    @property
    def month(self) -> Month:
        return self.birth.plus(self.age_months)

    @property
    def original_month(self) -> Month:
        return self.birth.plus(12 * self.original)

    @property
    def age_months(self) -> int:
        return 12 * self.original + self.delay_months


def retirement(birth: Month, rule: Parameter) -> Retirement:
    """Work out the delay: a month for each `step_months` begun since `begins`, up to the age `reached`.

    办法 第一条. Whoever reached the original age before `begins` is not delayed; rules of earlier days know
    no delay.
    """
    original = int(rule.number("original"))
    reached_at = birth.plus(12 * original)
    if not rule.has("begins") or reached_at < (begins := month_of(rule.day("begins"))):
        return Retirement(original, 0, birth)
    most = 12 * (int(rule.number("reached")) - original)
    delay = begins.until(reached_at) // int(rule.number("step_months")) + 1
    return Retirement(original, min(delay, most), birth)


def contribution_months(year: int, rule: Parameter) -> int:
    """Return the months of contributions a monthly pension takes of those who retire in a year.

    社会保险法 第十六条, since 2025 办法 第二条: `step_months` more each year from `begins`, up to `at_most`.
    """
    months = 12 * int(rule.number("years"))
    if not rule.has("begins"):
        return months
    years_raised = max(0, year - rule.day("begins").year + 1)
    most = 12 * int(rule.number("at_most"))
    return min(months + years_raised * int(rule.number("step_months")), most)
