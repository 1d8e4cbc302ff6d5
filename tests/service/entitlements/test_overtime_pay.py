"""Overtime pay: what holds of every wage, every hour and every day of the years that were read."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from service.entitlements.overtime_days import DayKind, known_day
from service.entitlements.overtime_pay import CALCULATOR, Period
from service.entitlements.parameters import load_parameters
from service.entitlements.working import Working
from tests.stack import HOME

KNOWLEDGE_BASE = HOME / "knowledge_base"
PARAMETERS = load_parameters(KNOWLEDGE_BASE)
TODAY = date(2026, 11, 26)
YEARS = range(2021, 2027)
WAGES = st.decimals("0.01", 1_000_000, places=2)
HOURS = st.decimals("0.1", 400, places=1)
KINDS = st.sampled_from(DayKind)


def worked_out(on: date = TODAY, **told: Any) -> Working:
    return CALCULATOR(told, PARAMETERS, on)


def pay(**told: Any) -> Decimal:
    value = worked_out(**told).figures["pay"].value
    assert isinstance(value, Decimal)
    return value


def keys(working: Working) -> set[str]:
    return {said.key for said in (*working.assumed, *working.changes, *working.checks)}


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def kind_of(day: date) -> DayKind:
    known = known_day(None, day, PARAMETERS)
    assert known is not None, day
    return known.kind


@given(WAGES, HOURS, KINDS)
def test_pay_is_the_share_of_the_month_to_the_cent(wage: Decimal, hours: Decimal, kind: DayKind) -> None:
    percent = {"workday": 150, "rest_day": 200, "holiday": 300}[kind]
    exact = wage * hours * percent / 100
    assert abs(pay(day_kind=kind, hours=hours, wage=wage) * 174 - exact) <= Decimal("0.87")


@given(WAGES, HOURS, HOURS, KINDS)
def test_who_works_longer_gets_no_less(wage: Decimal, one: Decimal, other: Decimal, kind: DayKind) -> None:
    less, more = sorted((one, other))
    assert pay(day_kind=kind, hours=less, wage=wage) <= pay(day_kind=kind, hours=more, wage=wage)


@given(WAGES, HOURS)
def test_a_holiday_pays_what_two_weekdays_do(wage: Decimal, hours: Decimal) -> None:
    twice = 2 * pay(day_kind=DayKind.WORKDAY, hours=hours, wage=wage)
    assert abs(pay(day_kind=DayKind.HOLIDAY, hours=hours, wage=wage) - twice) <= Decimal("0.02")


@given(st.sampled_from(Period), st.decimals(0, 700, places=1), WAGES)
def test_a_period_pays_only_what_is_over_its_standard(period: Period, hours: Decimal, wage: Decimal) -> None:
    told: dict[str, Any] = {"system": "comprehensive", "period": period, "period_hours": hours, "wage": wage}
    figures = worked_out(**told).figures
    standard, over = figures["standard_hours"].value, figures["over_hours"].value
    assert isinstance(standard, Decimal)
    assert isinstance(over, Decimal)
    assert over == max(hours - standard, Decimal(0))
    assert (over > 0) or figures["pay"].value == 0


@pytest.mark.parametrize("year", YEARS)
def test_a_year_has_its_statutory_holidays(year: int) -> None:
    """放假办法 第二条: 11 days till 2024, 13 from 2025 on; those of the solar calendar are in every year."""
    holidays = [day for day in days_of(year) if kind_of(day) is DayKind.HOLIDAY]
    assert len(holidays) == (11 if year < 2025 else 13)
    fixed = [(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)] + ([(5, 2)] if year >= 2025 else [])
    assert {date(year, month, day) for month, day in fixed} <= set(holidays)


@pytest.mark.parametrize("year", YEARS)
def test_moving_days_off_changes_no_number_of_working_days(year: int) -> None:
    """The notice moves weekends and adds none: weekdays off are statutory holidays, also those of a weekend
    made up for on a weekday (放假办法 第六条), and the weekends worked."""
    moved = Counter(kind_of(day) for day in days_of(year))
    weekdays = sum(1 for day in days_of(year) if day.weekday() < 5)
    assert moved[DayKind.WORKDAY] == weekdays - (11 if year < 2025 else 13)


def test_days_agree_with_the_calendar_of_the_desk() -> None:
    for file in (KNOWLEDGE_BASE / "calendar").glob("*.yml"):
        calendar = yaml.safe_load(file.read_text(encoding="utf-8"))
        free, worked = set(), set()
        for holiday in calendar["holidays"]:
            length = (holiday["to"] - holiday["from"]).days + 1
            free |= {holiday["from"] + timedelta(days=n) for n in range(length)}
            worked |= set(holiday["workdays"])
        for day in days_of(calendar["year"]):
            is_worked = day in worked or (day.weekday() < 5 and day not in free)
            assert (kind_of(day) is DayKind.WORKDAY) is is_worked, day


def test_a_roster_decides_on_ordinary_days_and_never_on_statutory_ones() -> None:
    for day in days_of(2026):
        for told in DayKind:
            known = known_day(told, day, PARAMETERS)
            assert known is not None
            if kind_of(day) is DayKind.HOLIDAY or told is DayKind.HOLIDAY:
                assert known.kind is kind_of(day)
            else:
                assert known.kind is told


def test_a_year_without_a_notice_is_not_guessed() -> None:
    assert known_day(None, date(2020, 12, 31), PARAMETERS) is None
    assert known_day(None, date(2027, 1, 1), PARAMETERS) is None


def test_limits_that_are_passed_are_said() -> None:
    told: dict[str, Any] = {"day_kind": "workday", "wage": 8700}
    assert "check.month_limit" not in keys(worked_out(hours=36, **told))
    assert "check.month_limit" in keys(worked_out(hours=Decimal("36.5"), **told))
    assert "check.day_limit" not in keys(worked_out(hours=3, days=2, **told))
    assert "check.day_limit" in keys(worked_out(hours=4, days=2, **told))
    period: dict[str, Any] = {"system": "comprehensive", "period": "quarter", "wage": 8700}
    assert "check.period_limit" not in keys(worked_out(period_hours=496 + 108, **period))
    assert "check.period_limit" in keys(worked_out(period_hours=496 + 109, **period))


def test_a_holiday_without_a_date_says_which_days_are_meant() -> None:
    told: dict[str, Any] = {"day_kind": "holiday", "hours": 8, "wage": 8700}
    assert "change.which_days" in keys(worked_out(**told))
    assert "change.which_days" not in keys(worked_out(worked_on=date(2026, 10, 1), **told))


def test_a_notice_that_was_looked_up_is_named() -> None:
    working = worked_out(worked_on=date(2026, 10, 1), hours=8, wage=8700)
    assert {parameter.id for parameter in working.parameters} == {"holidays", "working-days"}
