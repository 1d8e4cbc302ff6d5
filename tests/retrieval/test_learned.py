"""A learned ranker is written, read, and scores as it did when it was fitted."""

from pathlib import Path

import numpy as np
import pytest
import xgboost

from retrieval.learned import MANIFEST, BoostedTrees, BoostedTreesError, Platt, save_trees

FEATURES = ("words", "meaning")


def fitted() -> tuple[xgboost.Booster, np.ndarray]:
    rng = np.random.default_rng(0)
    rows = rng.random((200, 2)).astype(np.float32)
    labels = rows.sum(axis=1) > 1
    data = xgboost.DMatrix(rows, labels, feature_names=list(FEATURES))
    parameters = {"objective": "binary:logistic", "max_depth": 2, "nthread": 1}
    return xgboost.train(parameters, data, num_boost_round=5), rows


def test_a_ranker_read_back_gives_the_booster_s_own_probabilities(tmp_path: Path) -> None:
    booster, rows = fitted()
    save_trees(booster, tmp_path, platt=Platt(), manifest={"command": "a test"})
    ranker = BoostedTrees.load(tmp_path, features=FEATURES)
    expected = booster.predict(xgboost.DMatrix(rows, feature_names=list(FEATURES)))
    assert np.allclose(ranker.score(rows), expected, atol=1e-5)


def test_platt_s_scaling_moves_probabilities_without_changing_their_order(tmp_path: Path) -> None:
    booster, rows = fitted()
    save_trees(booster, tmp_path / "raw", platt=Platt(), manifest={})
    save_trees(booster, tmp_path / "scaled", platt=Platt(slope=0.5, intercept=-2.0), manifest={})
    raw = BoostedTrees.load(tmp_path / "raw", features=FEATURES).score(rows)
    scaled = BoostedTrees.load(tmp_path / "scaled", features=FEATURES).score(rows)
    odds = np.log(raw / (1 - raw))
    assert np.allclose(np.log(scaled / (1 - scaled)), 0.5 * odds - 2.0)


def test_nothing_to_score_gives_no_scores(tmp_path: Path) -> None:
    booster, _ = fitted()
    save_trees(booster, tmp_path, platt=Platt(), manifest={})
    ranker = BoostedTrees.load(tmp_path, features=FEATURES)
    assert ranker.score(np.zeros((0, 2), np.float32)).shape == (0,)


def test_a_ranker_fitted_on_other_features_is_not_loaded(tmp_path: Path) -> None:
    booster, _ = fitted()
    save_trees(booster, tmp_path, platt=Platt(), manifest={})
    with pytest.raises(BoostedTreesError, match="other features"):
        BoostedTrees.load(tmp_path, features=("meaning", "words"))


def test_a_folder_without_a_readable_ranker_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(BoostedTreesError):
        BoostedTrees.load(tmp_path, features=FEATURES)
    booster, _ = fitted()
    save_trees(booster, tmp_path, platt=Platt(), manifest={})
    (tmp_path / MANIFEST).write_text('{"features": ["words", "meaning"]}', encoding="utf-8")
    with pytest.raises(BoostedTreesError):
        BoostedTrees.load(tmp_path, features=FEATURES)
