"""What benchmarks.intents compares: the product's understanding alone and with the shipped encoder beside it,
and words with logistic regression. Rasa's DIET is in `intent_diet`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from benchmarks.vectors import VectorProcess
from bot.components.card_questions import read_card_questions
from bot.components.danger import DangerRule
from bot.components.intent_features import FLOOR, Floats, View
from bot.components.intent_model import (
    IntentModel,
    Shape,
    first_questions,
    fit_views,
    importance,
    log_probabilities,
    out_of_fold,
)
from bot.components.intent_pool import Facets, Pool, fit_pool, kinds_of
from bot.components.lexicon import read_lexicon
from bot.judging.figures import OUT_OF_SCOPE, URGENT, Prediction
from language.words import Segmenter


class Classifier(Protocol):
    """Fits on normalised texts and predicts one at a time, as in a conversation."""

    name: str

    def fit(self, texts: Sequence[str], intents: Sequence[str]) -> None: ...

    def predict(self, text: str) -> Prediction: ...


class ProductModel:
    """The classifier of config.yml with the danger rule behind it; the fallback is measured apart."""

    name = "characters, three views (the product)"

    def __init__(self, lexicon: Path, facets: Mapping[str, Facets], cards: Path) -> None:
        self._cards = read_card_questions(cards)
        self._facets = facets
        self._dangers = [
            wording for wording in read_lexicon(lexicon / "entities") if wording.entity == "kind"
        ]
        self._rule = DangerRule()
        self._model: IntentModel | None = None

    def fit(self, texts: Sequence[str], intents: Sequence[str]) -> None:
        self._model = IntentModel.fit(texts, intents, self._facets, self._cards)

    def predict(self, text: str) -> Prediction:
        intents, row = self._probabilities(text)
        found = prediction_of(row, intents, self._facets)
        kinds = {wording.value for wording in self._dangers if wording.text in text}
        if self._rule.applies(kinds, intent=found.intent, confidence=found.confidence):
            return replace(found, intent=URGENT, confidence=1.0)
        return found

    def _probabilities(self, text: str) -> tuple[Sequence[str], Floats]:
        if self._model is None:
            raise RuntimeError("predict before fit")
        return self._model.intents, self._model.probabilities([text])[0]


class EncoderModel(ProductModel):
    """The product with one more view: logistic regression over the shipped encoder's sentence vectors.

    The pool is fitted on all four. Use with an encoder that runs in a process of its own.
    """

    name = "the product with the encoder's vectors"

    def __init__(
        self, lexicon: Path, facets: Mapping[str, Facets], cards: Path, encoder: VectorProcess
    ) -> None:
        super().__init__(lexicon, facets, cards)
        self._encoder = encoder
        # scikit-learn carries no annotations.
        regression: Any = LogisticRegression
        folds: Any = StratifiedKFold
        self._regression = regression(C=10.0, max_iter=300, class_weight="balanced")
        self._folds = folds(Shape().folds, shuffle=True, random_state=Shape().seed)
        self._fitted: tuple[list[str], list[View], Pool] | None = None

    def fit(self, texts: Sequence[str], intents: Sequence[str]) -> None:
        shape, known = Shape(), sorted(set(intents))
        vectors = self._encoder.encode(texts)
        few = first_questions(self._cards, shape.per_card_folds)
        unseen, truth = out_of_fold(texts, intents, self._facets, few, shape)
        further = cross_val_predict(self._regression, vectors, truth, cv=self._folds, method="predict_proba")
        pool = fit_pool(
            np.concatenate([unseen, self._log(further)[None]]),
            truth,
            kinds_of(known, self._facets),
            (*shape.views, 0.35),
            importance(intents, shape),
        )
        many = first_questions(self._cards, shape.per_card)
        self._fitted = known, fit_views(texts, intents, self._facets, many, shape), pool
        self._regression.fit(vectors, truth)

    def _probabilities(self, text: str) -> tuple[Sequence[str], Floats]:
        if self._fitted is None:
            raise RuntimeError("predict before fit")
        intents, views, pool = self._fitted
        further = self._log(self._regression.predict_proba(self._encoder.encode([text])))
        together = np.concatenate([log_probabilities(views, [text]), further[None]])
        return intents, pool.probabilities(together)[0]

    @staticmethod
    def _log(probabilities: Floats) -> Floats:
        return np.asarray(np.log(np.clip(probabilities, FLOOR, 1.0)))


class WordModel:
    """The baseline: TF-IDF over jieba words, one logistic regression."""

    name = "words, logistic regression (baseline)"

    def __init__(self, lexicon: Path, facets: Mapping[str, Facets]) -> None:
        self._segmenter = Segmenter(lexicon / "jieba")
        self._facets = facets
        # scikit-learn carries no annotations.
        vectorizer: Any = TfidfVectorizer
        regression: Any = LogisticRegression
        self._vectorizer = vectorizer(analyzer=self._words, sublinear_tf=True)
        self._regression = regression(C=10.0, max_iter=300, class_weight="balanced")

    def fit(self, texts: Sequence[str], intents: Sequence[str]) -> None:
        self._regression.fit(self._vectorizer.fit_transform(texts), list(intents))

    def predict(self, text: str) -> Prediction:
        row = self._regression.predict_proba(self._vectorizer.transform([text]))[0]
        return prediction_of(row, [str(name) for name in self._regression.classes_], self._facets)

    def _words(self, text: str) -> list[str]:
        return self._segmenter.words(text)


def prediction_of(
    probabilities: Sequence[float] | Floats, intents: Sequence[str], facets: Mapping[str, Facets]
) -> Prediction:
    """Return what `probabilities` of `intents` predict.

    `in_scope` is the probability of the best intent in scope minus that of being out of scope; the themes
    are those of the likeliest intents, each once, best first.
    """
    row = np.asarray(probabilities, dtype=np.float64)
    best = int(row.argmax())
    out = intents.index(OUT_OF_SCOPE)
    return Prediction(
        intent=intents[best],
        confidence=float(row[best]),
        in_scope=float(np.delete(row, out).max() - row[out]),
        themes=tuple(dict.fromkeys(facets[intents[at]].theme for at in np.argsort(-row))),
    )
