from datetime import date
from pathlib import Path

import pytest

from retrieval.bm25 import Bm25, Document, Filter, write
from tests.retrieval.material import TODAY


def document(number: int, *tokens: str, scope: str = "national", ends: date | None = None) -> Document:
    return Document(number, tokens, scope, date(2000, 1, 1), ends)


def open_index(folder: Path, *documents: Document) -> Bm25:
    write(documents, folder)
    return Bm25(folder)


def test_the_passage_that_says_it_more_often_comes_first(tmp_path: Path) -> None:
    index = open_index(
        tmp_path, document(0, "年假", "事假"), document(1, "年假", "年假"), document(2, "病假", "婚假")
    )
    assert [number for number, _ in index.search(["年假"], 10, Filter())] == [1, 0]


def test_a_token_asked_twice_counts_once(tmp_path: Path) -> None:
    index = open_index(tmp_path, document(0, "年假"), document(1, "病假"))
    assert index.search(["年假", "年假"], 10, Filter()) == index.search(["年假"], 10, Filter())


def test_what_may_not_be_seen_does_not_use_up_places(tmp_path: Path) -> None:
    hidden = [document(number, "年假", "年假", scope="示例银行/广东省分行") for number in range(50)]
    index = open_index(tmp_path, *hidden, document(50, "年假", "病假", "事假"))
    assert [number for number, _ in index.search(["年假"], 1, Filter(("national",), TODAY))] == [50]


@pytest.mark.parametrize(("day", "found"), [(date(2024, 12, 31), [0]), (date(2025, 1, 1), [])])
def test_the_last_day_in_force_is_included(tmp_path: Path, day: date, found: list[int]) -> None:
    index = open_index(tmp_path, document(0, "年假", ends=date(2024, 12, 31)))
    assert [number for number, _ in index.search(["年假"], 10, Filter(("national",), day))] == found


def test_a_filter_leaves_the_scores_of_what_passes_as_they_were(tmp_path: Path) -> None:
    index = open_index(tmp_path, document(0, "年假", "病假"), document(1, "年假"), document(2, "事假"))
    assert index.search(["年假"], 10, Filter(("national",), TODAY)) == index.search(["年假"], 10, Filter())


def test_a_question_without_words_finds_nothing(tmp_path: Path) -> None:
    assert open_index(tmp_path, document(0, "年假")).search([], 10, Filter()) == []
