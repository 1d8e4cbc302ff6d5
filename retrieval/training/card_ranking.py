"""Fits the ranker of cards on questions that neither it nor the index has seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xgboost
from sklearn.linear_model import LogisticRegression

from retrieval.card_features import FEATURES, Rows
from retrieval.card_ranking import FOLDER
from retrieval.learned import Platt, save_trees
from retrieval.training.posed import Posed, Source, fold_of
from retrieval.training.validation import TOP, Scope

FOLDS = 5
_TOPIC = FEATURES.index("topic")
_FUSED = FEATURES.index("fused")
WEIGHTS: Mapping[Source, float] = {Source.ROW: 3.0, Source.MORE: 1.0, Source.CARD: 1.0, Source.MISSING: 0.3}
"""What a question counts in every fit: more when it is worded as a person would word it."""
_ROUNDS = 250
_PARAMETERS: Mapping[str, Any] = {
    "objective": "rank:ndcg",
    "eta": 0.1,
    "max_depth": 5,
    "min_child_weight": 10,
    "subsample": 0.8,
    "colsample_bytree": 0.6,
    "lambda": 5,
    "tree_method": "hist",
    "max_bin": 64,
    "nthread": 1,
}

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fit:
    """A ranker and how its margins become probabilities.

    `heard` and `alone` [n of questions][cards seen] are the probabilities that rankers without the
    question's group give, with what the dialogue heard and without; `report` holds shares of right card
    first and among three.
    """

    booster: xgboost.Booster
    platt: Platt
    heard: list[Floats]
    alone: list[Floats]
    report: dict[str, float]

    def save(self, folder: Path, manifest: Mapping[str, Any]) -> None:
        """Write the ranker among the artifacts in `folder`."""
        content = {**manifest, "out of fold": {name: round(value, 4) for name, value in self.report.items()}}
        save_trees(self.booster, folder / FOLDER, platt=self.platt, manifest=content)


def fit_cards(posed: Sequence[Posed], *, seed: int) -> Fit:
    """A ranker from all questions that have a card."""
    folds = np.array([fold_of(one.group, FOLDS) for one in posed])
    heard: list[Floats] = [np.zeros(0)] * len(posed)
    alone: list[Floats] = [np.zeros(0)] * len(posed)
    for fold in range(FOLDS):
        booster = _train([one for one, of in zip(posed, folds, strict=True) if of != fold], seed=seed)
        for at in np.flatnonzero(folds == fold).tolist():
            rows = posed[at].seen.rows
            heard[at] = _margins(booster, rows)
            alone[at] = _margins(booster, without_topic(rows))
    platt = _platt(posed, alone)
    report = _report(posed, heard, alone)
    return Fit(
        _train(posed, seed=seed),
        platt,
        [platt.probability(margins) for margins in heard],
        [platt.probability(margins) for margins in alone],
        report,
    )


def without_topic(rows: Rows) -> Rows:
    """The rows as they are when the dialogue was not asked."""
    other = rows.copy()
    other[:, _TOPIC] = np.nan
    return other


def _train(posed: Sequence[Posed], *, seed: int) -> xgboost.Booster:
    """Every question is learned from twice where the dialogue heard it: with that and without."""
    usable = [one for one in posed if one.right.any() and not one.right.all()]
    twice = [one for one in usable if one.heard is not None]
    plain = [replace(one, seen=replace(one.seen, rows=without_topic(one.seen.rows))) for one in twice]
    learned = [*usable, *plain]
    data = _matrix(
        np.concatenate([one.seen.rows for one in learned]), np.concatenate([one.right for one in learned])
    )
    data.set_group([len(one.right) for one in learned])
    data.set_weight([WEIGHTS[one.source] for one in learned])
    return xgboost.train({**_PARAMETERS, "seed": seed}, data, _ROUNDS)


def _margins(booster: xgboost.Booster, rows: Rows) -> Floats:
    if not len(rows):
        return np.zeros(0)
    return np.asarray(booster.predict(_matrix(rows), output_margin=True), np.float64)


def _matrix(rows: Rows, right: npt.NDArray[np.bool_] | None = None) -> xgboost.DMatrix:
    return xgboost.DMatrix(rows, right, feature_names=list(FEATURES))


def _platt(posed: Sequence[Posed], margins: Sequence[Floats]) -> Platt:
    """Over every card seen for every question, those included that no card answers."""
    regression = LogisticRegression(C=1e6, max_iter=1000)  # type: ignore[no-untyped-call]
    regression.fit(
        np.concatenate(list(margins))[:, None],
        np.concatenate([one.right for one in posed]),
        sample_weight=np.repeat([WEIGHTS[one.source] for one in posed], [len(one.right) for one in posed]),
    )
    return Platt(slope=float(regression.coef_[0, 0]), intercept=float(regression.intercept_[0]))


def _report(posed: Sequence[Posed], heard: Sequence[Floats], alone: Sequence[Floats]) -> dict[str, float]:
    fused = [one.seen.rows[:, _FUSED].astype(np.float64) for one in posed]
    report = {}
    for name, chosen in (
        ("rows", [at for at, one in enumerate(posed) if one.source is Source.ROW and one.scope is Scope.IN]),
        ("card questions", [at for at, one in enumerate(posed) if one.source is Source.CARD]),
    ):
        report[f"{name}: questions"] = float(len(chosen))
        for ranker, scores in (("fused", fused), ("ranker", alone), ("ranker with dialogue", heard)):
            places = [_place(posed[at].right, scores[at]) for at in chosen]
            report[f"{name}: right first, {ranker}"] = float(np.mean([place < 1 for place in places]))
            report[f"{name}: right among three, {ranker}"] = float(np.mean([place < TOP for place in places]))
    return report


def _place(right: npt.NDArray[np.bool_], scores: Floats) -> int:
    """Where the best right card stands, behind all when it was not seen."""
    places = np.flatnonzero(right[np.argsort(-scores, kind="stable")])
    return int(places[0]) if len(places) else len(right)
