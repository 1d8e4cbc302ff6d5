from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


@given(st.lists(st.tuples(st.sampled_from("一二三四五六"), st.booleans()), min_size=1, max_size=60))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_knowing_which_passages_may_be_seen_changes_nothing_of_what_is_found(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[str, bool]]
) -> None:
    documents = [
        document(number, token, *("七" * (number % 3)), scope="national" if seen else "示例银行")
        for number, (token, seen) in enumerate(told)
    ]
    index = open_index(tmp_path_factory.mktemp("words"), *documents)
    within = Filter(("national",), TODAY)
    seen = np.array([seen for _, seen in told])
    for limit in (1, 5, 100):
        filtered = index.search(["一", "二", "七"], limit, within)
        left = index.search(["一", "二", "七"], limit, within, allowed=seen)
        assert [score for _, score in left] == [score for _, score in filtered]
        assert all(seen[number] for number, _ in left)
