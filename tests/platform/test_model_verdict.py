"""When a new model takes over: the stated margins, one by one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from api.models.reports import Conversations, Examined, Failure, Heard
from api.models.verdict import (
    FLOORS,
    MARGINS,
    MORE_FALSE,
    MORE_MISSED,
    below_floors,
    worse_than,
)
from tests.platform.trainable import GOOD

NO_CHANGE: Mapping[str, float] = {}


def examined(figures: Mapping[str, float] = NO_CHANGE, *, failed: tuple[str, ...] = ()) -> Examined:
    went_wrong = tuple(
        Failure(name=name, turn=1, says="你好", expected=("utter_greet",), done=()) for name in failed
    )
    heard = Heard.model_validate(GOOD | dict(figures))
    return Examined(
        model_id="m", heard=heard, conversations=Conversations(held=30, failed=went_wrong), seconds={}
    )


def test_the_same_figures_are_not_worse() -> None:
    assert worse_than(examined(), examined()) == ()


@pytest.mark.parametrize(("figure", "margin"), MARGINS.items())
def test_a_share_may_fall_by_its_margin_and_no_further(figure: str, margin: float) -> None:
    before = float(GOOD[figure])
    assert worse_than(examined(), examined({figure: before - margin + 0.001})) == ()
    (reason,) = worse_than(examined(), examined({figure: before - margin - 0.001}))
    assert (reason.figure, reason.was, reason.margin) == (figure, before, margin)
    assert worse_than(examined(), examined({figure: before + 0.1})) == ()


@pytest.mark.parametrize(("figure", "more"), [("urgent_missed", MORE_MISSED), ("urgent_false", MORE_FALSE)])
def test_cries_for_help_are_counted_in_sentences(figure: str, more: int) -> None:
    before = int(GOOD[figure])
    assert worse_than(examined(), examined({figure: before + more})) == ()
    (reason,) = worse_than(examined(), examined({figure: before + more + 1}))
    assert (reason.figure, reason.was, reason.now) == (figure, before, before + more + 1)


def test_a_conversation_that_was_right_before_must_stay_right() -> None:
    old = examined(failed=("cancel",))
    assert worse_than(old, examined(failed=("cancel",))) == ()
    assert worse_than(old, examined()) == ()
    (reason,) = worse_than(old, examined(failed=("cancel", "help")))
    assert (reason.figure, reason.name) == ("conversation", "help")


def test_gains_elsewhere_buy_no_loss() -> None:
    assert worse_than(examined(), examined({"accuracy": 0.99, "macro_f1": 0.99, "urgent_missed": 4})) != ()


def test_alone_only_what_is_broken_is_too_bad() -> None:
    assert below_floors(examined()) == ()
    assert below_floors(examined({"accuracy": 0.65, "urgent_missed": 10}, failed=("a", "b"))) == ()
    assert [one.figure for one in below_floors(examined({"urgent_missed": 13}))] == ["urgent_missed"]
    many = tuple(f"talk {number}" for number in range(8))
    assert [one.figure for one in below_floors(examined(failed=many))] == ["conversations"]


@pytest.mark.parametrize(("figure", "floor"), FLOORS.items())
def test_each_floor_holds_by_itself(figure: str, floor: float) -> None:
    assert below_floors(examined({figure: floor})) == ()
    (reason,) = below_floors(examined({figure: floor - 0.01}))
    assert (reason.figure, reason.was) == (figure, floor)


def test_the_documentation_states_the_margins_and_floors_that_hold(home: Path) -> None:
    section = (home / "docs" / "nlu.md").read_text(encoding="utf-8").partition("## Judging a model")[2]
    stated = dict(re.findall(r"^\| `(\w+)`.*? \| (\S+)[^|]* \|", section, re.MULTILINE))
    counted = {"urgent_missed": str(MORE_MISSED), "urgent_false": str(MORE_FALSE)}
    shares = {figure: f"{margin:.2f}".removeprefix("0") for figure, margin in MARGINS.items()}
    assert stated == shares | counted
    floors = dict(re.findall(r"^\| `(\w+)`.*\| at least (\.\d+) \|", section, re.MULTILINE))
    assert {figure: float(floor) for figure, floor in floors.items()} == FLOORS
