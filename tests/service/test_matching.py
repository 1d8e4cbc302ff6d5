"""Which activity a sentence means."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.activities.matching import meant
from service.texts import load_texts

HOME = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 25)
COMMON = tuple(str(word) for word in load_texts(HOME / "texts" / "zh-CN").value("activities.common"))
COMING = {
    "羽毛球友谊赛": date(2026, 11, 28),
    "乒乓球友谊赛": date(2026, 11, 29),
    "亲子采摘": date(2026, 12, 5),
    "读书会": date(2026, 12, 5),
}


def found(sentence: str) -> tuple[set[str], bool]:
    items, told_apart = meant(
        sentence, list(COMING), title=str, day=COMING.__getitem__, today=TODAY, common=COMMON
    )
    return set(items), told_apart


@pytest.mark.parametrize(
    ("sentence", "titles"),
    [
        ("我要报名羽毛球比赛", {"羽毛球友谊赛"}),
        ("羽毛球友谊赛", {"羽毛球友谊赛"}),
        ("友谊赛算我一个", {"羽毛球友谊赛", "乒乓球友谊赛"}),
        ("友谊赛，29号那场", {"乒乓球友谊赛"}),
        ("带孩子去采摘", {"亲子采摘"}),
        ("报名12月5号的活动", {"亲子采摘", "读书会"}),
        ("12月5号的读书会", {"读书会"}),
    ],
)
def test_title_and_day_tell_which_one_is_meant(sentence: str, titles: set[str]) -> None:
    assert found(sentence) == (titles, True)


@pytest.mark.parametrize("sentence", ["我想报名", "参加工会活动", "报名游泳", "", "12月9号有空"])
def test_a_sentence_that_names_none_of_them_may_mean_any(sentence: str) -> None:
    assert found(sentence) == (set(COMING), False)


@given(st.text(max_size=40))
def test_something_is_meant_whatever_is_said(sentence: str) -> None:
    items, _ = found(sentence)
    assert items


def test_nothing_can_be_meant_where_there_is_nothing() -> None:
    assert meant("报名", [], title=str, day=COMING.__getitem__, today=TODAY) == ([], False)
