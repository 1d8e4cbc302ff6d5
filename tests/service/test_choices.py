"""What may be offered when the assistant asks back, on the shipped knowledge base."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from retrieval.passages import Passage
from service.knowledge.asked import Asked
from tests.knowledge import answers_from, live_index

TODAY = date(2026, 11, 23)
ANHUI = "示例银行/安徽省分行/合肥分行"


def one_rule(one: Passage, other: Passage) -> bool:
    """Whether one is the other's base, which it does not add to, or follows it."""
    return one.supersedes == other.id or (one.base == other.id and one.precedence != "add")


def test_nothing_that_can_be_offered_states_the_rule_of_something_else(
    home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    answers = answers_from(live_index(home, tmp_path_factory.mktemp("index")), home)
    folded = 0
    for text in (
        "困难帮扶",
        "疗休养",
        "住院慰问",
        "会费",
        "困难补助怎么申请",
        "疗养名额",
        "提案",
        "节日福利",
        "互助",
    ):
        result = answers.search(Asked(text, TODAY, organisation=ANHUI)).result
        cards = [hit.passage for hit in result.hits]
        assert [(one.id, other.id) for one in cards for other in cards if one_rule(one, other)] == [], text
        folded += any(hit.also for hit in result.hits)
    assert folded
