"""How long somebody has worked for a unit, by the calendar, and for how many months' wages it counts."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

MONTHS = 12
HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Length:
    """Whole months, and whether there are days beyond them."""

    whole_months: int
    and_days: bool

    @property
    def years(self) -> int:
        return self.whole_months // MONTHS

    @property
    def months(self) -> int:
        """Return the whole months beyond the whole years."""
        return self.whole_months % MONTHS


def worked(first: date, last: date) -> Length:
    """Return how long it is from the first day to the last, both worked.

    A month is full on the day before its corresponding day; where that day lacks, at the end of the month:
    from 31 August to 28 February are six months.
    """
    after = last + timedelta(days=1)
    months = (after.year - first.year) * MONTHS + after.month - first.month - (after.day < first.day)
    return Length(months, _corresponding(first, months) < after)


def worked_years(years: Decimal) -> Length:
    """Return the length of so many years, which may be broken: 3.5 are 42 months."""
    months = years * MONTHS
    return Length(int(months), months > int(months))


def counted_months(length: Length) -> Decimal:
    """Return the months' wages of 劳动合同法 第四十七条第一款.

    One for each full year and for six months or more beyond, half of one for less than six months.
    """
    if length.months >= MONTHS // 2:
        return Decimal(length.years + 1)
    return length.years + (HALF if length.months or length.and_days else Decimal(0))


def _corresponding(first: date, months: int) -> date:
    """Return the day so many months on; where the month lacks it, the first of the next month."""
    years, month = divmod(first.month - 1 + months, MONTHS)
    year, month = first.year + years, month + 1
    if first.day <= monthrange(year, month)[1]:
        return date(year, month, first.day)
    return date(year, month, monthrange(year, month)[1]) + timedelta(days=1)
