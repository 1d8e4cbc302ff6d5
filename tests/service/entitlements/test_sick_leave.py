"""The medical period: a second way of counting, and what holds whatever is told."""

from __future__ import annotations

import random
from bisect import bisect_right
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.entitlements.calendar_months import last_day, months_after
from service.entitlements.parameters import load_parameters
from service.entitlements.sick_leave import CALCULATOR
from service.entitlements.working import Working
from tests.stack import HOME

PARAMETERS = load_parameters(HOME / "knowledge_base")
TODAY = date(2026, 11, 26)
YEARS = st.decimals(0, 30, places=1)


def _of(**told: object) -> Working:
    return CALCULATOR(told, PARAMETERS, TODAY)


def _months(working: Working, name: str = "period_months") -> Decimal:
    return Decimal(str(working.figures[name].value))


def _day(working: Working, name: str) -> date:
    value = working.figures[name].value
    assert isinstance(value, date)
    return value


def _again(total: Decimal, here: Decimal) -> list[int]:
    """第三、四条 as the steps of a stair: each of five stairs has its months and its window."""
    if total < 10:
        return [[3, 6], [6, 12]][here >= 5]
    return [[6, 12], [9, 15], [12, 18], [18, 24], [24, 30]][bisect_right([5, 10, 15, 20], here)]


def _agree(seed: int, times: int) -> None:
    draw = random.Random(seed)
    for _ in range(times):
        here = Decimal(draw.randrange(0, 400)) / 10
        total = here + Decimal(draw.choice([0, draw.randrange(0, 200)])) / 10
        working = _of(province="安徽", years_here=here, total_years=total)
        assert [_months(working), _months(working, "window_months")] == _again(total, here)


def test_two_ways_of_reading_the_stairs_agree() -> None:
    _agree(1, 2_000)


@pytest.mark.verify
def test_two_ways_of_reading_the_stairs_agree_often() -> None:
    _agree(2, 100_000)


@given(here=YEARS, more=YEARS)
def test_more_years_never_shorten_the_period(here: Decimal, more: Decimal) -> None:
    fewer = _of(province="安徽", years_here=here, total_years=here + more)
    longer = _of(province="安徽", years_here=here + 1, total_years=here + more + 1)
    assert 3 <= _months(fewer) <= _months(longer) <= 24


@given(here=YEARS)
def test_shanghai_adds_at_most_a_month_a_year(here: Decimal) -> None:
    period = _months(_of(province="上海", years_here=here))
    later = _months(_of(province="上海", years_here=here + 1))
    assert period <= later <= period + 1
    assert 3 <= period <= 24


@given(here=YEARS, used=st.decimals(0, 6, places=1))
def test_what_is_used_and_what_is_left_make_the_period(here: Decimal, used: Decimal) -> None:
    working = _of(province="安徽", years_here=here + 1, total_years=here + 1, used_months=used)
    assert _months(working, "left_months") == max(_months(working) - used, Decimal(0))


@given(first=st.dates(date(1995, 6, 1), date(2060, 12, 31)), months=st.integers(1, 30))
def test_the_day_after_the_last_begins_the_next_month(first: date, months: int) -> None:
    after = last_day(first, months) + timedelta(days=1)
    assert after == months_after(first, months) or (after.day == 1 and first.day > 28)


@given(first=st.dates(date(2026, 1, 1), date(2060, 12, 31)), here=YEARS)
def test_the_period_without_a_break_ends_within_its_window(first: date, here: Decimal) -> None:
    working = _of(province="安徽", years_here=here, total_years=here, first_sick_day=first)
    assert first < _day(working, "last_day") < _day(working, "window_ends")


def test_a_grave_illness_changes_no_figure_but_says_who_extends() -> None:
    plain = _of(province="安徽", years_here=12)
    grave = _of(province="安徽", years_here=12, special_illness=True)
    assert grave.figures == plain.figures
    assert "check.special" in [one.key for one in grave.checks]


def test_a_full_period_says_what_the_unit_must_do_first() -> None:
    working = _of(province="安徽", years_here=2, total_years=2, used_months=3)
    assert working.headline.key == "headline.used_up"
    assert "step.over" in [step.said.key for step in working.steps]
    assert "check.used_up" in [one.key for one in working.checks]


def test_a_window_that_is_past_is_said() -> None:
    first = date(2026, 5, 1)
    working = _of(province="安徽", years_here=2, total_years=2, first_sick_day=first, used_months=1)
    assert "check.window_over" in [one.key for one in working.checks]


def test_exact_years_are_counted_as_full_and_it_is_said() -> None:
    assert "assumed.full_years" in [
        one.key for one in _of(province="安徽", years_here=5, total_years=6).assumed
    ]
