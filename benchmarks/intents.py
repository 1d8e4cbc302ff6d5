"""How well intents are understood, beside other classifiers fitted in the same run.

Runs in the interpreter the intent model is trained and used in, .venv-bot/bin/python:

python -m benchmarks.intents                     on nlu_data/heldout/intents.jsonl: {"text", "intent",
                                                 "also"?: […]} a line
python -m benchmarks.intents --cross-validate    on the training data, five folds
python -m benchmarks.intents --cross-validate --thresholds
                                                 what each fallback threshold costs; see docs/nlu.md
python -m benchmarks.intents --models product encoder diet words
                                                 beside Rasa's DIET and the shipped encoder as well; DIET
                                                 takes most of a minute an epoch on a core (--epochs)
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from benchmarks.intent_confusions import confusions
from benchmarks.intent_diet import DietModel
from benchmarks.intent_models import Classifier, EncoderModel, ProductModel, WordModel
from benchmarks.intent_thresholds import threshold_table
from benchmarks.vectors import VectorProcess
from bot.components.intent_model import read_facets
from bot.judging.figures import Figures, Prediction, figures
from bot.training_data import Example, read_actions, read_examples, read_heldout, read_threshold
from language.normalise import normalise

ROOT = Path(__file__).resolve().parents[1]
FOLDS, SEED = 5, 11
MODELS = ("product", "encoder", "diet", "words")


@dataclass(frozen=True, slots=True)
class Run:
    """One classifier's predictions, with milliseconds per message."""

    name: str
    predictions: list[Prediction]
    fit_s: float
    p50_ms: float
    p95_ms: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; return 2 when there is nothing to measure on."""
    options = _options().parse_args(arguments)
    examples = read_examples(ROOT / "nlu_data")
    if options.cross_validate:
        runs = _runs(options, lambda model: _cross_validated(model, examples))
        source = f"{FOLDS}-fold cross-validation of {len(examples)} training examples"
    elif options.data.exists():
        heldout, also = read_heldout(options.data)
        runs = _runs(options, lambda model: _measured(model, examples, heldout, also))
        source = f"{options.data} ({len(heldout)} sentences)"
    else:
        print(f"{options.data} does not exist; --cross-validate needs no held-out data", file=sys.stderr)
        return 2
    actions = read_actions(ROOT / "bot" / "rules")
    threshold = read_threshold(ROOT / "config.yml")
    results = {run.name: figures(run.predictions, actions, threshold=threshold) for run in runs}
    print(f"intents: {source}\n")
    for run in runs:
        _print(run, results[run.name])
    if options.thresholds:
        print(threshold_table(runs[0].predictions, actions))
    if options.confusions:
        print(confusions(runs[0].predictions, options.confusions))
    if options.json:
        rows = {
            run.name: asdict(results[run.name])
            | {"fit_s": run.fit_s, "p50_ms": run.p50_ms, "p95_ms": run.p95_ms}
            for run in runs
        }
        options.json.write_text(
            json.dumps({"source": source, "models": rows}, ensure_ascii=False, indent=2), encoding="utf-8"
        )
    return 0


def _runs(options: argparse.Namespace, measure: Callable[[Classifier], Run]) -> list[Run]:
    """Measure the models that were asked for one after the other."""
    with ExitStack() as opened:
        return [measure(_model(name, options.epochs, opened)) for name in options.models]


def _model(name: str, epochs: int, opened: ExitStack) -> Classifier:
    lexicon, cards = ROOT / "nlu_data" / "lexicon", ROOT / "knowledge_base" / "cards"
    facets = read_facets(lexicon / "facets.txt")
    match name:
        case "product":
            return ProductModel(lexicon, facets, cards)
        case "encoder":
            return EncoderModel(lexicon, facets, cards, opened.enter_context(VectorProcess()))
        case "diet":
            return DietModel(lexicon, facets, epochs=epochs)
        case _:
            return WordModel(lexicon, facets)


def _measured(
    model: Classifier,
    examples: Sequence[Example],
    heldout: Sequence[Example],
    also: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> Run:
    started = time.perf_counter()
    model.fit([example.text for example in examples], [example.intent for example in examples])
    fit_s = time.perf_counter() - started
    predictions: list[Prediction] = []
    times: list[float] = []
    for example in heldout:
        started = time.perf_counter()
        prediction = model.predict(normalise(example.text))
        times.append(1000.0 * (time.perf_counter() - started))
        predictions.append(
            replace(prediction, truth=example.intent, also=also.get(example.text, frozenset()))
        )
    p50, p95 = np.percentile(times, [50, 95])
    return Run(model.name, predictions, fit_s, float(p50), float(p95))


def _cross_validated(model: Classifier, examples: Sequence[Example]) -> Run:
    parts = [
        _measured(model, [examples[i] for i in seen], [examples[i] for i in unseen])
        for seen, unseen in _folds([example.intent for example in examples])
    ]
    return Run(
        name=model.name,
        predictions=[prediction for part in parts for prediction in part.predictions],
        fit_s=sum(part.fit_s for part in parts) / len(parts),
        p50_ms=sum(part.p50_ms for part in parts) / len(parts),
        p95_ms=sum(part.p95_ms for part in parts) / len(parts),
    )


def _folds(labels: Sequence[str]) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return (seen, unseen) positions; each intent is spread evenly over the folds."""
    generator = np.random.default_rng(SEED)
    fold = np.zeros(len(labels), dtype=np.int64)
    names = np.array(labels)
    for intent in sorted(set(labels)):
        places = generator.permutation(np.flatnonzero(names == intent))
        fold[places] = (np.arange(len(places)) + generator.integers(FOLDS)) % FOLDS
    return [(np.flatnonzero(fold != number), np.flatnonzero(fold == number)) for number in range(FOLDS)]


def _print(run: Run, result: Figures) -> None:
    print(f"{run.name}")
    print(f"  accuracy {result.accuracy:.3f}   macro-F1 {result.macro_f1:.3f}   ECE {result.ece:.3f}")
    print(f"  right action {result.action_accuracy:.3f}   behind the fallback {result.gated_accuracy:.3f}")
    print(f"  service or question {result.routing:.3f}   services {result.services:.3f}")
    print(f"  topic first {result.topics_first:.3f}, among three {result.topics_three:.3f}")
    print(f"  out of scope AUROC {result.oos_auroc:.3f} (top confidence alone {result.oos_auroc_top:.3f})")
    print(f"  urgent recall {result.urgent_recall:.3f}, {result.urgent_false} false alarms")
    for group, score in result.group_f1.items():
        print(f"  macro-F1 {group:<12} {score:.3f}")
    print(f"  fit {run.fit_s:.1f} s   a message p50 {run.p50_ms:.2f} ms, p95 {run.p95_ms:.2f} ms\n")


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=ROOT / "nlu_data" / "heldout" / "intents.jsonl")
    parser.add_argument(
        "--models",
        nargs="+",
        choices=MODELS,
        default=["product", "words"],
        help="what to compare; the product and words unless told otherwise",
    )
    parser.add_argument("--epochs", type=int, default=60, help="how long DIET is trained; 60 unless told")
    parser.add_argument("--cross-validate", action="store_true", help="use the training data, fold by fold")
    parser.add_argument("--thresholds", action="store_true", help="print what each fallback threshold costs")
    parser.add_argument(
        "--confusions", type=int, metavar="N", help="print which intents the first model takes for which"
    )
    parser.add_argument("--json", type=Path, help="also write the figures here")
    return parser


if __name__ == "__main__":
    sys.exit(main())
