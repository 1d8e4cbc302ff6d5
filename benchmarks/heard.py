"""What the dialogue makes of the questions that ranking and decisions are fitted on.

Runs in the interpreter the intent model is trained and used in:

    .venv-bot/bin/python -m benchmarks.heard [--out benchmarks/data/heard.jsonl]

An example or a question of a card, which the model is trained on, is judged by a model trained without it.
Run it again after changing intents, their examples, or the questions (four minutes);
`python -m retrieval.training.calibration` reads the file.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.components.card_questions import read_card_questions
from bot.components.intent_model import CardQuestions, IntentModel, read_facets
from bot.components.intent_pool import Facets
from bot.judging.figures import OUT_OF_SCOPE
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
    cards = read_card_questions(ROOT / "knowledge_base" / "cards")
    heard = dict(_cross_fitted(examples, cards, facets))
    rows = list(dict.fromkeys(map(normalise, _rows())))
    heard |= _heard(_fit(examples, cards, facets), [text for text in rows if text not in heard])
    wanted = {*rows, *(question for card in cards for question in card.questions)}
    wanted.update(normalise(one.text) for one in examples if one.intent == OUT_OF_SCOPE)
    with out.open("w", encoding="utf-8") as stream:
        for text in sorted(wanted):
            stream.write(json.dumps({"text": text, **heard[text]}, ensure_ascii=False) + "\n")
    print(f"{out}: {len(wanted)} questions")
    return 0


def _rows() -> Iterator[str]:
    """The rows that are fitted on."""
    for name in QUESTIONS:
        for line in (ROOT / "benchmarks" / "data" / name).read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["text"]


def _fit(
    examples: Sequence[Example], cards: Sequence[CardQuestions], facets: Mapping[str, Facets]
) -> IntentModel:
    texts, intents = [one.text for one in examples], [one.intent for one in examples]
    return IntentModel.fit(texts, intents, facets, cards)


def _cross_fitted(
    examples: Sequence[Example], cards: Sequence[CardQuestions], facets: Mapping[str, Facets]
) -> Iterable[tuple[str, dict[str, object]]]:
    """What models say about the examples and the questions of cards they were not trained on."""
    generator = np.random.default_rng(SEED)
    folds = generator.permutation(len(examples)) % FOLDS
    questions = sorted({question for card in cards for question in card.questions})
    fold_of = dict(zip(questions, generator.permutation(len(questions)) % FOLDS, strict=True))
    for fold in range(FOLDS):
        left = [
            replace(card, questions=tuple(one for one in card.questions if fold_of[one] != fold))
            for card in cards
        ]
        model = _fit([one for one, of in zip(examples, folds, strict=True) if of != fold], left, facets)
        unseen = [normalise(one.text) for one, of in zip(examples, folds, strict=True) if of == fold]
        asked = [question for question in questions if fold_of[question] == fold]
        yield from _heard(model, [*asked, *unseen]).items()


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
