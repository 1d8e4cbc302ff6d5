"""How often the knowledge cards are answered from, asked about, refused; and how often that is right.

    python -m benchmarks.answers [--file FILE …] [--json OUT] [--draw docs/risk-coverage.svg]

Questions were written after the cards and never edited into them; what ranks and decides was fitted on the
validation file, never on these (benchmarks/data/README.md). Retrieval alone decides here, without the
dialogue's intent. `--draw` writes the risk–coverage curve of all the files together, beside that of BM25's
best score in the same index.
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

from benchmarks.risk_coverage import Curve, draw, risk_coverage
from language.normalise import normalise
from retrieval import build
from retrieval.artifacts import Artifacts
from retrieval.bm25 import Bm25, Filter
from retrieval.build import build_index
from retrieval.cards import load_cards
from retrieval.encoder import load_encoder
from retrieval.index import Index
from retrieval.passages import NATIONAL, Passage
from retrieval.search import Decision, Question, Result
from retrieval.store import live_folder
from retrieval.tokens import segmenter
from retrieval.training.validation import TOP, Row, Scope, read_rows
from service.knowledge.looking_up import look_up

SHORT = 10
"""Characters up to which a question counts as short."""
FOUR_IN_FIVE, ONE_IN_TWENTY = 0.8, 0.05
_RESAMPLES = 2000
DATA = Path("benchmarks/data")
FILES = tuple(
    DATA / f"{name}.jsonl"
    for name in ("answers_test", "answers_heldout", "out_of_scope_heldout", "uncovered_heldout")
)
"""What is reported on: the first by itself, the three others together, as one writer made them."""
EVERY_CARD = DATA / "cards_heldout.jsonl"
"""A question for every card there is, by a writer of its own; reported by topic as well."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A question, what came back, and whether the right card is first or among the first three."""

    row: Row
    result: Result
    first: bool
    among: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Worded:
    """What BM25 alone finds first for a question: its score, 0 when nothing, and whether it is right."""

    row: Row
    score: float
    first: bool


def judge(index: Index, rows: Sequence[Row], *, as_of: date) -> list[Judged]:
    """Ask `index` every question on the day `as_of`, as the service's search does: questions about another
    time in the rules of that time."""
    judged = []
    for row in rows:
        started = time.perf_counter()
        question = Question(row.text, as_of, row.organisations)
        result = look_up(index, question, today=as_of, dated=True).result
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
        "in scope: wrong of answered": _share(not one.first for one in _decided(inside, Decision.ANSWER)),
        "in scope: wrong if four in five were answered": _risk(inside, FOUR_IN_FIVE),
        "out of scope": len(outside),
        "out of scope: refused": _part(outside, Decision.REFUSE),
        "out of scope: answered": _part(outside, Decision.ANSWER),
        "out of scope: refused if one in twenty in scope were": _rejected(inside, outside, ONE_IN_TWENTY),
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


def _risk(judged: Sequence[Judged], coverage: float) -> float:
    """The share of wrong ones among the surest, `coverage` of all."""
    surest = sorted(judged, key=lambda one: -one.result.confidence)[: round(len(judged) * coverage)]
    return _share(not one.first for one in surest)


def _rejected(inside: Sequence[Judged], outside: Sequence[Judged], lost: float) -> float:
    """The share of `outside` below the probability of scope that `lost` of `inside` is below."""
    if not inside:
        return float("nan")
    lowest = sorted(one.result.in_scope for one in inside)[int(len(inside) * lost)]
    return _share(one.result.in_scope < lowest for one in outside)


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
    return float(roc_auc_score(labels, [one.result.in_scope for one in (*inside, *outside)]))


def curves(judged: Sequence[Judged], words: Sequence[Worded]) -> dict[str, Curve]:
    """The product's curves over all questions and over short ones, and BM25's."""
    found: dict[str, Curve] = {}
    for name, chosen in (("all questions", judged), (f"up to {SHORT} characters", _short(judged))):
        found[name] = risk_coverage(
            [one.result.confidence for one in chosen],
            [one.first for one in chosen],
            [one.result.decision is Decision.ANSWER for one in chosen],
        )
    for name, only in (
        ("all questions, BM25", words),
        (f"up to {SHORT} characters, BM25", _short_words(words)),
    ):
        found[name] = risk_coverage([one.score for one in only], [one.first for one in only])
    return found


