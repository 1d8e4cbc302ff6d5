"""What the dialogue makes of the questions that ranking and decisions are fitted on.

Runs in the interpreter the intent model is trained and used in:

    .venv-bot/bin/python -m benchmarks.heard [--out benchmarks/data/heard.jsonl]

A sentence the model is trained on is judged by a model trained without it. Run it again after changing
intents, their examples, or the questions; `python -m retrieval.training.calibration` reads the file.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.intent_figures import OUT_OF_SCOPE
from bot.components.intent_model import Facets, IntentModel, read_facets
from bot.training_data import Example, read_examples
from language.normalise import normalise
from service.knowledge.topics import topics_of_intents

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = ("answers_validation.jsonl", "answers_fitting.jsonl")
RANKED = 5
"""Intents that travel with a message, see `bot.components.classifier`."""
FOLDS, SEED = 5, 11
_SMALLEST = 0.01


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file; return 0."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "data" / "heard.jsonl")
    out = options.parse_args(arguments).out
    facets = read_facets(ROOT / "nlu_data" / "lexicon" / "facets.txt")
    examples = read_examples(ROOT / "nlu_data")
    heard = dict(_cross_fitted(examples, facets))
    asked = [text for text in dict.fromkeys(map(normalise, _questions())) if text not in heard]
    heard |= _heard(_fit(examples, facets), asked)
    wanted = {*asked, *(normalise(one.text) for one in examples if one.intent == OUT_OF_SCOPE)}
    wanted.update(text for text in map(normalise, _questions()) if text in heard)
    with out.open("w", encoding="utf-8") as stream:
        for text in sorted(wanted):
            stream.write(json.dumps({"text": text, **heard[text]}, ensure_ascii=False) + "\n")
    print(f"{out}: {len(wanted)} questions")
    return 0


def _questions() -> Iterator[str]:
    """The rows that are fitted on, and the questions of all cards."""
    for name in QUESTIONS:
        for line in (ROOT / "benchmarks" / "data" / name).read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["text"]
    for file in sorted((ROOT / "knowledge_base" / "cards").rglob("*.md")):
        yield from _card_questions(file)


def _card_questions(file: Path) -> Iterator[str]:
    """The `questions` of a card's front matter; this interpreter has no reader of cards."""
    import yaml

    _, front, _ = file.read_text(encoding="utf-8").split("---\n", 2)
    yield from map(str, yaml.safe_load(front)["questions"])


def _fit(examples: Sequence[Example], facets: Mapping[str, Facets]) -> IntentModel:
    return IntentModel.fit([one.text for one in examples], [one.intent for one in examples], dict(facets))


def _cross_fitted(
    examples: Sequence[Example], facets: Mapping[str, Facets]
) -> Iterable[tuple[str, dict[str, object]]]:
    """What models say about the examples they were not trained on."""
    folds = np.random.default_rng(SEED).permutation(len(examples)) % FOLDS
    for fold in range(FOLDS):
        model = _fit([one for one, of in zip(examples, folds, strict=True) if of != fold], facets)
        yield from _heard(
            model, [normalise(one.text) for one, of in zip(examples, folds, strict=True) if of == fold]
        ).items()


def _heard(model: IntentModel, texts: Sequence[str]) -> dict[str, dict[str, object]]:
    return {
        text: _topics(model, row) for text, row in zip(texts, model.probabilities(list(texts)), strict=True)
    }


def _topics(model: IntentModel, row: NDArray[np.float64]) -> dict[str, object]:
    ranking = [(model.intents[at], float(row[at])) for at in np.argsort(-row)[:RANKED]]
    topics = {
        topic: round(share, 4) for topic, share in topics_of_intents(ranking).items() if share > _SMALLEST
    }
    return {"topics": topics, "out_of_scope": round(dict(ranking).get(OUT_OF_SCOPE, 0.0), 4)}


if __name__ == "__main__":
    raise SystemExit(main())
