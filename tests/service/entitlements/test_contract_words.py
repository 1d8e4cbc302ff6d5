"""What the calculators of contracts hear is told apart, and every case can be said."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from service.entitlements.calculators import CALCULATORS
from service.entitlements.notice_period import Case
from service.entitlements.parameters import load_parameters
from service.entitlements.probation import Term
from service.entitlements.severance_reasons import Reason
from service.entitlements.wording import CalculationWords
from service.texts import load_texts
from tests.stack import HOME

TEXTS = load_texts(HOME / "texts" / "zh-CN")
WORDS = CalculationWords(TEXTS)
PARAMETERS = load_parameters(HOME / "knowledge_base")
ON = date(2026, 11, 26)
CHOICES = {"severance": Reason, "notice_period": Case, "probation": Term}
WAGES = {"average_wage": 40_000, "notice_given": False, "last_month_wage": 9000}


@pytest.mark.parametrize("name", CHOICES)
def test_each_choice_has_a_label_and_words_of_its_own(name: str) -> None:
    choices = TEXTS.section(f"entitlements.{name}.choices")
    assert set(choices) == {one.value for one in CHOICES[name]}
    heard = Counter(word for one in choices for word in _words(f"entitlements.{name}.choices.{one}.heard"))
    assert [word for word, times in heard.items() if times > 1] == []


@pytest.mark.parametrize("name", CHOICES)
def test_no_word_says_both_yes_and_no(name: str) -> None:
    for field in TEXTS.section(f"entitlements.{name}.fields"):
        key = f"entitlements.{name}.fields.{field}"
        if "said_yes" in TEXTS.section(key):
            assert not set(_words(f"{key}.said_yes")) & set(_words(f"{key}.said_no")), field


def _words(key: str) -> list[str]:
    words = TEXTS.value(key)
    assert isinstance(words, list)
    return [str(word) for word in words]


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("started_on", [date(1999, 1, 1), date(2019, 4, 1), date(2026, 11, 20)])
@pytest.mark.parametrize("capped", [True, False])
def test_severance_can_be_said_for_every_reason(reason: Reason, started_on: date, capped: bool) -> None:
    told: dict[str, Any] = {"reason": reason, "started_on": started_on, "ended_on": ON, **WAGES}
    told |= {"local_average": 9000} if capped else {"above_cap": False}
    text = WORDS.text("severance", CALCULATORS["severance"](told, PARAMETERS, ON))
    assert "{" not in text


@pytest.mark.parametrize("case", Case)
@pytest.mark.parametrize("days", [{}, {"given_on": ON}, {"last_day": ON}, {"given_on": ON, "last_day": ON}])
@pytest.mark.parametrize("place", ["安徽", "北京", "宁夏"])
def test_notice_can_be_said_for_every_case(case: Case, days: dict[str, date], place: str) -> None:
    told = {"case": case, "in_probation": True, "place": place, **days}
    text = WORDS.text("notice_period", CALCULATORS["notice_period"](told, PARAMETERS, ON))
    assert "{" not in text
