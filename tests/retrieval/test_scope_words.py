"""Words that speak for or against the union's business."""

from pathlib import Path

import numpy as np
import pytest

from retrieval.grams import code_of, grams_of, spelt
from retrieval.scope_words import ScopeWords
from retrieval.training.scope_words import fit_scope_words

INSIDE = ["年假几天", "年假工资", "加班工资", "会费多少", "工会入会", "加班几天"]
OUTSIDE = ["打印机坏了", "打印机没墨", "信用卡年费", "信用卡还款", "明天下雨", "今天下雨"]


@pytest.fixture(scope="module")
def words() -> ScopeWords:
    inside = np.array([True] * len(INSIDE) + [False] * len(OUTSIDE))
    return fit_scope_words([*INSIDE, *OUTSIDE], inside, np.ones(len(inside)))


def test_known_words_speak_for_their_side(words: ScopeWords) -> None:
    assert words.log_odds("加班年假") > 0 > words.log_odds("打印机下雨")


def test_what_nobody_knows_says_no_more_than_anything(words: ScopeWords) -> None:
    assert words.log_odds("瑜伽") == words.log_odds("") == words.intercept


def test_the_words_are_read_as_they_were_written(words: ScopeWords, tmp_path: Path) -> None:
    words.write(tmp_path / "words.json", {"command": "a test"})
    read = ScopeWords.read(tmp_path / "words.json")
    for text in (*INSIDE, *OUTSIDE, "工资打印"):
        assert read.log_odds(text) == pytest.approx(words.log_odds(text))


def test_no_words_say_nothing() -> None:
    assert ScopeWords.of({}, 0.5).log_odds("年假") == 0.5


def test_a_gram_is_spelt_as_it_was_read() -> None:
    for gram in ("年", "年假", "a", "a1"):
        assert spelt(code_of(gram)) == gram
    assert {spelt(code) for code in grams_of("年假").tolist()} == {"年", "假", "年假"}
