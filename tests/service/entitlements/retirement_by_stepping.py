"""Retirement worked out a second time, by walking the calendar as the annexed tables do.

Nothing here is computed by a formula: tables are written row by row, and months are counted one at a time.
"""

from __future__ import annotations

from datetime import date, timedelta

Row = tuple[int, int]
"""A year and a month."""

ORIGINAL = {"man": 60, "management": 55, "operation": 50}
REACHED = {"man": 63, "management": 58, "operation": 55}
ROWS_TOGETHER = {"man": 4, "management": 4, "operation": 2}
"""So many months of birth share a delay in the annexes."""
LAST_BIRTH = 2045


def next_month(row: Row) -> Row:
    year, month = row
    return (year + 1, 1) if month == 12 else (year, month + 1)


def previous_month(row: Row) -> Row:
    year, month = row
    return (year - 1, 12) if month == 1 else (year, month - 1)


def later(row: Row, months: int) -> Row:
    for _ in range(months):
        row = next_month(row)
    return row


def earlier(row: Row, months: int) -> Row:
    for _ in range(months):
        row = previous_month(row)
    return row


def annex(group: str) -> dict[Row, tuple[Row, int]]:
    """Return the month of retirement and the delay by month of birth, from the first delayed one on."""
    rows: dict[Row, tuple[Row, int]] = {}
    birth, delay = (2025 - ORIGINAL[group], 1), 1
    most = 12 * (REACHED[group] - ORIGINAL[group])
    while birth[0] <= LAST_BIRTH:
        for _ in range(ROWS_TOGETHER[group]):
            turns_original = (birth[0] + ORIGINAL[group], birth[1])
            rows[birth] = (later(turns_original, delay), delay)
            birth = next_month(birth)
        if delay < most:
            delay += 1
    return rows


ANNEXES = {group: annex(group) for group in ORIGINAL}


def statutory(group: str, birth: date, on: date) -> tuple[Row, int]:
    """Return the month of retirement and the delay by the rules of a day."""
    row = (birth.year, birth.month)
    undelayed = ((birth.year + ORIGINAL[group], birth.month), 0)
    return undelayed if on.year < 2025 else ANNEXES[group].get(row, undelayed)


def contributions(until: int) -> dict[int, int]:
    """Return the months of contributions by year of retirement under the rules since 2025."""
    needed, years = 180, {}
    for year in range(1950, until):
        if year >= 2030 and needed < 240:
            needed += 6
        years[year] = needed
    return years


NEEDED = contributions(2120)


def paid_then(paid: int, on: date, row: Row) -> int:
    month = (on.year, on.month)
    while month < row:
        month = next_month(month)
        paid += 1
    return paid


def day_in(row: Row, number: int) -> date:
    first = date(*row, 1)
    day = first
    while day.day < number and (day + timedelta(days=1)).month == row[1]:
        day += timedelta(days=1)
    return day


def earliest(group: str, birth: date, on: date, paid: int) -> Row | None:
    """Return the first month of retiring early, None where there is none, by going through all months."""
    regular, _ = statutory(group, birth, on)
    turns_original = (birth.year + ORIGINAL[group], birth.month)
    three_years_before = earlier(regular, 36)
    free_from = day_in(later((on.year, on.month), 3), on.day)
    month = turns_original
    while month < regular:
        in_time = day_in(month, birth.day) >= free_from
        paid_up = paid_then(paid, on, month) >= NEEDED[month[0]]
        if month >= three_years_before and in_time and paid_up:
            return month
        month = next_month(month)
    return None
