"""Days of notice are those of the calendar, there and back."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.entitlements.notice_period import CALCULATOR, CIVIL_CODE, OR_A_MONTHS_PAY, WITHOUT, Case
from service.entitlements.parameters import load_parameters
from service.entitlements.working import Working
from tests.stack import HOME

ON = date(2026, 11, 26)
PARAMETERS = load_parameters(HOME / "knowledge_base")
DAYS = st.dates(date(2008, 1, 1), date(2090, 12, 31))
WITH_DAYS = sorted(set(Case) - set(WITHOUT) - {Case.EXPIRY})


def work_out(on: date = ON, **values: Any) -> Working:
    return CALCULATOR(values, PARAMETERS, on)


def figure(name: str, **values: Any) -> object:
    return work_out(**values).figures[name].value


def counted_off(given_on: date, days: int) -> date:
    """Count days off one by one, the day of notice not among them."""
    day = given_on
    for _ in range(days):
        day += timedelta(days=1)
    return day


def test_the_last_day_is_what_counting_off_comes_to() -> None:
    random = Random(201)
    for _ in range(500):
        given_on = date.fromordinal(random.randint(date(2008, 1, 1).toordinal(), ON.toordinal() + 20_000))
        probation = random.random() < 0.5
        told: dict[str, Any] = {"case": Case.RESIGN, "in_probation": probation, "given_on": given_on}
        assert figure("earliest_last_day", **told) == counted_off(given_on, 3 if probation else 30)


@given(st.sampled_from(WITH_DAYS), st.booleans(), DAYS)
def test_the_latest_day_of_notice_makes_the_very_last_day(case: Case, probation: bool, last: date) -> None:
    told: dict[str, Any] = {"case": case, "in_probation": probation}
    latest = figure("latest_notice_day", **told, last_day=last)
    assert figure("earliest_last_day", **told, given_on=latest) == last
    assert figure("short_days", **told, given_on=latest, last_day=last) == 0


@given(st.sampled_from(WITH_DAYS), DAYS, st.integers(0, 90))
def test_what_is_short_and_what_was_given_make_the_days(case: Case, given_on: date, days: int) -> None:
    told: dict[str, Any] = {"case": case, "in_probation": False, "given_on": given_on}
    figures = work_out(**told, last_day=given_on + timedelta(days=days)).figures
    assert figures["short_days"].value == max(30 - days, 0)
    assert figures["given_days"].value == days


@pytest.mark.parametrize("case", WITHOUT)
def test_where_no_days_are_named_none_are_counted(case: Case) -> None:
    working = work_out(case=case, given_on=ON, last_day=ON)
    assert {name: figure.value for name, figure in working.figures.items()} == {"notice_days": 0}


@pytest.mark.parametrize("case", sorted(OR_A_MONTHS_PAY))
def test_too_short_a_notice_by_the_unit_says_the_other_way(case: Case) -> None:
    working = work_out(case=case, given_on=ON, last_day=ON + timedelta(days=29))
    assert "step.short_or_pay" in [step.said.key for step in working.steps]


def test_the_civil_code_is_named_for_its_own_time_only() -> None:
    def laws(day: date) -> set[str]:
        working = work_out(on=day, case=Case.RESIGN, in_probation=False, given_on=day)
        return {citation.law for step in working.steps for citation in step.basis}

    assert "民法典" in laws(CIVIL_CODE)
    assert "民法典" not in laws(CIVIL_CODE - timedelta(days=1))


def test_a_place_that_wants_notice_is_named_with_its_value() -> None:
    working = work_out(case=Case.EXPIRY, place="宁夏")
    (used,) = working.parameters
    assert used.citation in working.steps[0].basis


def test_what_was_read_of_a_place_without_days_is_said() -> None:
    working = work_out(case=Case.EXPIRY, place="北京")
    assert [check.key for check in working.checks] == ["check.note"]
    assert working.figures["notice_days"].value == 0


def test_a_reason_not_open_in_probation_is_pointed_out() -> None:
    told: dict[str, Any] = {"case": Case.MAJOR_CHANGE, "in_probation": True}
    assert "change.probation" in [change.key for change in work_out(**told).changes]