def by_words(words: Bm25, passages: Sequence[Passage], rows: Sequence[Row], *, as_of: date) -> list[Worded]:
    """Ask BM25 every question on the day `as_of`."""
    found = []
    for row in rows:
        within = Filter((NATIONAL, *row.organisations), as_of)
        best = words.search(segmenter().tokens(normalise(row.text)), 1, within)
        first = bool(best) and passages[best[0][0]].id in row.cards
        found.append(Worded(row, best[0][1] if best else 0.0, first))
    return found


def _short(judged: Sequence[Judged]) -> list[Judged]:
    return [one for one in judged if len(one.row.text) <= SHORT]


def _short_words(words: Sequence[Worded]) -> list[Worded]:
    return [one for one in words if len(one.row.text) <= SHORT]


def _groups(files: Sequence[Path]) -> dict[str, list[Path]]:
    """The files as they are reported: those held out by one writer together, every other by itself."""
    groups: dict[str, list[Path]] = {}
    for file in files:
        name = "held out" if file in FILES[1:] else "every card" if file == EVERY_CARD else str(file)
        groups.setdefault(name, []).append(file)
    return groups


def by_topic(judged: Sequence[Judged], passages: Sequence[Passage]) -> dict[str, dict[str, float]]:
    """For each topic the questions on its cards, and where the right card came."""
    topics = {card.id: card.topic or "" for card in passages}
    of_topic: dict[str, list[Judged]] = {}
    for one in judged:
        for topic in {topics[card] for card in one.row.cards}:
            of_topic.setdefault(topic, []).append(one)
    return {
        topic: {
            "questions": len(asked),
            "first": _share(one.first for one in asked),
            "among three": _share(one.among for one in asked),
        }
        for topic, asked in sorted(of_topic.items())
    }


def _report(judged: Sequence[Judged]) -> dict[str, Any]:
    latency = np.quantile([one.seconds * 1000 for one in judged], [0.5, 0.95])
    return {
        "all": figures(judged),
        f"short (≤ {SHORT} characters)": figures(_short(judged)),
        "latency ms": {"p50": float(latency[0]), "p95": float(latency[1])},
    }


def main(
    file: Annotated[
        list[Path] | None, typer.Option(help="questions with their card, one JSON object a line")
    ] = None,
    cards: Annotated[Path, typer.Option(help="knowledge cards")] = Path("knowledge_base/cards"),
    encoder: Annotated[Path | None, typer.Option(help="another encoder than the shipped one")] = None,
    as_of: Annotated[str, typer.Option(help="the day the questions are asked")] = "2026-11-23",
    json_out: Annotated[Path | None, typer.Option("--json", help="write the figures there too")] = None,
    draw_to: Annotated[
        Path | None, typer.Option("--draw", help="write the risk–coverage curve there")
    ] = None,
) -> None:
    """Print decisions and errors on held-out questions."""
    files = file or [one for one in (*FILES, EVERY_CARD) if one.exists()]
    for one in files:
        if not one.exists():
            typer.echo(f"{one} is missing", err=True)
            sys.exit(2)
    model, day, passages = load_encoder(encoder), date.fromisoformat(as_of), load_cards(cards)
    report: dict[str, Any] = {"encoder": model.fingerprint}
    judged: list[Judged] = []
    with TemporaryDirectory() as folder:
        build_index(passages, Path(folder), model)
        artifacts = Artifacts.load(model.fingerprint)
        index = Index.open(Path(folder), encoder=model, artifacts=artifacts)
        report["index"] = index.identity
        for name, group in _groups(files).items():
            of_group = judge(index, [row for one in group for row in read_rows(one)], as_of=day)
            report[name] = _report(of_group)
            if EVERY_CARD in group:
                report[name]["by topic"] = by_topic(of_group, passages)
            judged += of_group
        live = live_folder(Path(folder))
        assert live is not None  # noqa: S101 - it has just been built
        words = by_words(Bm25(live / build.WORDS), passages, [one.row for one in judged], as_of=day)
    drawn = curves(judged, words)
    report["area under risk–coverage"] = {name: curve.area for name, curve in drawn.items()}
    typer.echo(json.dumps(report, ensure_ascii=False, indent=2, default=str))
    if json_out is not None:
        json_out.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if draw_to is not None:
        draw(drawn, draw_to)


if __name__ == "__main__":
    typer.run(main)
