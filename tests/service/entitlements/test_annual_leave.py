"""Annual leave: what holds of every employee, and a second count of the parts of a year, day by day."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.entitlements.annual_leave import CALCULATOR
from service.entitlements.annual_leave_days import anniversary, full_years
from service.entitlements.parameters import Parameters
from service.entitlements.working import Working

NONE = Parameters(())
TODAY = date(2026, 11, 26)
DAYS = st.dates(date(2009, 1, 1), date(2060, 12, 31))
YEARS = st.decimals(0, 45, places=1)


def worked_out(on: date = TODAY, **told: Any) -> Working:
    return CALCULATOR(told, NONE, on)


def figure(name: str, on: date = TODAY, **told: Any) -> Any:
    return worked_out(on, **told).figures[name].value


def keys(working: Working) -> set[str]:
    parts = (*working.assumed, *working.changes, *working.checks, *(step.said for step in working.steps))
    return {said.key for said in parts}


# A second way to the same figures: days are walked one at a time, whole days of leave are earned one at a
# time as the share reaches them, and years are counted by the calendar's months.


def _days_walked(year: int, since: date, until: date) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        if since <= day <= until:
            yield day
        day += timedelta(days=1)


def _years_by_months(since: date, until: date) -> int:
    months = (until.year - since.year) * 12 + until.month - since.month
    last_of_month = (until + timedelta(days=1)).month != until.month
    if until.day < since.day and not (last_of_month and since.month == until.month):
        months -= 1
    return max(months // 12, 0)


def _earned(days: int, full: int, taken: Fraction) -> int:
    """Whole days are earned as long as one more still fits into the share."""
    earned = 0
    while Fraction(earned + 1) + taken <= Fraction(days, 365) * full:
        earned += 1
    return earned


def _full(years: int) -> int:
    return 0 if years < 1 else 5 if years < 10 else 10 if years < 20 else 15


def _told_at_random(chance: random.Random) -> dict[str, Any]:
    year = chance.randint(2009, 2040)
    length = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    in_year = [date(year, 1, 1) + timedelta(days=chance.randrange(length)) for _ in range(2)]
    hired, left = sorted(in_year)
    told: dict[str, Any] = {"first_work_day": hired - timedelta(days=chance.randrange(366, 45 * 366))}
    kind = chance.choice(("entry", "leaving", "both"))
    if kind != "leaving":
        told |= {"hired_on": hired, "continuous_year": True}
    if kind != "entry":
        told |= {"leaves_on": left, "took_days": Decimal(chance.randrange(0, 31)) / 2}
    return told


def _compare(seed: int, times: int) -> None:
    chance = random.Random(seed)
    for _ in range(times):
        told = _told_at_random(chance)
        hired: date | None = told.get("hired_on")
        left: date | None = told.get("leaves_on")
        day: date = left or told["hired_on"]
        year = day.year
        on = date(year, 1, 1)
        full = _full(_years_by_months(told["first_work_day"], day))
        part = sum(1 for _ in _days_walked(year, hired or date.min, left or date.max))
        figures = worked_out(on, **told).figures
        if left is None:
            assert figures["days"].value == _earned(part, full, Fraction(0)), told
        else:
            assert figures["left_days"].value == _earned(part, full, Fraction(told["took_days"])), told


def test_parts_of_a_year_come_out_the_same_when_counted_day_by_day() -> None:
    _compare(seed=20261126, times=2_000)


@pytest.mark.verify
def test_parts_of_a_year_come_out_the_same_when_counted_day_by_day_often() -> None:
    _compare(seed=511, times=100_000)


@given(YEARS, YEARS)
def test_who_worked_longer_has_no_fewer_days(one: Decimal, other: Decimal) -> None:
    less, more = sorted((one, other))
    assert figure("days", worked_years=less) <= figure("days", worked_years=more) <= 15


@given(st.dates(date(2026, 1, 2), date(2026, 12, 31)), st.integers(1, 40))
def test_who_comes_a_day_earlier_has_no_fewer_days(hired: date, years: int) -> None:
    told: dict[str, Any] = {"worked_years": years, "continuous_year": True}
    earlier = figure("days", date(2026, 12, 31), hired_on=hired - timedelta(days=1), **told)
    assert figure("days", date(2026, 12, 31), hired_on=hired, **told) <= earlier


@given(
    st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    st.integers(1, 40),
    st.decimals(0, 20, places=1),
)
def test_at_leaving_never_more_is_paid_than_a_whole_year_gives(left: date, years: int, took: Decimal) -> None:
    on = date(left.year, 1, 1)
    unused = figure("left_days", on, worked_years=years, leaves_on=left, took_days=took)
    assert 0 <= unused <= figure("days", on, worked_years=years)


@given(st.decimals(1, 100_000, places=2), st.decimals(0, 15, places=1))
def test_pay_is_three_wages_of_which_two_are_paid_besides(wage: Decimal, took: Decimal) -> None:
    figures = worked_out(worked_years=20, took_days=took, wage=wage).figures
    left = 15 - took
    assert figures["left_days"].value == left
    if left:
        total, extra = figures["total_pay"].value, figures["extra_pay"].value
        assert isinstance(total, Decimal)
        assert isinstance(extra, Decimal)
        assert abs(total * 2 - extra * 3) <= Decimal("0.03")
        assert abs(total * Decimal("21.75") - wage * 3 * left) <= Decimal("0.11")


@given(DAYS, DAYS)
def test_full_years_end_on_an_anniversary(one: date, other: date) -> None:
    since, until = sorted((one, other))
    years = full_years(since, until)
    assert anniversary(since, years) <= until < anniversary(since, years + 1)
    assert years == _years_by_months(since, until)


@pytest.mark.parametrize(
    ("told", "warned"),
    [
        ({"first_work_day": date(2016, 3, 1)}, True),
        ({"first_work_day": date(2016, 12, 31)}, True),
        ({"first_work_day": date(2015, 12, 31)}, False),
        ({"worked_years": Decimal("9.5")}, True),
        ({"worked_years": Decimal("10.5")}, True),
        ({"worked_years": Decimal("15")}, False),
        ({"worked_years": Decimal("20.5")}, True),
        ({"worked_years": Decimal("30")}, False),
    ],
)
def test_the_year_in_which_the_days_grow_is_to_be_checked(told: dict[str, Any], warned: bool) -> None:
    assert ("check.boundary" in keys(worked_out(**told))) is warned


def test_nothing_is_taken_back_from_who_leaves_with_too_much_taken() -> None:
    working = worked_out(worked_years=8, leaves_on=date(2026, 6, 30), took_days=5, wage=9000)
    assert "step.took_beyond" in keys(working)
    assert "extra_pay" not in working.figures


def test_two_employers_without_a_gap_are_a_year_at_a_stretch() -> None:
    told: dict[str, Any] = {"worked_years": 3, "hired_on": date(2025, 12, 20), "continuous_year": True}
    assert figure("days", **told) == 5


def test_what_is_assumed_is_said() -> None:
    assert "assumed.continuous" in keys(worked_out(worked_years=12))
    pay = keys(worked_out(worked_years=12, took_days=5, wage=9000))
    assert {"assumed.not_arranged", "assumed.not_given_up"} <= pay
    assert "assumed.all_year" in keys(worked_out(worked_years=12, took_days=5, leaves_on=TODAY))
