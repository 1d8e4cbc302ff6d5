"""Fits the ranker of articles on questions whose vectors and memory have not seen them.

An encoder and a memory that know a question make its article look surer than it ever is for a new one. So
every question is asked twice of an encoder and a memory made without it: once while other questions on its
articles are known, once while nothing about them is (`folds`). The rows of both are what the ranker learns
from: it must know what memory is worth, and when it is worth nothing.
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
import xgboost
from rich.progress import Progress
from sklearn.linear_model import LogisticRegression

from retrieval.article_features import FEATURES, Row
from retrieval.article_ranking import FOLDER
from retrieval.artifacts import Artifacts
from retrieval.build import build_index
from retrieval.calibration import UNFITTED
from retrieval.encoder import Encoder
from retrieval.fusion import load_weights
from retrieval.index import Index
from retrieval.learned import Platt, save_trees
from retrieval.memory import Remembered, Trust
from retrieval.passages import Passage
from retrieval.scope_words import ScopeWords
from retrieval.search import Question
from retrieval.training.folds import known_folds, new_folds
from retrieval.training.sources import LabelledQuestion

FEWEST = 50
"""Labelled questions below which nothing is fitted: trees would learn them by heart."""
CUTOFF = 10
SHARES = tuple(step / 20 for step in range(4, 17))
_DAY = date(2026, 1, 1)
_ROUNDS = 300
_PARAMETERS: Mapping[str, Any] = {
    "objective": "rank:ndcg",
    "eta": 0.05,
    "max_depth": 5,
    "min_child_weight": 5,
    "subsample": 0.8,
    "colsample_bytree": 0.3,
    "lambda": 5,
    "lambdarank_pair_method": "topk",
    "lambdarank_num_pair_per_sample": 20,
    "ndcg_exp_gain": False,
    "nthread": 1,
}
_HARD, _RECALLED, _CHANCE = 80, 15, 30
"""Rows of a question that are learned from: the best by words and vectors, by memory, and any others."""

Rng = np.random.Generator
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """The articles found for a question: their features, and which of them answer it.

    `gold` counts all articles that answer it, found or not; `new` says that nothing that was learned from
    spoke of them. `part` is the same whenever a question or one that shares an article with it is asked.
    """

    part: int
    rows: Row
    right: npt.NDArray[np.bool_]
    gold: int
    new: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """A ranker, how its margins become probabilities, and BM25's share for a fusion without any ranker.

    `report` holds nDCG@10 of rankers that have not seen the question's part, for known and new questions.
    """

    booster: xgboost.Booster
    platt: Platt
    share: float
    report: dict[str, float]

    def save(self, folder: Path, manifest: Mapping[str, Any]) -> None:
        """Write the ranker among the artifacts in `folder`."""
        content = {**manifest, "nDCG@10 out of fold": {k: round(v, 4) for k, v in self.report.items()}}
        save_trees(self.booster, folder / FOLDER, platt=self.platt, manifest=content)


def remembered(
    passages: Sequence[Passage], questions: Sequence[LabelledQuestion], trust: Trust
) -> list[Remembered]:
    """`questions` with the law and number of the articles that answer them."""
    places = {
        passage.id: (passage.law, passage.article)
        for passage in passages
        if passage.law is not None and passage.article is not None
    }
    found = (
        Remembered(one.text, tuple(places[gold] for gold in one.gold if gold in places), trust)
        for one in questions
    )
    return [one for one in found if one.places]


def judged_rows(
    passages: Sequence[Passage],
    labelled: Sequence[LabelledQuestion],
    written: Sequence[LabelledQuestion],
    encoder_without: Callable[[Collection[str]], Encoder],
    progress: Progress,
    *,
    seed: int,
) -> list[Judged]:
    """What the ranker sees of every labelled question when nothing has seen it before.

    `encoder_without` makes an encoder that has not learned from questions with the texts it is given.
    `written` are questions with written answers that memory holds as well.
    """
    apart = new_folds(labelled, written)
    parts = {one.text: part for part, fold in enumerate(apart) for one in fold.asked}
    judged: list[Judged] = []
    task = progress.add_task("questions nothing has seen", total=2 * len(labelled))
    numbers = {passage.id: number for number, passage in enumerate(passages)}
    with TemporaryDirectory() as folder:
        for fold in (*apart, *known_folds(labelled, seed=seed)):
            memory = [
                one
                for questions, trust in ((labelled, Trust.ASKED), (written, Trust.WRITTEN))
                for one in remembered(passages, questions, trust)
                if one.question not in fold.left_out
            ]
            encoder = encoder_without(fold.left_out)
            build_index(passages, Path(folder), encoder, memory=memory)
            index = Index.open(Path(folder), encoder=encoder, artifacts=_unranked())
            for one in fold.asked:
                judged.append(_judge(index, one, numbers, part=parts[one.text], new=fold.new))
                progress.update(task, advance=1)
    return judged


def fit(judged: Sequence[Judged], *, seed: int) -> Fit:
    """A ranker from all questions; its figures and probabilities from rankers that lack a part."""
    margins: list[Floats] = [np.zeros(0)] * len(judged)
    for part in sorted({one.part for one in judged}):
        booster = _train([one for one in judged if one.part != part], seed=seed)
        for at, one in enumerate(judged):
            if one.part == part:
                margins[at] = booster.predict(_matrix(one.rows), output_margin=True).astype(np.float64)
    share, fused = _best_share(judged)
    ranked = [_ndcg(margin, one) for margin, one in zip(margins, judged, strict=True)]
    report = {
        f"{name}, {kind}": float(
            np.mean([figures[at] for at, one in enumerate(judged) if one.new is (kind == "new")])
        )
        for name, figures in (("fused", fused), ("ranker", ranked))
        for kind in ("known", "new")
    }
    return Fit(_train(judged, seed=seed), _platt(margins, judged), share, report)


def _unranked() -> Artifacts:
    return Artifacts("none", load_weights(), UNFITTED, ScopeWords.of({}, 0.0))


def _judge(
    index: Index, question: LabelledQuestion, numbers: Mapping[str, int], *, part: int, new: bool
) -> Judged:
    found = index.article_rows(Question(question.text, _DAY))
    gold = {numbers[one] for one in question.gold if one in numbers}
    right = np.array([number in gold for number in found.numbers], dtype=np.bool_)
    return Judged(part, found.rows, right, len(gold), new)


def _train(judged: Sequence[Judged], *, seed: int) -> xgboost.Booster:
    rng = np.random.default_rng(seed)
    usable = [(one, _learned_from(one, rng)) for one in judged if one.right.any()]
    rows = np.concatenate([one.rows[chosen] for one, chosen in usable])
    data = _matrix(rows, np.concatenate([one.right[chosen] for one, chosen in usable]))
    data.set_group([len(chosen) for _, chosen in usable])
    return xgboost.train({**_PARAMETERS, "seed": seed}, data, _ROUNDS)


def _learned_from(one: Judged, rng: Rng) -> npt.NDArray[np.int64]:
    """Positions of the rows to learn from.

    Right ones are not added: a right article that nothing speaks for would teach that nothing is a good sign.
    """
    fused, recalled = one.rows[:, FEATURES.index("fused")], np.zeros(len(one.rows))
    for trust in Trust:
        recalled = np.maximum(recalled, one.rows[:, FEATURES.index(f"{trust}_sum")])
    chosen = np.concatenate(
        [
            np.argsort(-fused, kind="stable")[:_HARD],
            np.argsort(-recalled, kind="stable")[:_RECALLED],
            rng.permutation(len(fused))[:_CHANCE],
        ]
    )
    return np.unique(chosen)


def _matrix(rows: Row, right: npt.NDArray[np.bool_] | None = None) -> xgboost.DMatrix:
    return xgboost.DMatrix(rows, right, feature_names=list(FEATURES))


def _platt(margins: Sequence[Floats], judged: Sequence[Judged]) -> Platt:
    """How likely an article with a margin is to answer, over all found ones."""
    regression: Any = LogisticRegression(C=1e6, max_iter=1000)  # type: ignore[no-untyped-call]
    regression.fit(np.concatenate(margins)[:, None], np.concatenate([one.right for one in judged]))
    return Platt(round(float(regression.coef_[0][0]), 6), round(float(regression.intercept_[0]), 6))


def _best_share(judged: Sequence[Judged]) -> tuple[float, list[float]]:
    """BM25's share that ranks new questions best without a ranker, and every question's figure with it.

    Where no ranker was fitted, nothing is known of what is asked either.
    """
    lexical, cosine = FEATURES.index("lexical_share"), FEATURES.index("cosine_share")
    figures = {
        share: [
            _ndcg(share * one.rows[:, lexical] + (1 - share) * one.rows[:, cosine], one) for one in judged
        ]
        for share in SHARES
    }
    new = [at for at, one in enumerate(judged) if one.new]
    best = max(SHARES, key=lambda share: float(np.mean([figures[share][at] for at in new])))
    return best, figures[best]


def _ndcg(scores: npt.NDArray[Any], one: Judged) -> float:
    """nDCG@10 of the articles in the order of `scores`, every right one counting 1."""
    right = one.right[np.argsort(-scores, kind="stable")[:CUTOFF]]
    possible = sum(_discounts(min(CUTOFF, one.gold)))
    return float(np.dot(right, list(_discounts(len(right))))) / possible if possible else 0.0


def _discounts(length: int) -> Iterator[float]:
    return (1 / math.log2(at + 2) for at in range(length))
