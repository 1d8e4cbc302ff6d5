"""How often the knowledge cards are answered from, asked about, refused; and how often that is right.

    python -m benchmarks.answers [--file benchmarks/data/answers_test.jsonl] [--json OUT]

Questions were written after the cards and never edited into them; the calibration saw the validation
file, never the test file. Retrieval alone decides here, without the dialogue's intent.
"""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import numpy as np
import typer
from sklearn.metrics import roc_auc_score

from retrieval.artifacts import Artifacts
from retrieval.build import build_index
from retrieval.cards import load_cards
from retrieval.encoder import load_encoder
from retrieval.index import Index
from retrieval.search import Decision, Question, Result
from retrieval.training.validation import TOP, Row, Scope, read_rows

SHORT = 10
"""Characters up to which a question counts as short."""
_RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Judged:
    """A question, what came back, and whether the right card is first or among the first three."""

    row: Row
    result: Result
    first: bool
    among: bool
    seconds: float


def judge(index: Index, rows: Sequence[Row], *, as_of: date) -> list[Judged]:
    """Ask `index` every question on the day `as_of`."""
    judged = []
    for row in rows:
        started = time.perf_counter()
        result = index.search(Question(row.text, as_of, row.organisations))
        seconds = time.perf_counter() - started
        ids = [hit.passage.id for hit in result.hits]
        first = bool(ids) and ids[0] in row.cards
        judged.append(Judged(row, result, first, not row.cards.isdisjoint(ids[:TOP]), seconds))
    return judged


def figures(judged: Sequence[Judged]) -> dict[str, float]:
    """The shares that matter, each between 0 and 1, and the number of questions behind them."""
    inside = [one for one in judged if one.row.cards]
    outside = [one for one in judged if one.row.kind is Scope.OUT]
    uncovered = [one for one in judged if one.row.kind is Scope.UNCOVERED]
    answered = _decided(judged, Decision.ANSWER)
    clarified = _decided(inside, Decision.CLARIFY)
    wrong = [not one.first for one in answered]
    low, high = _interval(wrong)
    return {
        "in scope": len(inside),
        "in scope: right card first": _share(one.first for one in inside),
        "in scope: right card among three": _share(one.among for one in inside),
        "in scope: answered": _part(inside, Decision.ANSWER),
        "in scope: clarified": _part(inside, Decision.CLARIFY),
        "in scope: clarified with the right card among three": _share(one.among for one in clarified),
        "in scope: refused": _part(inside, Decision.REFUSE),
        "out of scope": len(outside),
        "out of scope: refused": _part(outside, Decision.REFUSE),
        "out of scope: answered": _part(outside, Decision.ANSWER),
        "uncovered": len(uncovered),
        "uncovered: refused": _part(uncovered, Decision.REFUSE),
        "uncovered: answered": _part(uncovered, Decision.ANSWER),
        "answered": len(answered),
        "wrong of answered": _share(wrong),
        "wrong of answered, low": low,
        "wrong of answered, high": high,
        "AUROC in against out of scope": _auroc(inside, outside),
    }


def _decided(judged: Sequence[Judged], decision: Decision) -> list[Judged]:
    return [one for one in judged if one.result.decision is decision]


def _part(judged: Sequence[Judged], decision: Decision) -> float:
    return _share(one.result.decision is decision for one in judged)


def _share(values: Any) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else float("nan")


def _interval(values: Sequence[bool]) -> tuple[float, float]:
    """95 % bootstrap interval of a share."""
    if not values:
        return float("nan"), float("nan")
    rng = np.random.default_rng(0)
    means = rng.choice(np.array(values, dtype=float), (_RESAMPLES, len(values))).mean(axis=1)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def _auroc(inside: Sequence[Judged], outside: Sequence[Judged]) -> float:
    if not inside or not outside:
        return float("nan")
    labels = [1] * len(inside) + [0] * len(outside)
    return float(roc_auc_score(labels, [one.result.confidence for one in (*inside, *outside)]))


def main(
    file: Annotated[Path, typer.Option(help="questions with their card, one JSON object a line")] = Path(
        "benchmarks/data/answers_test.jsonl"
    ),
    cards: Annotated[Path, typer.Option(help="knowledge cards")] = Path("knowledge_base/cards"),
    encoder: Annotated[Path | None, typer.Option(help="another encoder than the shipped one")] = None,
    fitted: Annotated[Path | None, typer.Option(help="folder of rankings fitted for other encoders")] = None,
    as_of: Annotated[str, typer.Option(help="the day the questions are asked")] = "2026-11-23",
    json_out: Annotated[Path | None, typer.Option("--json", help="write the figures there too")] = None,
) -> None:
    """Print decisions and errors on held-out questions."""
    if not file.exists():
        typer.echo(f"{file} is missing", err=True)
        sys.exit(2)
    model = load_encoder(encoder)
    with TemporaryDirectory() as folder:
        build_index(load_cards(cards), Path(folder), model)
        index = Index.open(Path(folder), encoder=model, artifacts=Artifacts.load(model.fingerprint, fitted))
        judged = judge(index, read_rows(file), as_of=date.fromisoformat(as_of))
        version = index.identity
    short = [one for one in judged if len(one.row.text) <= SHORT]
    latency = np.quantile([one.seconds * 1000 for one in judged], [0.5, 0.95])
    report = {
        "file": str(file),
        "index": version,
        "encoder": model.fingerprint,
        "all": figures(judged),
        f"short (≤ {SHORT} characters)": figures(short),
        "latency ms": {"p50": float(latency[0]), "p95": float(latency[1])},
    }
    typer.echo(json.dumps(report, ensure_ascii=False, indent=2, default=str))
    if json_out is not None:
        json_out.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
