"""Months of the calendar: which day is so many months after another."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day where it has none.

    民法典 第二百零二条.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def last_day(first: date, months: int) -> date:
    """Return the last day of a time of so many months that begins on `first`.

    It is the day before the same day of the later month, or that month's last day where it has none.
    """
    same = months_after(first, months)
    return same - timedelta(days=1) if same.day == first.day else same
