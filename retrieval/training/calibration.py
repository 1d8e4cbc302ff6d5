"""Fits all that ranks cards and decides, on questions that were written for it.

    python -m retrieval.training.calibration

Fusion's share for cards, the ranker of cards, and the two probabilities with their thresholds: each is
learned from questions that neither encoder, index nor ranker has seen (`training.posed`), and every figure
and threshold is out of fold. Run it again after changing the encoder, many cards, or the features.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer
from rich.progress import Progress

from language.normalise import normalise
from retrieval.artifacts import FUSION, SCOPE_WORDS, SHIPPED, Artifacts
from retrieval.build import build_index
from retrieval.calibration import FILE as CALIBRATION
from retrieval.calibration import FOLDER as DECISION
from retrieval.calibration import UNFITTED, Calibration, Judge
from retrieval.cards import card_files, load_cards
from retrieval.encoder import Encoder, load_encoder
from retrieval.exact import question_key
from retrieval.fusion import Weights, load_weights
from retrieval.index import Index
from retrieval.learned import Platt, save_trees
from retrieval.passages import Passage
from retrieval.scope_words import ScopeWords
from retrieval.search import Heard
from retrieval.training.card_ranking import Fit, fit_cards
from retrieval.training.judging import REFUSED, UNANSWERABLE, WRONG, Judged, fit_judge, scope_by_words
from retrieval.training.posed import Posed, Source, pose
from retrieval.training.sources import data_hash
from retrieval.training.validation import Row, Scope, outcomes, read_rows
from retrieval.yamlfile import read_yaml

CHOICES = 4
"""Cards named in a question back, at most."""
FEWEST_CHOICES = 2
_LOST = 0.01
"""Share of questions back that may lose their card to the floor below which none is named."""
_FLOORS = (0.0, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1)
_SEED = 20261123
_LEXICAL = tuple(step / 10 for step in range(2, 9))
_DAY = date(2026, 11, 23)
"""The day the questions are asked."""
_COMMAND = "python -m retrieval.training.calibration"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Questions:
    """What is learned from: `rows` are worded as people ask, `more` are further ones that no card answers;
    `heard` is what the dialogue makes of any of them, by normalised text."""

    rows: Sequence[Row]
    more: Sequence[Row]
    heard: Mapping[str, Heard]


@dataclass(frozen=True, slots=True)
class Fitted:
    """Everything fitted for one encoder; `save` writes it where `Artifacts` reads it."""

    weights: Weights
    cards: Fit
    scope_words: ScopeWords
    calibration: Calibration
    judged: Mapping[str, Judged]
    reports: Mapping[str, Mapping[str, float]]

    def save(self, out: Path, manifest: Mapping[str, Any]) -> None:
        """Write weights, ranker and calibration into the folder `out`."""
        out.mkdir(parents=True, exist_ok=True)
        _write(out / FUSION, {"weights": asdict(self.weights), "manifest": manifest})
        self.cards.save(out, manifest)
        self.scope_words.write(out / SCOPE_WORDS, manifest)
        for name, judged in self.judged.items():
            for part, booster in judged.trees.items():
                save_trees(booster, out / DECISION / name / part, platt=Platt(), manifest=manifest)
        _write(
            out / CALIBRATION,
            {
                "model": {
                    **{name: _thresholds(judged.judge) for name, judged in self.judged.items()},
                    "exact": self.calibration.exact,
                    "choice_from": self.calibration.choice_from,
                },
                "thresholds chosen for": {
                    "wrong of answered": WRONG,
                    "in scope refused": REFUSED,
                    "asked without an answer": UNANSWERABLE,
                },
                "out of fold": {
                    name: {key: round(value, 4) for key, value in report.items()}
                    for name, report in self.reports.items()
                },
                "manifest": manifest,
            },
        )


def fit(
    cards: Sequence[Passage],
    encoder: Encoder,
    questions: Questions,
    start: Artifacts,
    progress: Progress,
    *,
    as_of: date,
) -> Fitted:
    """Everything for `encoder` and `cards`; fusion's other weights are those of `start`."""
    unranked = replace(start, card_ranker=None)
    weights = _choose_weights(cards, encoder, questions.rows, unranked, as_of=as_of)
    posed = pose(
        cards,
        questions.rows,
        questions.more,
        questions.heard,
        encoder,
        replace(unranked, weights=weights),
        progress,
        as_of=as_of,
    )
    ranker = fit_cards(posed, seed=_SEED)
    words, odds = scope_by_words(posed)
    alone = fit_judge(posed, ranker.alone, odds, heard=False)
    heard = fit_judge(posed, ranker.heard, odds, heard=True) if _mostly_heard(posed) else alone
    floor, choices = _choose_floor(posed, ranker.alone, alone)
    calibration = Calibration(heard.judge, alone.judge, _exact(cards, questions.rows, alone, heard), floor)
    reports = {"cards": ranker.report, "heard": heard.report, "alone": alone.report, "choices": choices}
    return Fitted(weights, ranker, words, calibration, {"heard": heard, "alone": alone}, reports)


def _thresholds(judge: Judge) -> dict[str, float]:
    return {
        "answer_from": judge.answer_from,
        "in_scope_from": judge.in_scope_from,
        "short_in_scope_from": judge.short_in_scope_from,
    }


def read_heard(file: Path) -> dict[str, Heard]:
    """What the dialogue makes of questions, by normalised text.

    A line is `{"text", "topics", "out_of_scope"}`.
    """
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {normalise(record["text"]): Heard(record["topics"], record["out_of_scope"]) for record in records}


