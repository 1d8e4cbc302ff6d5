"""Severance holds its properties, and a second way of counting comes to the same."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.entitlements.parameters import Parameters
from service.entitlements.severance import ASK_FROM, CALCULATOR
from service.entitlements.severance_reasons import PAID, UNPAID, WITH_NOTICE, Reason
from service.entitlements.wording import CalculationWords
from service.entitlements.working import Working
from service.entitlements.working_years import counted_months, worked, worked_years
from service.texts import load_texts
from tests.stack import HOME

ON = date(2026, 11, 26)
PAYING = sorted(PAID)
DAYS = st.dates(date(1985, 1, 1), date(2035, 12, 31))
LEAVING = st.dates(date(2008, 9, 18), date(2035, 12, 31))
WAGES = st.decimals(1, 60_000, places=2)
NO_PARAMETERS = Parameters(())


def work_out(**values: Any) -> Working:
    return CALCULATOR(values, NO_PARAMETERS, ON)


def amount(**values: Any) -> Decimal:
    figure = work_out(**values).figures["amount"].value
    assert isinstance(figure, Decimal)
    return figure


# Another way of counting: a calendar walked month by month, and money in fractions.


def months_walked(first: date, last: date) -> tuple[int, bool]:
    """Return the full months and whether days are left, by walking from one month's last day to the next.

    A month's last day is the day before its day, or the end of a month that lacks it.
    """
    count, end = 0, first - timedelta(days=1)
    year, month = first.year, first.month
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        length = monthrange(year, month)[1]
        if first.day > length:
            following = date(year, month, length)
        else:
            following = date.fromordinal(date(year, month, first.day).toordinal() - 1)
        if following > last:
            return count, end < last
        count, end = count + 1, following


def owed(case: dict[str, Any]) -> Fraction:
    """Return what is owed, told as the articles are read: a wage, a number of half months, a factor."""
    reason, average = case["reason"], Fraction(case["average_wage"])
    unlawful = reason is Reason.UNLAWFUL
    first = case["started_on"] if unlawful else max(case["started_on"], date(2008, 1, 1))
    count, left = months_walked(first, case["ended_on"])
    halves = 0
    while count >= 12:
        count, halves = count - 12, halves + 2
    if count > 5:
        halves += 2
    elif count or left:
        halves += 1
    wage = average
    if "minimum_wage" in case:
        wage = max(wage, Fraction(case["minimum_wage"]))
    if "local_average" in case and wage > 3 * Fraction(case["local_average"]):
        wage = 3 * Fraction(case["local_average"])
        halves = min(halves, 24)
    total = wage * halves / 2 * (2 if unlawful else 1)
    if reason in {Reason.MEDICAL, Reason.INCOMPETENT, Reason.MAJOR_CHANGE} and not case["notice_given"]:
        total += Fraction(case["last_month_wage"])
    return total


def half_up(money: Fraction) -> Decimal:
    return Decimal(int(money * 100 + Fraction(1, 2))) / 100


def random_cases(count: int, seed: int) -> Iterator[dict[str, Any]]:
    random = Random(seed)
    leaving, start = date(2008, 9, 18).toordinal(), date(1980, 1, 1).toordinal()
    for _ in range(count):
        last = random.randint(leaving, date(2035, 12, 31).toordinal())
        first = last - random.randint(0, min(15_000, last - start))
        if random.random() < 0.3:  # near a round number of years or half years
            first = last - random.randint(0, 24) * 183 + random.randint(-3, 3)
        first = min(max(first, start), last)
        case: dict[str, Any] = {
            "reason": random.choice(PAYING),
            "started_on": date.fromordinal(first),
            "ended_on": date.fromordinal(last),
            "average_wage": Decimal(random.randint(100, 6_000_000)) / 100,
            "notice_given": random.random() < 0.5,
            "last_month_wage": Decimal(random.randint(0, 6_000_000)) / 100,
        }
        if random.random() < 0.5:
            case["local_average"] = Decimal(random.randint(300_000, 1_600_000)) / 100
        else:
            case["above_cap"] = False
        if random.random() < 0.3:
            case["minimum_wage"] = Decimal(random.randint(100_000, 300_000)) / 100
        yield case


def compare(count: int, seed: int) -> None:
    for case in random_cases(count, seed):
        assert amount(**case) == half_up(owed(case)), case


def test_two_ways_of_counting_agree() -> None:
    compare(2_000, seed=47)


@pytest.mark.verify
def test_two_ways_of_counting_agree_on_a_hundred_thousand() -> None:
    compare(100_000, seed=87)


@given(DAYS, st.integers(0, 15_000))
def test_full_months_are_those_of_the_calendar(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    length = worked(first, last)
    assert (length.whole_months, length.and_days) == months_walked(first, last)


@given(DAYS, st.integers(0, 15_000))
def test_a_day_more_never_counts_less_and_at_most_half_a_month_more(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    step = counted_months(worked(first, last + timedelta(days=1))) - counted_months(worked(first, last))
    assert step in {Decimal(0), Decimal("0.5")}


@given(st.integers(0, 45))
def test_years_without_days_count_as_many_months(years: int) -> None:
    assert counted_months(worked_years(Decimal(years))) == years


@given(st.sampled_from(PAYING), DAYS, LEAVING, WAGES, WAGES)
def test_more_wage_is_never_less_below_the_cap(
    reason: Reason, first: date, last: date, one: Decimal, other: Decimal
) -> None:
    told = {
        "reason": reason,
        "started_on": min(first, last),
        "ended_on": last,
        "above_cap": False,
        "notice_given": False,
        "last_month_wage": 5000,
    }
    low, high = sorted((one, other))
    assert amount(**told, average_wage=low) <= amount(**told, average_wage=high)


@given(DAYS, LEAVING, WAGES, st.decimals(3000, 16_000, places=2))
def test_no_more_than_twelve_years_of_three_averages_where_the_wage_is_higher(
    first: date, last: date, average: Decimal, local: Decimal
) -> None:
    told = {"started_on": min(first, last), "ended_on": last, "average_wage": average, "local_average": local}
    figures = work_out(reason=Reason.LAYOFF, **told).figures
    assert figures["base"].value == min(average, 3 * local)
    if average > 3 * local:
        assert figures["months"].value <= 12  # type: ignore[operator]


@given(st.dates(date(2008, 1, 1), date(2035, 12, 31)), LEAVING, st.integers(1, 60_000))
def test_damages_are_twice_the_compensation_where_nothing_lies_before_2008(
    first: date, last: date, average: int
) -> None:
    told = {"started_on": min(first, last), "ended_on": last, "average_wage": average, "above_cap": False}
    assert amount(reason=Reason.UNLAWFUL, **told) == 2 * amount(reason=Reason.CLOSED, **told)


@given(st.sampled_from(sorted(WITH_NOTICE)), WAGES)
def test_notice_saves_the_month_and_nothing_else(reason: Reason, month: Decimal) -> None:
    told = {"reason": reason, "years_worked": 7, "average_wage": 9000}
    without = amount(**told, notice_given=False, last_month_wage=month)
    assert without - amount(**told, notice_given=True) == month


@pytest.mark.parametrize("reason", UNPAID)
def test_what_gives_nothing_asks_nothing(reason: Reason) -> None:
    assert work_out(reason=reason).figures["amount"].value == 0


def test_every_reason_either_pays_or_does_not() -> None:
    assert set(PAID) | set(UNPAID) == set(Reason)
    assert not set(PAID) & set(UNPAID)


@pytest.mark.parametrize(
    ("ended_on", "key", "day"),
    [
        (date(2026, 3, 5), "check.arbitration_until", date(2027, 3, 5)),
        (date(2025, 11, 26), "check.arbitration_until", date(2026, 11, 26)),
        (date(2025, 11, 25), "check.arbitration_past", date(2026, 11, 25)),
        (date(2028, 2, 29), "check.arbitration_until", date(2029, 2, 28)),
    ],
)
def test_the_last_day_to_go_to_arbitration_is_said(ended_on: date, key: str, day: date) -> None:
    check = work_out(reason=Reason.RESIGNED, ended_on=ended_on).checks[-1]
    assert (check.key, check.values["day"]) == (key, day)


def test_that_the_wage_is_below_the_cap_is_said_unless_told() -> None:
    told = {"reason": Reason.CLOSED, "years_worked": 3, "average_wage": ASK_FROM - 1}
    assert "assumed.below_cap" in [one.key for one in work_out(**told).assumed]
    assert "assumed.below_cap" not in [one.key for one in work_out(**told, above_cap=False).assumed]


def test_years_before_2008_are_named_by_what_the_law_of_then_said() -> None:
    told = {"started_on": date(2005, 1, 1), "ended_on": date(2026, 1, 1), "average_wage": 8000}
    paid = work_out(reason=Reason.LAYOFF, **told)
    unpaid = work_out(reason=Reason.EXPIRED, **told)
    assert "assumed.before_2008_paid" in [one.key for one in paid.assumed]
    assert "assumed.before_2008" in [one.key for one in unpaid.assumed]
    assert "months_before_2008" not in work_out(reason=Reason.UNLAWFUL, **told).figures


@pytest.mark.parametrize(
    ("reason", "articles"),
    [
        (Reason.EMPLOYER_PROPOSED, {"第五条"}),
        (Reason.MEDICAL, {"第六条"}),
        (Reason.INCOMPETENT, {"第七条"}),
        (Reason.MAJOR_CHANGE, set()),
        (Reason.EXPIRED, set()),
    ],
)
def test_of_the_rules_before_2008_what_was_read_is_named(reason: Reason, articles: set[str]) -> None:
    told = {"started_on": date(2005, 1, 1), "ended_on": date(2026, 1, 1), "average_wage": 8000}
    steps = work_out(reason=reason, notice_given=True, **told).steps
    named = {one.article for step in steps for one in step.basis if one.document_no == "劳部发〔1994〕481号"}
    assert named == articles


@given(st.integers(1, 30), st.sampled_from(PAYING))
def test_years_told_count_as_the_days_that_make_them(halves: int, reason: Reason) -> None:
    told = {"reason": reason, "average_wage": 9000, "notice_given": True}
    year, half = divmod(halves, 2)
    last = date(2010 + year, 6, 30) if half else date(2009 + year, 12, 31)
    by_days = amount(**told, started_on=date(2010, 1, 1), ended_on=last)
    assert amount(**told, years_worked=Decimal(halves) / 2) == by_days


@pytest.mark.parametrize(
    ("years", "said"),
    [("4.33", "4年4个月"), ("4.58", "4年7个月"), ("5", "5年。"), ("0.92", "11个月"), ("0.02", "不满1个月")],
)
def test_a_length_that_was_told_is_said_in_years_and_months(years: str, said: str) -> None:
    working = work_out(reason=Reason.LAYOFF, years_worked=Decimal(years), average_wage=Decimal(8000))
    words = CalculationWords(load_texts(HOME / "texts" / "zh-CN"))
    assert f"你在本单位干了{said}" in words.text("severance", working)
