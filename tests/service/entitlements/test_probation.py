"""Probation grows with the contract, and its pay stays between its bounds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from service.entitlements.inputs import ValueMissing
from service.entitlements.parameters import Parameters
from service.entitlements.probation import CALCULATOR, DETAIL_IN_FORCE
from service.entitlements.working import Working

ON = date(2026, 11, 26)
LONG: dict[str, Any] = {"term": "fixed", "contract_months": 36}
MONTHS = st.decimals(Decimal("0.1"), 120, places=1)
WAGES = st.decimals(1, 60_000, places=2)


def work_out(on: date = ON, **values: Any) -> Working:
    return CALCULATOR(values, Parameters(()), on)


def figure(name: str, **values: Any) -> Any:
    return work_out(**values).figures[name].value


@given(MONTHS, MONTHS)
def test_a_longer_contract_never_allows_less(one: Decimal, other: Decimal) -> None:
    short, long = sorted((one, other))
    allowed = [figure("longest_months", term="fixed", contract_months=months) for months in (short, long)]
    assert allowed == sorted(allowed)
    assert allowed[0] in {0, 1, 2, 6}


@given(MONTHS, MONTHS)
def test_what_is_allowed_and_what_is_over_make_what_was_agreed(contract: Decimal, agreed: Decimal) -> None:
    assume(agreed <= contract)
    figures = work_out(term="fixed", contract_months=contract, agreed_months=agreed).figures
    over = figures["over_months"].value
    assert over == max(agreed - figures["longest_months"].value, 0)  # type: ignore[operator]


@given(MONTHS, MONTHS, WAGES)
def test_damages_are_for_what_is_served_beyond(agreed: Decimal, served: Decimal, wage: Decimal) -> None:
    assume(served <= agreed)
    working = work_out(term="open", agreed_months=agreed, served_months=served, wage=wage)
    damages = working.figures.get("damages")
    beyond = max(served - 6, Decimal(0))
    assert (damages.value if damages else 0) == round_up(wage * beyond)


def round_up(money: Decimal) -> Decimal:
    """Round to a cent, half a cent upwards."""
    return Decimal(int(money * 100 + Decimal("0.5"))) / 100


@given(WAGES, WAGES, WAGES)
def test_the_least_pay_is_above_the_minimum_wage_and_either_of_two_shares(
    wage: Decimal, lowest: Decimal, minimum: Decimal
) -> None:
    least = figure("least_pay", **LONG, wage=wage, lowest_of_post=lowest, minimum_wage=minimum)
    shares = {round_up(wage * Decimal("0.8")), round_up(lowest * Decimal("0.8"))}
    assert least == max(minimum, min(shares))


@given(WAGES, WAGES)
def test_pay_and_what_is_short_come_to_the_least_at_least(wage: Decimal, paid: Decimal) -> None:
    figures = work_out(**LONG, wage=wage, paid_wage=paid).figures
    short, least = figures["short_pay"].value, figures["least_pay"].value
    assert paid + short == max(paid, least)  # type: ignore[operator]


def test_the_detailed_rules_are_named_for_their_own_time_only() -> None:
    def laws(day: date) -> set[str]:
        steps = work_out(on=day, **LONG, wage=8000).steps
        return {citation.law for step in steps for citation in step.basis}

    assert laws(date(2008, 1, 1)) == {"劳动合同法"}
    assert laws(DETAIL_IN_FORCE) == {"劳动合同法", "劳动合同法实施条例"}


def test_what_may_not_be_at_all_asks_for_no_contract() -> None:
    assert work_out(second_time=True).headline.key == "headline.once"
    assert work_out(only_probation=True).headline.key == "headline.only_probation"


def test_pay_in_probation_is_held_against_the_wage_after_it() -> None:
    with pytest.raises(ValueMissing, match="wage"):
        work_out(**LONG, paid_wage=4500)


@pytest.mark.parametrize(
    ("told", "headline"),
    [
        ({}, "longest"),
        ({"wage": 6000}, "least"),
        ({"wage": 6000, "paid_wage": 4500}, "short"),
        ({"wage": 6000, "paid_wage": 4800}, "least"),
        ({"wage": 6000, "paid_wage": 4500, "agreed_months": 7}, "too_long"),
        ({"wage": 6000, "agreed_months": 7, "served_months": 7}, "damages"),
        ({"wage": 6000, "agreed_months": 7, "served_months": 7, "only_probation": True}, "only_probation"),
    ],
)
def test_the_conclusion_comes_first(told: dict[str, Any], headline: str) -> None:
    assert work_out(**LONG, **told).headline.key == f"headline.{headline}"