def read_examples(file: Path) -> list[Row]:
    """The examples of a Rasa training file, all of it out of scope, as rows."""
    content = read_yaml(file)
    lines = [line for intent in content["nlu"] for line in intent["examples"].splitlines()]
    return [Row(line.removeprefix("- "), frozenset(), Scope.OUT, ()) for line in lines if line.strip()]


def _choose_weights(
    cards: Sequence[Passage], encoder: Encoder, rows: Sequence[Row], start: Artifacts, *, as_of: date
) -> Weights:
    """The weights of `start` with BM25's share for cards that ranks best on `rows` without the ranker; the
    middle one of equals."""
    scored = []
    with TemporaryDirectory() as folder:
        build_index(cards, Path(folder), encoder)
        for lexical in _LEXICAL:
            weights = replace(start.weights, card_lexical=lexical)
            index = Index.open(Path(folder), encoder=encoder, artifacts=replace(start, weights=weights))
            found = outcomes(index, rows, as_of=as_of)
            scored.append((sum(outcome.first + outcome.among for outcome in found), weights))
    most = max(score for score, _ in scored)
    best = [weights for score, weights in scored if score == most]
    return best[len(best) // 2]


def _mostly_heard(posed: Sequence[Posed]) -> bool:
    """Whether it is known of most rows what the dialogue makes of them; otherwise that is left out of it."""
    heard = [one.heard is not None for one in posed if one.source is Source.ROW]
    return 2 * sum(heard) > len(heard)


def _choose_floor(
    posed: Sequence[Posed], probabilities: Sequence[Floats], judged: Judged
) -> tuple[float, dict[str, float]]:
    """The highest probability a card may need to be named without losing more than _LOST of the right ones,
    and what a question back is worth with it."""
    back = [
        at
        for at, one in enumerate(posed)
        if at in judged.asks_back and one.source is Source.ROW and one.scope is Scope.IN
    ]
    tried = {floor: [_named(posed[at], probabilities[at], floor) for at in back] for floor in _FLOORS}
    found = {floor: float(np.mean([right for right, _ in named])) for floor, named in tried.items() if named}
    enough = [floor for floor, share in found.items() if share >= found[0.0] - _LOST]
    if not enough:
        return 0.0, {"questions back": 0.0}
    floor = max(enough)
    return floor, {
        "questions back": float(len(back)),
        "with the right card named": found[floor],
        "cards named": float(np.mean([count for _, count in tried[floor]])),
    }


def _named(posed: Posed, probabilities: Floats, floor: float) -> tuple[bool, int]:
    """Whether the right card is among those named, and how many are."""
    order = np.argsort(-probabilities, kind="stable")[:CHOICES]
    kept = [at for place, at in enumerate(order) if place < FEWEST_CHOICES or probabilities[at] >= floor]
    return bool(posed.right[kept].any()), len(kept)


def _exact(cards: Sequence[Passage], rows: Sequence[Row], *judged: Judged) -> float:
    """Confidence in a word-for-word match. Laplace's rule: they are few, and none proves certainty."""
    asking: dict[str, set[str]] = {}
    for card in cards:
        for question in card.questions:
            asking.setdefault(question_key(question), set()).add(card.id)
    met = [(row, asking[key]) for row in rows if (key := question_key(row.text)) in asking]
    right = sum(not row.cards.isdisjoint(ids) for row, ids in met)
    return round(max((right + 19) / (len(met) + 20), *(one.judge.answer_from for one in judged)), 4)


@dataclass(frozen=True, slots=True)
class Files:
    """What is fitted on, below the folder it is fitted in.

    `rows` and `more` hold one question a line (see `validation.read_rows`), `examples` those of the dialogue
    for what is out of scope, `heard` what it makes of all of these (`python -m benchmarks.heard`).
    """

    rows: Path = Path("benchmarks/data/answers_validation.jsonl")
    more: Path = Path("benchmarks/data/answers_fitting.jsonl")
    examples: Path = Path("nlu_data/out_of_scope.yml")
    heard: Path = Path("benchmarks/data/heard.jsonl")
    cards: Path = Path("knowledge_base/cards")

    def read(self) -> Questions:
        """The questions.

        Raises:
            FileNotFoundError: one of the files is missing.
        """
        more = read_rows(self.more)
        rows = [*read_rows(self.rows), *(row for row in more if row.cards)]
        without = [*(row for row in more if not row.cards), *read_examples(self.examples)]
        return Questions(rows, without, read_heard(self.heard))

    def digest(self) -> str:
        """One hash over all of them."""
        return data_hash(self.rows, self.more, self.examples, self.heard, *card_files(self.cards))


def refit(encoder: Encoder, out: Path, progress: Progress, *, files: Files, as_of: date = _DAY) -> Fitted:
    """Fit everything for `encoder` and write it into `out`, whose fusion weights it starts from."""
    start = Artifacts("start", load_weights(out / FUSION), UNFITTED, ScopeWords.of({}, 0.0))
    fitted = fit(load_cards(files.cards), encoder, files.read(), start, progress, as_of=as_of)
    manifest = {
        "command": _COMMAND,
        "data_sha256": files.digest(),
        "encoder": encoder.fingerprint,
        "licence": "written for this repository",
    }
    fitted.save(out, manifest)
    return fitted


def main(
    encoder: Annotated[Path | None, typer.Option(help="another encoder than the shipped one")] = None,
    out: Annotated[Path, typer.Option(help="folder of the artifacts")] = SHIPPED,
) -> None:
    """Fit ranker, weights and calibration of cards, and write them where the index reads them."""
    with Progress() as progress:
        fitted = refit(load_encoder(encoder), out, progress, files=Files())
    typer.echo(
        json.dumps({"weights": asdict(fitted.weights), **fitted.reports}, ensure_ascii=False, indent=2)
    )


def _write(file: Path, content: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
