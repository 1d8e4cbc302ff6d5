"""Leave around a birth: days walked one by one, and what holds in every province."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.entitlements.maternity_leave import CALCULATOR
from service.entitlements.parameters import load_parameters
from service.entitlements.working import Working
from tests.stack import HOME

PARAMETERS = load_parameters(HOME / "knowledge_base")
TODAY = date(2026, 11, 26)
PLACES = PARAMETERS.places("birth-leave-extension", TODAY)
UNREAD = "青海"
STARTS = st.dates(date(2026, 11, 27), date(2060, 12, 31))
ANYWHERE = st.sampled_from([*PLACES, UNREAD])


def _of(**told: object) -> Working:
    return CALCULATOR(told, PARAMETERS, TODAY)


def _birth(province: str, **told: object) -> Working:
    return _of(kind="childbirth", province=province, child_number=1, **told)


def _walked(first: date, days: int) -> date:
    """The last of so many days, walked one by one."""
    day = first
    for _ in range(days - 1):
        day += timedelta(days=1)
    return day


def _agree(seed: int, times: int) -> None:
    draw = random.Random(seed)
    known = [place for place in PLACES if place not in ("河南", "福建")]
    for _ in range(times):
        first = date(2026, 11, 27) + timedelta(days=draw.randrange(9000))
        babies, difficult = draw.randrange(1, 4), draw.random() < 0.5
        place = draw.choice(known)
        figures = _birth(place, start=first, babies=babies, difficult=difficult).figures
        rule = PARAMETERS.find("birth-leave-extension", TODAY, place=place)
        assert rule is not None
        extra = (30 if place == "广东" else 15) if difficult else 0
        days = 98 + extra + 15 * (babies - 1) + int(rule.number("days"))
        last = figures.get("last_day") or figures["last_day_before_holidays"]
        assert figures["total_days"].value == days
        assert last.value == _walked(first, days)


def test_days_walked_one_by_one_end_on_the_same_day() -> None:
    _agree(1, 1_000)


@pytest.mark.verify
def test_days_walked_one_by_one_end_on_the_same_day_often() -> None:
    _agree(2, 100_000)


def _again(first: date, days: int, counted_from: int) -> date:
    """The last of so many days, of which the statutory holidays from that day on are none."""
    years = [PARAMETERS.find("holidays", date(year, 1, 1)) for year in range(2021, 2027)]
    holidays = {day for year in years if year is not None for day in year.days("statutory")}
    calendar = [first + timedelta(days=number) for number in range(days + 40)]
    return [day for number, day in enumerate(calendar) if number < counted_from or day not in holidays][
        days - 1
    ]


@given(first=st.dates(date(2022, 3, 1), date(2026, 6, 1)), province=st.sampled_from(["上海", "江苏", "安徽"]))
def test_holidays_that_are_no_days_of_leave_put_its_end_off(first: date, province: str) -> None:
    told = {"kind": "childbirth", "province": province, "start": first}
    figures = CALCULATOR(told, PARAMETERS, first).figures
    assert figures["last_day"].value == _again(first, 158, 0 if province == "安徽" else 98)


def test_every_place_has_a_source_and_an_article_of_its_own_rule() -> None:
    for name in ("birth-leave-extension", "paternity-leave", "childcare-leave"):
        for place in PARAMETERS.places(name, TODAY):
            rule = PARAMETERS.find(name, TODAY, place=place)
            assert rule is not None
            assert place in rule.citation.law
            assert "读" in rule.value.source


@given(province=ANYWHERE, babies=st.integers(1, 4), difficult=st.booleans())
def test_nothing_takes_away_from_the_days_of_the_country(province: str, babies: int, difficult: bool) -> None:
    working = _birth(province, babies=babies, difficult=difficult)
    assert working.figures["national_days"].value == 98
    assert (_total(working) or 98) >= 98
    assert working.figures["nursing_hours"].value == babies


def _total(working: Working) -> int | None:
    total = working.figures.get("total_days")
    return None if total is None else int(str(total.value))


@given(province=ANYWHERE, first=STARTS)
def test_a_baby_more_never_ends_leave_earlier(province: str, first: date) -> None:
    one, two = (_last(_birth(province, start=first, babies=babies)) for babies in (1, 2))
    assert first < one <= two


def _last(working: Working) -> date:
    last = next(figure.value for name, figure in working.figures.items() if name.startswith("last_day"))
    assert isinstance(last, date)
    return last


@given(province=ANYWHERE, days=st.integers(0, 200))
def test_what_the_unit_gives_never_makes_it_less(province: str, days: int) -> None:
    plain, told = _total(_birth(province)), _total(_birth(province, local_days=days))
    assert plain is None or told == max(plain, 98 + days)


@given(birth=st.dates(date(2026, 12, 20), date(2060, 1, 1)), early=st.integers(0, 40))
def test_at_most_fifteen_days_lie_before_the_birth(birth: date, early: int) -> None:
    figures = _birth("北京", birth_date=birth, start=birth - timedelta(days=early)).figures
    first = figures["first_day"].value
    assert isinstance(first, date)
    assert (birth - first).days == min(early, 15)


@given(weeks=st.integers(0, 44))
def test_weeks_settle_only_what_any_way_of_counting_months_agrees_on(weeks: int) -> None:
    days = 15 if weeks < 16 else 42
    if weeks not in (16, 17):
        assert _of(kind="miscarriage", pregnancy_weeks=weeks).figures["days"].value == days


@pytest.mark.parametrize("province", PARAMETERS.places("childcare-leave", TODAY))
def test_childcare_leave_ends_with_the_birthday_of_the_rule(province: str) -> None:
    young = _of(kind="childcare", province=province, birth_date=date(2026, 1, 5)).figures
    age = 6 if province in ("安徽", "重庆") else 3
    assert young["before"].value == date(2026 + age, 1, 5)
    old = _of(kind="childcare", province=province, birth_date=date(2020, 11, 26)).figures
    assert old["days_each_year"].value == 0


@pytest.mark.parametrize("province", PLACES)
def test_the_place_says_where_its_rule_is_from(province: str) -> None:
    working = _birth(province)
    assert [one.id for one in working.parameters] == ["maternity-leave", "birth-leave-extension"]
    laws = {citation.law for step in working.steps for citation in step.basis}
    assert any(province in law for law in laws)


def test_an_unread_place_is_said_and_left_out() -> None:
    working = _birth(UNREAD)
    assert working.headline.key == "headline.national"
    assert "check.local" in [one.key for one in working.checks]


def test_a_caesarean_counts_only_where_the_place_says_so() -> None:
    assert "check.caesarean" in [one.key for one in _birth("湖南", caesarean=True).checks]
    assert "difficult_days" in _birth("陕西", caesarean=True).figures


def test_leave_before_a_birth_in_zhejiang_has_no_last_day() -> None:
    working = _birth("浙江", birth_date=date(2026, 12, 20), start=date(2026, 12, 10))
    assert "last_day" not in working.figures
    assert "check.from_birth" in [one.key for one in working.checks]
