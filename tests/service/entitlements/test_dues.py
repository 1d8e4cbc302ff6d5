"""Dues: what always holds of a share of the wage."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.entitlements.dues import CALCULATOR
from service.entitlements.parameters import load_parameters
from service.entitlements.wording import CalculationWords
from service.texts import load_texts
from tests.stack import HOME

PARAMETERS = load_parameters(HOME / "knowledge_base")
WORDS = CalculationWords(load_texts(HOME / "texts" / "zh-CN"))
TODAY = date(2026, 11, 26)

wages = st.decimals(0, 200_000, places=2)
rates = st.decimals("0.01", "1.99", places=2)


def figures(on: date = TODAY, **told: Any) -> dict[str, Decimal]:
    came = CALCULATOR(told, PARAMETERS, on).figures
    return {name: Decimal(str(figure.value)) for name, figure in came.items()}


@given(wages, rates, wages)
def test_more_wage_never_costs_less(base: Decimal, percent: Decimal, more: Decimal) -> None:
    assert (
        figures(base=base, percent=percent)["monthly"]
        <= figures(base=base + more, percent=percent)["monthly"]
    )


@given(wages, rates)
def test_dues_are_the_share_of_the_wage_less_its_tail_to_half_a_cent(base: Decimal, percent: Decimal) -> None:
    monthly = figures(base=base, percent=percent)["monthly"]
    tail = base % 10
    assert abs(monthly - (base - tail) * percent / 100) <= Decimal("0.005")
    assert monthly == monthly.quantize(Decimal("0.01"))


@given(wages)
def test_the_national_rate_is_used_where_the_unit_has_said_none(base: Decimal) -> None:
    assert figures(base=base) == figures(base=base, percent=Decimal("0.5"))
    assert figures(base=base)["monthly"] * 200 == base // 10 * 10


@given(wages, rates, st.integers(1, 60), wages)
def test_months_add_up(base: Decimal, percent: Decimal, months: int, deducted: Decimal) -> None:
    came = figures(base=base, percent=percent, months=months, deducted=deducted)
    assert came["total"] == came["monthly"] * months
    assert came["over_a_month"] == deducted - came["monthly"]
    assert came.get("over_total", Decimal(0)) == came["over_a_month"] * months


@given(wages, rates, st.integers(1, 60), wages)
def test_the_headline_has_sixty_characters_at_most(
    base: Decimal, percent: Decimal, months: int, deducted: Decimal
) -> None:
    told = {"base": base, "percent": percent, "months": months}
    for more in ({}, {"deducted": deducted}):
        working = CALCULATOR({**told, **more}, PARAMETERS, TODAY)
        assert WORDS.text("dues", working)
        assert len(WORDS.sentence("dues", working.headline)) <= 60


def test_the_employers_share_is_named_only_where_the_article_had_its_number() -> None:
    now = CALCULATOR({"base": 6000}, PARAMETERS, TODAY)
    then = CALCULATOR({"base": 6000}, PARAMETERS, date(2021, 12, 31))
    assert [step.said.key for step in now.steps][-1] == "step.apart"
    assert "step.apart" not in [step.said.key for step in then.steps]
