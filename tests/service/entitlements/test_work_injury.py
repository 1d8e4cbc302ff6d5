"""What holds of every work injury, whatever the wage, and what examples of single cases cannot say."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.entitlements.calculators import CALCULATORS
from service.entitlements.parameters import load_parameters
from service.entitlements.work_injury_told import Payer
from service.entitlements.working import Working
from tests.stack import HOME

PARAMETERS = load_parameters(HOME / "knowledge_base")
TODAY = date(2026, 11, 26)
WAGES = st.decimals(min_value=1, max_value=100_000, places=2)
GRADES = st.integers(1, 10)
READ = ("浙江", "河南", "广东")


def worked_out(on: date = TODAY, /, **told: Any) -> Working:
    return CALCULATORS["work_injury"](told, PARAMETERS, on)


def number(working: Working, name: str) -> Decimal:
    return Decimal(str(working.figures[name].value))


@given(wage=WAGES, grade=st.integers(1, 9))
def test_a_milder_grade_never_gives_more(wage: Decimal, grade: int) -> None:
    severe, milder = worked_out(grade=grade, wage=wage), worked_out(grade=grade + 1, wage=wage)
    assert number(severe, "disability_lump") > number(milder, "disability_lump")
    if "allowance" in milder.figures:
        assert number(severe, "allowance") >= number(milder, "allowance")


@given(wage=WAGES, more=WAGES, grade=GRADES, average=WAGES)
def test_a_higher_wage_never_gives_less(wage: Decimal, more: Decimal, grade: int, average: Decimal) -> None:
    lower = worked_out(grade=grade, wage=wage, local_average=average)
    higher = worked_out(grade=grade, wage=wage + more, local_average=average)
    assert number(higher, "disability_lump") >= number(lower, "disability_lump")


@given(wage=WAGES, grade=GRADES, average=WAGES)
def test_ones_own_wage_stays_between_60_and_300_percent_of_the_average(
    wage: Decimal, grade: int, average: Decimal
) -> None:
    own = number(worked_out(grade=grade, wage=wage, local_average=average), "own_wage")
    cent = Decimal("0.01")
    assert average * 6 / 10 - cent <= own <= average * 3 + cent


@given(wage=WAGES, grade=GRADES, minimum=WAGES)
def test_an_allowance_is_never_below_the_minimum_wage(wage: Decimal, grade: int, minimum: Decimal) -> None:
    figures = worked_out(grade=grade, wage=wage, minimum_wage=minimum).figures
    assert ("allowance" in figures) == (grade <= 6)
    if "allowance" in figures:
        assert Decimal(str(figures["allowance"].value)) >= minimum


@given(wage=WAGES, spouse=st.booleans(), relatives=st.integers(0, 12), data=st.data())
def test_a_family_never_gets_more_than_the_wage(
    wage: Decimal, spouse: bool, relatives: int, data: st.DataObject
) -> None:
    lonely = data.draw(st.integers(0, relatives + spouse))
    told = {"situation": "died", "wage": wage, "spouse": spouse, "relatives": relatives, "lonely": lonely}
    working = worked_out(**told)
    if spouse or relatives:
        assert 30 <= number(working, "survivors_percent") <= 100
        assert number(working, "survivors_monthly") <= wage
    else:
        assert "survivors_monthly" not in working.figures


@given(wage=WAGES, grade=st.integers(5, 10), place=st.sampled_from(READ), average=WAGES)
def test_both_sums_of_leaving_add_up(wage: Decimal, grade: int, place: str, average: Decimal) -> None:
    told = {"grade": grade, "wage": wage, "ends_contract": True, "province": place, "local_average": average}
    working = worked_out(**told)
    both = number(working, "medical_lump") + number(working, "employment_lump")
    assert number(working, "leaving_total") == both
    assert [parameter.place for parameter in working.parameters] == [place]


@given(injured_on=st.dates(date(2011, 1, 1), TODAY))
def test_a_year_to_apply_is_365_or_366_days(injured_on: date) -> None:
    figures = worked_out(situation="not_graded", injured_on=injured_on).figures
    until = figures["self_applies_by"].value
    assert isinstance(until, date)
    assert until - injured_on in {timedelta(days=365), timedelta(days=366)}
    assert (until.month, until.day) == (injured_on.month, injured_on.day) or until.day == 28
    assert figures["employer_applies_by"].value == injured_on + timedelta(days=30)


@pytest.mark.parametrize("insured", [True, None])
def test_an_insured_employer_pays_only_its_own_items(insured: bool | None) -> None:
    told = {"grade": 5, "wage": 6000, "province": "广东", "insured": insured}
    both = worked_out(**told).steps + worked_out(**told, ends_contract=True).steps
    payers = {step.said.key: step.said.values["payer"] for step in both}
    assert payers == {
        "step.lump": Payer.FUND,
        "step.allowance_without_work": Payer.EMPLOYER,
        "step.medical": Payer.FUND,
        "step.employment": Payer.EMPLOYER,
    }


@pytest.mark.parametrize(
    "told",
    [
        {"grade": 1, "wage": 6000},
        {"grade": 9, "wage": 6000, "ends_contract": True, "province": "广东"},
        {"situation": "not_graded"},
        {"situation": "below_grades"},
        {"situation": "died"},
    ],
)
def test_an_employer_without_insurance_pays_all(told: dict[str, Any]) -> None:
    steps = worked_out(**told, insured=False).steps
    assert {step.said.values.get("payer", Payer.EMPLOYER) for step in steps} == {Payer.EMPLOYER}
    assert any("第六十二条" in str(place.article) for step in steps for place in step.basis)


def test_advances_by_the_fund_are_not_told_of_before_the_law_that_has_them() -> None:
    before, since = (
        {step.said.key for step in worked_out(day, grade=9, wage=3000, insured=False).steps}
        for day in (date(2011, 6, 30), date(2011, 7, 1))
    )
    assert "step.uninsured" in before
    assert "step.uninsured_advance" in since


@pytest.mark.parametrize("grade", range(1, 11))
def test_a_province_that_was_not_read_gives_no_sums(grade: int) -> None:
    told = {"grade": grade, "wage": 6000, "ends_contract": True, "province": "江苏"}
    working = worked_out(**told)
    assert "leaving_total" not in working.figures
    named = "check.leaving_elsewhere" in {check.key for check in working.checks}
    assert named == (grade >= 5)


def test_every_year_since_2016_has_its_income() -> None:
    """A new year wants a new value in work_injury.yml; without one the employee is asked for it."""
    awards = [
        number(worked_out(date(year, 7, 1), situation="died"), "death_award") for year in range(2016, 2027)
    ]
    assert awards == sorted(awards)
    assert len(set(awards)) == len(awards)
