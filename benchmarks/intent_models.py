"""What benchmarks.intents compares: the product's understanding, and words with logistic regression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.components.card_questions import read_card_questions
from bot.components.danger import DangerRule
from bot.components.intent_model import Facets, IntentModel, read_facets
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

    def __init__(self, lexicon: Path, cards: Path) -> None:
        self._cards = read_card_questions(cards)
        self._facets = read_facets(lexicon / "facets.txt")
        self._dangers = [
            wording for wording in read_lexicon(lexicon / "entities") if wording.entity == "kind"
        ]
        self._rule = DangerRule()
        self._model: IntentModel | None = None

    def fit(self, texts: Sequence[str], intents: Sequence[str]) -> None:
        self._model = IntentModel.fit(texts, intents, self._facets, self._cards)

    def predict(self, text: str) -> Prediction:
        if self._model is None:
            raise RuntimeError("predict before fit")
        row = self._model.probabilities([text])[0]
        best = int(row.argmax())
        intent, confidence = self._model.intents[best], float(row[best])
        margin = _in_scope_margin(row, self._model.intents)
        kinds = {wording.value for wording in self._dangers if wording.text in text}
        themes = _themes(row, self._model.intents, self._facets)
        if self._rule.applies(kinds, intent=intent, confidence=confidence):
            return Prediction(intent=URGENT, confidence=1.0, in_scope=margin, themes=themes)
        return Prediction(intent=intent, confidence=confidence, in_scope=margin, themes=themes)


class WordModel:
    """The baseline: TF-IDF over jieba words, one logistic regression."""

    name = "words, logistic regression (baseline)"

    def __init__(self, lexicon: Path) -> None:
        self._segmenter = Segmenter(lexicon / "jieba")
        self._facets = read_facets(lexicon / "facets.txt")
        # scikit-learn carries no annotations.
        vectorizer: Any = TfidfVectorizer
        regression: Any = LogisticRegression
        self._vectorizer = vectorizer(analyzer=self._words, sublinear_tf=True)
        self._regression = regression(C=10.0, max_iter=300, class_weight="balanced")

    def fit(self, texts: Sequence[str], intents: Sequence[str]) -> None:
        self._regression.fit(self._vectorizer.fit_transform(texts), list(intents))

    def predict(self, text: str) -> Prediction:
        row = self._regression.predict_proba(self._vectorizer.transform([text]))[0]
        intents = [str(name) for name in self._regression.classes_]
        best = int(row.argmax())
        return Prediction(
            intent=intents[best],
            confidence=float(row[best]),
            in_scope=_in_scope_margin(row, intents),
            themes=_themes(row, intents, self._facets),
        )

    def _words(self, text: str) -> list[str]:
        return self._segmenter.words(text)


def _themes(
    row: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    intents: Sequence[str],
    facets: Mapping[str, Facets],
) -> tuple[str, ...]:
    """Return the themes of the likeliest intents, each once, best first."""
    return tuple(dict.fromkeys(facets[intents[at]].theme for at in np.argsort(-row)))


def _in_scope_margin(row: np.ndarray[tuple[int, ...], np.dtype[np.float64]], intents: Sequence[str]) -> float:
    """Return the probability of the best intent in scope minus that of being out of scope."""
    out = intents.index(OUT_OF_SCOPE)
    return float(np.delete(row, out).max() - row[out])
