"""Fits fusion weights and the calibrated decision on questions that were written for it.

    python -m retrieval.training.calibration

The weights are those that put the right card first most often; the thresholds are chosen on out-of-fold
probabilities, each for the error rate stored beside it. Run it again after changing encoder, cards or signs.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from retrieval import calibration, fusion
from retrieval.artifacts import Artifacts
from retrieval.build import build_index
from retrieval.calibration import FEATURES, Calibration
from retrieval.cards import load_cards
from retrieval.encoder import load_encoder
from retrieval.fusion import Weights
from retrieval.index import Index
from retrieval.training.sources import data_hash
from retrieval.training.validation import Outcome, Row, outcomes, read_rows

PRECISION = 0.95
"""Least share of right answers among the answered."""
AMONG = 0.80
"""Least share of questions in the clarify band whose right card is among the first three."""
_FEWEST = 20
"""A threshold is not moved for a handful of questions."""
_FOLDS = 5
_SEED = 20261123
_LEXICAL = tuple(step / 20 for step in range(4, 19))
_COMMAND = "python -m retrieval.training.calibration"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fit:
    """A calibration and what it was worth out of fold."""

    model: Calibration
    report: dict[str, float]


def choose_weights(index: Index, rows: Sequence[Row], start: Weights, *, as_of: date) -> Weights:
    """`start` with BM25's share for cards that ranks best on `rows`; the middle one of equals."""
    scored = []
    for lexical in _LEXICAL:
        weights = replace(start, card_lexical=lexical)
        found = outcomes(index.with_weights(weights), rows, as_of=as_of)
        scored.append((sum(outcome.first + outcome.among for outcome in found), weights))
    most = max(score for score, _ in scored)
    best = [weights for score, weights in scored if score == most]
    return best[len(best) // 2]


def fit(found: Sequence[Outcome]) -> Fit:
    """Logistic regression and thresholds from outcomes with signs."""
    usable = [outcome for outcome in found if outcome.signs is not None and not outcome.exact]
    signs = np.array([[getattr(outcome.signs, name) for name in FEATURES] for outcome in usable])
    right = np.array([outcome.first for outcome in usable])
    among = np.array([outcome.among for outcome in usable])
    mean, scale = signs.mean(axis=0), np.maximum(signs.std(axis=0), 1e-6)
    standard = (signs - mean) / scale
    probability = _out_of_fold(standard, right)
    answer_from = _answer_threshold(probability, right)
    clarify_from = _clarify_threshold(probability, among, below=answer_from)
    regression = _regression().fit(standard, right)
    exact = [outcome.first for outcome in found if outcome.exact]
    model = Calibration(
        mean=dict(zip(FEATURES, mean.round(6).tolist(), strict=True)),
        scale=dict(zip(FEATURES, scale.round(6).tolist(), strict=True)),
        weights=dict(zip(FEATURES, regression.coef_[0].round(6).tolist(), strict=True)),
        intercept=round(float(regression.intercept_[0]), 6),
        answer_from=round(answer_from, 4),
        clarify_from=round(clarify_from, 4),
        # Laplace's rule: word-for-word matches are few, and none of them proves certainty.
        exact=round(max((sum(exact) + 19) / (len(exact) + 20), answer_from), 4),
    )
    return Fit(model, _report(probability, right, among, model))


def _regression() -> LogisticRegression:
    return LogisticRegression(C=0.5, max_iter=1000)  # type: ignore[no-untyped-call]


def _out_of_fold(standard: Floats, right: npt.NDArray[np.bool_]) -> Floats:
    """Each row's probability from a regression that has not seen it, [n]."""
    probability = np.zeros(len(right))
    folds: Any = StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED)  # type: ignore[no-untyped-call]
    for train, test in folds.split(standard, right):
        regression = _regression().fit(standard[train], right[train])
        probability[test] = regression.predict_proba(standard[test])[:, 1]
    return probability


def _answer_threshold(probability: Floats, right: npt.NDArray[np.bool_]) -> float:
    """The lowest probability from which PRECISION of the answers are right; 1 when there is none."""
    order = np.argsort(-probability)
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero((precision >= PRECISION) & (np.arange(1, len(order) + 1) >= _FEWEST))
    return float(probability[order[enough[-1]]]) if len(enough) else 1.0


def _clarify_threshold(probability: Floats, among: npt.NDArray[np.bool_], *, below: float) -> float:
    """The lowest probability from which AMONG of those under `below` have their card in the top three."""
    band = np.flatnonzero(probability < below)
    order = band[np.argsort(-probability[band])]
    share = np.cumsum(among[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero((share >= AMONG) & (np.arange(1, len(order) + 1) >= _FEWEST))
    return float(probability[order[enough[-1]]]) if len(enough) else below


def _report(
    probability: Floats, right: npt.NDArray[np.bool_], among: npt.NDArray[np.bool_], model: Calibration
) -> dict[str, float]:
    answered = probability >= model.answer_from
    clarified = (probability >= model.clarify_from) & ~answered
    return {
        "questions": len(right),
        "answered": float(answered.mean()),
        "right of answered": float(right[answered].mean()) if answered.any() else 0.0,
        "clarified": float(clarified.mean()),
        "right card among three of clarified": float(among[clarified].mean()) if clarified.any() else 0.0,
    }


def main(
    data: Annotated[Path, typer.Option(help="questions with their card, one JSON object a line")] = Path(
        "benchmarks/data/answers_validation.jsonl"
    ),
    cards: Annotated[Path, typer.Option(help="knowledge cards")] = Path("knowledge_base/cards"),
    encoder: Annotated[Path | None, typer.Option(help="another encoder than the shipped one")] = None,
    as_of: Annotated[str, typer.Option(help="the day the questions are asked")] = "2026-11-23",
    out: Annotated[Path, typer.Option(help="folder of fusion.json and calibration.json")] = (
        calibration.SHIPPED.parent
    ),
) -> None:
    """Fit fusion weights and calibration, and write them where the index reads them."""
    if not data.exists():
        raise typer.BadParameter(f"{data} is missing")
    day, rows, model = date.fromisoformat(as_of), read_rows(data), load_encoder(encoder)
    made = {
        "command": _COMMAND,
        "data_sha256": data_hash(data),
        "encoder": model.fingerprint,
        "licence": "written for this repository",
    }
    start = fusion.load_weights(out / fusion.SHIPPED.name)
    with TemporaryDirectory() as folder:
        build_index(load_cards(cards), Path(folder), model)
        index = Index.open(Path(folder), encoder=model, artifacts=Artifacts("unfitted", start, _UNFITTED))
        weights = choose_weights(index, rows, start, as_of=day)
        fitted = fit(outcomes(index.with_weights(weights), rows, as_of=day))
    _write(out / fusion.SHIPPED.name, {"weights": asdict(weights), "manifest": made})
    thresholds = {"answer precision": PRECISION, "clarify among three": AMONG}
    report = {name: round(value, 4) for name, value in fitted.report.items()}
    content = {"model": asdict(fitted.model), "thresholds chosen for": thresholds, "out of fold": report}
    _write(out / calibration.SHIPPED.name, {**content, "manifest": made})
    typer.echo(json.dumps({"weights": asdict(weights), **report}, ensure_ascii=False, indent=2))


_UNFITTED = Calibration(
    mean=dict.fromkeys(FEATURES, 0.0),
    scale=dict.fromkeys(FEATURES, 1.0),
    weights=dict.fromkeys(FEATURES, 0.0),
    intercept=0.0,
    answer_from=1.0,
    clarify_from=0.0,
    exact=1.0,
)


def _write(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
