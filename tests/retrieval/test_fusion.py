import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.fusion import fuse, load_weights

scores = st.dictionaries(st.integers(0, 9), st.floats(0.01, 100), max_size=6)
shares = st.floats(0, 1)


@given(scores, scores, shares)
def test_fused_scores_lie_between_0_and_1(
    lexical: dict[int, float], dense: dict[int, float], share: float
) -> None:
    fused = fuse(lexical, dense, lambda _: share)
    assert fused.keys() == lexical.keys() | dense.keys()
    assert all(0 <= score <= 1 + 1e-9 for score in fused.values())


@given(scores, scores, shares, st.floats(0.1, 10))
def test_the_scale_of_one_search_does_not_matter(
    lexical: dict[int, float], dense: dict[int, float], share: float, factor: float
) -> None:
    scaled = {number: score * factor for number, score in lexical.items()}
    once = fuse(lexical, dense, lambda _: share)
    assert fuse(scaled, dense, lambda _: share) == pytest.approx(once)


def test_each_passage_is_weighed_by_its_own_share() -> None:
    fused = fuse({1: 10.0, 2: 5.0}, {1: 0.2, 2: 0.8}, lambda number: 1.0 if number == 1 else 0.0)
    assert fused == {1: 1.0, 2: 1.0}


def test_nothing_is_nearer_than_far_away() -> None:
    assert fuse({}, {1: -0.5}, lambda _: 0.5) == {1: 0.0}


def test_weights_are_read_with_what_they_were_fitted_on(tmp_path: Path) -> None:
    file = tmp_path / "fusion.json"
    weights = {"card_lexical": 0.4, "article_lexical": 0.7, "negative": 0.3}
    file.write_text(json.dumps({"weights": weights, "manifest": {"data_sha256": "x"}}), encoding="utf-8")
    assert load_weights(file).card_lexical == 0.4
