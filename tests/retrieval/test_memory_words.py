"""Remembered questions by their words."""

from pathlib import Path

import numpy as np
import pytest

from retrieval.memory_words import MemoryWords, write_memory_words


def likeness(folder: Path, questions: list[list[str]], asked: list[str]) -> list[float]:
    write_memory_words(questions, folder)
    found: list[float] = MemoryWords.open(folder).likeness(asked).tolist()
    return found


def test_the_same_words_are_alike_whatever_their_order_and_number(tmp_path: Path) -> None:
    questions = [["年假", "几天", "几天"], ["加班", "工资"]]
    assert likeness(tmp_path, questions, ["几天", "年假", "年假"]) == pytest.approx([1, 0])


def test_a_rare_word_in_common_counts_more_than_a_common_one(tmp_path: Path) -> None:
    questions = [["年假", "单位"], ["加班", "单位"], ["工资", "单位"]]
    found = likeness(tmp_path, questions, ["年假", "单位"])
    assert found[0] == pytest.approx(1)
    assert found[1] == pytest.approx(found[2])
    assert likeness(tmp_path, questions, ["年假"])[0] > 0.9 > found[1]


def test_words_nobody_has_asked_with_count_for_nothing(tmp_path: Path) -> None:
    questions = [["年假", "几天"]]
    assert likeness(tmp_path, questions, ["年假", "几天", "恐龙"]) == pytest.approx([1])
    assert likeness(tmp_path, questions, ["恐龙"]) == [0]
    assert likeness(tmp_path, questions, []) == [0]


def test_a_question_without_words_and_no_questions_at_all_can_be_kept(tmp_path: Path) -> None:
    assert likeness(tmp_path, [[], ["年假"]], ["年假"]) == pytest.approx([0, 1])
    write_memory_words([], tmp_path)
    assert np.array_equal(MemoryWords.open(tmp_path).likeness(["年假"]), np.zeros(0))
