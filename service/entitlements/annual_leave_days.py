"""Counting annual leave: full years worked, the ladder, and the share of a year spent in one unit.

条例 is 职工带薪年休假条例, 实施办法 is 企业职工带薪年休假实施办法.
"""

from __future__ import annotations

from calendar import isleap
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

LADDER = ((20, 15), (10, 10), (1, 5))
"""Years worked in all and the days of leave from them on (条例 第三条)."""
SICK_LIMITS = {5: 2, 10: 3, 15: 4}
"""Months of sick leave in a year that take the leave of that year, by its days (条例 第四条第三至五项)."""
DAYS_OF_YEAR = 365
"""By which 实施办法 第五条 and 第十二条 divide, in leap years too."""


def anniversary(since: date, years: int) -> date:
    """Return the day `years` years later; 29 February falls on 28 February (民法典 第二百零二条)."""
    year = since.year + years
    if (since.month, since.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return since.replace(year=year)


def full_years(since: date, until: date) -> int:
    """Return how many whole years are over on a day, 0 before any is."""
    years = until.year - since.year
    if anniversary(since, years) > until:
        years -= 1
    return max(years, 0)


def ladder(years: Decimal) -> int:
    """Return the days of leave in a whole year."""
    return next((days for least, days in LADDER if years >= least), 0)


def rung(full: int) -> tuple[int, int | None]:
    """Return from how many years on and below how many the days hold; the highest rung has no end."""
    least = next(years for years, days in LADDER if days == full)
    return least, min((years for years, _ in LADDER if years > least), default=None)


def days_in_unit(year: int, since: date | None, until: date | None) -> int:
    """Return the calendar days of a year from the day of entry to the last day, both counted."""
    first = max(since or date.min, date(year, 1, 1))
    last = min(until or date.max, date(year, 12, 31))
    return (last - first + timedelta(days=1)).days


def whole_days_left(days: int, full: int, taken: Decimal) -> int:
    """Return days ÷ 365 × full − taken without its broken part, not below 0 (实施办法 第五条, 第十二条)."""
    return max(int((days * full - DAYS_OF_YEAR * taken) // DAYS_OF_YEAR), 0)


def shown_share(days: int, full: int) -> Decimal:
    """Return days ÷ 365 × full to be read; cut off, so that no 4.997 is shown as 5."""
    return (Decimal(days * full) / DAYS_OF_YEAR).quantize(Decimal("0.01"), ROUND_DOWN)
