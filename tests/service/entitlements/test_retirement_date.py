"""Retirement: against the published tables, against a second way of counting, and what always holds."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.entitlements.parameters import load_parameters
from service.entitlements.retirement_ages import Month, month_of
from service.entitlements.retirement_date import CALCULATOR
from service.entitlements.wording import CalculationWords
from service.entitlements.working import Impossible, Working
from service.texts import load_texts
from tests.service.entitlements import retirement_by_stepping as stepping
from tests.stack import HOME

PARAMETERS = load_parameters(HOME / "knowledge_base")
WORDS = CalculationWords(load_texts(HOME / "texts" / "zh-CN"))
TODAY = date(2026, 11, 26)
GROUPS: Mapping[str, Mapping[str, str]] = {
    "man": {"sex": "man"},
    "management": {"sex": "woman", "post": "management"},
    "operation": {"sex": "woman", "post": "operation"},
}
QUICK, THOROUGH = 2_000, 100_000

births = st.dates(date(1940, 1, 1), date(2009, 12, 31))
groups = st.sampled_from(sorted(GROUPS))


def worked_out(group: str, birth: date, on: date = TODAY, **told: Any) -> Working:
    return CALCULATOR({**GROUPS[group], "birth": birth, **told}, PARAMETERS, on)


def number(working: Working, name: str) -> int:
    value = working.figures[name].value
    assert isinstance(value, int)
    return value


def month(working: Working, name: str = "retire") -> Month:
    return Month(number(working, f"{name}_year"), number(working, f"{name}_month"))


@pytest.mark.parametrize(
    ("group", "first", "last", "most"),
    [
        ("man", (1965, 1), (1976, 9), 36),
        ("management", (1970, 1), (1981, 9), 36),
        ("operation", (1975, 1), (1984, 11), 60),
    ],
)
def test_the_annexes_begin_and_end_with_these_births(
    group: str, first: tuple[int, int], last: tuple[int, int], most: int
) -> None:
    for birth, delay in (
        (Month(*first).plus(-1), 0),
        (Month(*first), 1),
        (Month(*last).plus(-1), most - 1),
        (Month(*last), most),
        (Month(*last).plus(1), most),
    ):
        assert number(worked_out(group, birth.day(1)), "delay_months") == delay


@given(groups, births, st.integers(0, 800))
def test_whoever_is_born_later_retires_no_earlier(group: str, birth: date, days: int) -> None:
    younger = min(birth + timedelta(days=days), date(2010, 1, 1))
    one, other = worked_out(group, birth), worked_out(group, younger)
    assert month(one) <= month(other)
    assert number(one, "delay_months") <= number(other, "delay_months")


@given(groups, births)
def test_the_age_lies_between_the_old_and_the_last_one(group: str, birth: date) -> None:
    result = worked_out(group, birth)
    age = 12 * number(result, "age_years") + number(result, "age_months")
    assert 12 * stepping.ORIGINAL[group] <= age <= 12 * stepping.REACHED[group]
    assert age - 12 * stepping.ORIGINAL[group] == number(result, "delay_months")
    assert month_of(birth).plus(age) == month(result)


@given(groups, births, st.integers(0, 30))
def test_early_and_late_stay_within_three_years(group: str, birth: date, paid: int) -> None:
    at = month(worked_out(group, birth))
    if at < (TODAY.year, TODAY.month):
        for wish in ("early", "late"):
            with pytest.raises(Impossible, match="reached"):
                worked_out(group, birth, wish=wish, paid_years=0)
        return
    assert month(worked_out(group, birth, wish="late"), "latest") == at.plus(36)
    if 12 * paid > month_of(birth).until(month_of(TODAY)):
        return
    early = worked_out(group, birth, wish="early", paid_years=paid)
    if "earliest_year" in early.figures:
        earliest = month(early, "earliest")
        assert month_of(birth).plus(12 * stepping.ORIGINAL[group]) <= earliest < at
        assert earliest.until(at) <= 36
        assert number(early, "short_months") == 0


@given(groups, births, st.integers(0, 15))
def test_more_contributions_never_leave_more_missing(group: str, birth: date, paid: int) -> None:
    less = worked_out(group, birth, paid_years=paid)
    more = worked_out(group, birth, paid_years=paid + 1)
    if "required_months" in less.figures:
        assert 180 <= number(less, "required_months") <= 240
        assert number(more, "short_months") <= number(less, "short_months")


def test_a_woman_unsure_of_her_post_is_told_what_both_posts_give() -> None:
    for year in range(1960, 2000):
        birth = date(year, year % 12 + 1, 28)
        either = CALCULATOR({"sex": "woman", "post": "unsure", "birth": birth}, PARAMETERS, TODAY)
        assert month(either, "retire_50") == month(worked_out("operation", birth))
        assert month(either, "retire_55") == month(worked_out("management", birth))


def test_the_law_names_what_it_is_taken_from() -> None:
    now, then = worked_out("man", date(1970, 1, 1)), worked_out("man", date(1970, 1, 1), date(2024, 12, 31))
    assert {one.citation.law for one in now.parameters} == {"国务院关于渐进式延迟法定退休年龄的办法"}
    assert {one.citation.law for one in then.parameters} == {
        "国务院关于工人退休、退职的暂行办法",
        "社会保险法",
    }


@pytest.mark.parametrize(
    "count", [QUICK, pytest.param(THOROUGH, marks=pytest.mark.verify)], ids=["quick", "thorough"]
)
def test_stepping_through_the_tables_gives_the_same(count: int) -> None:
    chance = random.Random(20250101)
    for _ in range(count):
        group, birth, on, wish, paid = _somebody(chance)
        told: dict[str, Any] = {} if wish is None else {"wish": wish}
        if paid is not None:
            told["paid_years"] = paid
        try:
            result: Working | None = worked_out(group, birth, on, **told)
        except Impossible as impossible:
            _refused(impossible, group, birth, on)
        else:
            assert result is not None
            _same(result, group, birth, on, wish, paid)


def _somebody(chance: random.Random) -> tuple[str, date, date, str | None, int | None]:
    on = date(2024, 1, 1) + timedelta(days=chance.randrange(366 * 30))
    sixteen_ago = date(on.year - 16, on.month, min(on.day, 28))
    first = chance.choice((date(1935, 1, 1), date(1962, 1, 1)))
    birth = first + timedelta(days=chance.randrange((min(sixteen_ago, date(2040, 1, 1)) - first).days))
    wish = chance.choice((None, "on_time", "early", "late"))
    paid = chance.randrange(0, min(40, on.year - birth.year - 1))
    told = wish == "early" or chance.random() < 0.7
    return chance.choice(sorted(GROUPS)), birth, on, wish, paid if told else None


def _refused(impossible: Impossible, group: str, birth: date, on: date) -> None:
    at, _ = stepping.statutory(group, birth, on)
    expected = "impossible.not_flexible_then" if on.year < 2025 else "impossible.reached"
    assert impossible.said.key == expected
    assert on.year < 2025 or at < (on.year, on.month)


def _same(result: Working, group: str, birth: date, on: date, wish: str | None, paid: int | None) -> None:
    where = (group, birth, on, wish, paid)
    at, delay = stepping.statutory(group, birth, on)
    assert month(result) == at, where
    assert number(result, "delay_months") == delay, where
    leaves, year = Month(*at), at[0]
    if wish == "early":
        assert paid is not None
        first = stepping.earliest(group, birth, on, 12 * paid)
        assert ("earliest_year" in result.figures) is (first is not None), where
        if first is not None:
            assert month(result, "earliest") == first, where
            leaves, year = Month(*first), first[0]
    if wish == "late":
        leaves = Month(*stepping.later(at, 36))
        assert month(result, "latest") == leaves, where
    if at < (2011, 7):
        assert "required_months" not in result.figures, where
        return
    required = 180 if on.year < 2025 else stepping.NEEDED[year]
    assert number(result, "required_months") == required, where
    if paid is not None:
        then = stepping.paid_then(12 * paid, on, leaves)
        assert number(result, "short_months") == max(0, required - then), where


def test_whatever_comes_out_can_be_said_in_a_headline_of_sixty() -> None:
    chance = random.Random(7)
    for _ in range(QUICK):
        group, birth, on, wish, paid = _somebody(chance)
        told = {"wish": wish, "paid_years": paid}
        try:
            result = worked_out(group, birth, on, **told)
        except Impossible as impossible:
            WORDS.sentence("retirement_date", impossible.said)
            continue
        assert WORDS.text("retirement_date", result)
        assert len(WORDS.sentence("retirement_date", result.headline)) <= 60
