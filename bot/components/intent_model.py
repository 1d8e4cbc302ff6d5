"""Which intent a short Chinese message has: character n-grams and logistic regression, looked at three ways.

An intent is an act upon a theme: `apply_hardship` and `apply_condolence` share how one applies,
`ask_hardship` and `apply_hardship` share what hardship is called. With some forty examples per intent, one
classifier cannot learn both from each intent alone. So three logistic regressions are fitted on the same
features, for the intent, its act and its theme, and an intent's score is the weighted sum of their log
probabilities (a logarithmic opinion pool: Genest & Zidek 1986, Statistical Science 1(1)). The pool is
sharpened or softened by one temperature fitted on out-of-fold scores (Guo et al. 2017, arXiv:1706.04599), so
that a confidence of 0.8 is right about eight times in ten.

What a theme is called is learned from the questions of the knowledge cards as well: a card lies under one
topic, and has dozens of ways to ask for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import StratifiedKFold

Floats = NDArray[np.float64]

FLOOR = 1e-6  # below this a probability says nothing but "no", and its logarithm would drown the other views


@dataclass(frozen=True, slots=True)
class Facets:
    """The act and the theme of an intent."""

    act: str
    theme: str


@dataclass(frozen=True, slots=True)
class Shape:
    """What is fixed before training.

    `orders` are the weights of single characters, pairs, … (longer n-grams add nothing: docs/nlu.md);
    `views` the weights of intent, act and theme in the pool; `c` the inverse regularisation of each logistic
    regression. `weight` is that of an example where themes are learned beside questions of cards, which
    weigh one; `per_card` how many questions of a card are learned from, `per_card_folds` how many where only
    the temperature is wanted; `alpha` and `epochs` are those of stochastic gradient descent, which learns
    from tens of thousands of questions in seconds.
    """

    orders: tuple[float, ...] = (1.0, 1.0)
    views: tuple[float, float, float] = (0.5, 1.0, 1.0)
    c: float = 30.0
    folds: int = 3
    seed: int = 7
    weight: float = 3.0
    per_card: int = 60
    per_card_folds: int = 8
    alpha: float = 1e-5
    epochs: int = 10


@dataclass(frozen=True, slots=True)
class CardQuestions:
    """The questions of one knowledge card, in normalised spelling, and its theme."""

    theme: str
    questions: tuple[str, ...]


def read_facets(file: Path) -> dict[str, Facets]:
    """Read lines `intent act theme`; `#` starts a comment."""
    lines = (line.split("#", 1)[0].split() for line in file.read_text(encoding="utf-8").splitlines())
    return {intent: Facets(act, theme) for intent, act, theme in filter(None, lines)}


class Features:
    """TF-IDF over character n-grams, each order weighted on its own.

    An n-gram never seen in training still counts in the length of its row, with the weight of the rarest. A
    text that is mostly unknown is therefore a short row, and gets a low confidence instead of that of the two
    characters that happen to be known.
    """

    def __init__(self, vocabulary: Mapping[str, int], weights: Floats, unseen: Sequence[float]) -> None:
        self.vocabulary = vocabulary
        self.weights = weights
        self.unseen = tuple(unseen)  # weight of an unknown n-gram, by order
        longest = max(map(len, vocabulary))
        self._counter = CountVectorizer(
            analyzer="char",
            ngram_range=(1, longest),
            vocabulary=vocabulary,
            lowercase=False,
            dtype=np.float64,
        )

    @classmethod
    def fit(cls, texts: Sequence[str], orders: Sequence[float]) -> Features:
        vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, len(orders)), lowercase=False)
        vectorizer.fit(texts)
        vocabulary = {gram: int(column) for gram, column in vectorizer.vocabulary_.items()}
        weights = np.asarray(vectorizer.idf_, dtype=np.float64)
        rarest = float(weights.max())
        for gram, column in vocabulary.items():
            weights[column] *= orders[len(gram) - 1]
        return cls(vocabulary, weights, [rarest * weight for weight in orders])

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Return [texts, vocabulary]; a row has length one when every n-gram of its text is known."""
        rows: csr_matrix = self._counter.transform(texts)
        rows.data = (1.0 + np.log(rows.data)) * self.weights[rows.indices]
        known = np.asarray(rows.multiply(rows).sum(axis=1)).ravel()
        lengths = np.sqrt(known + np.array([self._unseen_square(text) for text in texts]))
        lengths[lengths == 0.0] = 1.0
        rows.data /= np.repeat(lengths, np.diff(rows.indptr))
        return rows

    def _unseen_square(self, text: str) -> float:
        unseen = {
            gram
            for order in range(1, len(self.unseen) + 1)
            for start in range(len(text) - order + 1)
            if (gram := text[start : start + order]) not in self.vocabulary
        }
        return float(sum(self.unseen[len(gram) - 1] ** 2 for gram in unseen))


@dataclass(frozen=True, slots=True)
class View:
    """One regression, one-against-rest: `coef` [features, classes], `intercept` [classes].

    `of_intent` names for each intent the column of its class. `coef` lies by features, so that a message
    reads the rows of its own n-grams and nothing else.
    """

    features: Features
    coef: Floats
    intercept: Floats
    of_intent: NDArray[np.int64]

    @classmethod
    def fit(
        cls,
        features: Features,
        rows: csr_matrix,
        classes: Sequence[str],
        of_intent: Mapping[str, str],
        model: Any,
        weights: Floats | None = None,
    ) -> View:
        """Fit `model`, a scikit-learn classifier, on rows of `features`.

        `classes` are those of the rows; `of_intent` names the class of each intent, in order.
        """
        model.fit(rows, list(classes), sample_weight=weights)
        position = {name: index for index, name in enumerate(model.classes_)}
        coef, intercept = np.asarray(model.coef_), np.asarray(model.intercept_)
        if len(position) == 2:  # scikit-learn then keeps the row of the second class only
            coef, intercept = np.vstack([-coef, coef]), np.concatenate([-intercept, intercept])
        return cls(
            features=features,
            coef=np.ascontiguousarray(coef.T),
            intercept=intercept,
            of_intent=np.array([position[name] for name in of_intent.values()], dtype=np.int64),
        )

    def log_probabilities(self, texts: Sequence[str]) -> Floats:
        """Return [texts, intents]: for each intent the log probability of its class."""
        decision = np.asarray(self.features.transform(texts) @ self.coef) + self.intercept
        probabilities = 1.0 / (1.0 + np.exp(-decision))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        return np.asarray(np.log(np.clip(probabilities, FLOOR, 1.0))[:, self.of_intent])


class IntentModel:
    """A fitted model; `probabilities` is calibrated and safe to call from several threads."""

    def __init__(
        self,
        intents: Sequence[str],
        views: Sequence[View],
        pool: Sequence[float],
        temperature: float,
    ) -> None:
        self.intents = tuple(intents)
        self.temperature = temperature
        self._views = tuple(views)
        self._pool = tuple(pool)

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        facets: Mapping[str, Facets],
        cards: Sequence[CardQuestions] = (),
        shape: Shape | None = None,
    ) -> IntentModel:
        """Fit on normalised texts; the temperature comes from scores of folds the model had not seen."""
        shape = shape or Shape()
        few = first_questions(cards, shape.per_card_folds)
        scores, truth = out_of_fold_scores(texts, labels, facets, few, shape)
        temperature = best_temperature(scores, truth)
        many = first_questions(cards, shape.per_card)
        return cls.uncalibrated(texts, labels, facets, many, shape, temperature=temperature)

    @classmethod
    def uncalibrated(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        facets: Mapping[str, Facets],
        questions: Sequence[tuple[str, str]],
        shape: Shape,
        *,
        temperature: float = 1.0,
    ) -> IntentModel:
        """Fit on texts and on `questions` (text, theme) at a `temperature` that is not looked for."""
        intents = sorted(set(labels))
        features = Features.fit(texts, shape.orders)
        rows = features.transform(texts)
        views = []
        for classes in (
            {intent: intent for intent in intents},
            {intent: _facets(facets, intent).act for intent in intents},
        ):
            one = [classes[label] for label in labels]
            views.append(View.fit(features, rows, one, classes, _regression(shape)))
        themes = {intent: _facets(facets, intent).theme for intent in intents}
        views.append(_view_of_themes(texts, labels, themes, questions, shape, otherwise=features))
        return cls(intents, views, shape.views, temperature)

    def scores(self, texts: Sequence[str]) -> Floats:
        """Return the pooled log scores [texts, intents] before calibration."""
        views = zip(self._pool, self._views, strict=True)
        return np.asarray(sum(weight * view.log_probabilities(texts) for weight, view in views))

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return [texts, intents]; each row sums to one."""
        return softmax(self.scores(texts) / self.temperature)

    def save(self, folder: Path) -> None:
        """Write plain numbers and JSON: nothing in the model can run when it is loaded."""
        kept = list({id(view.features): view.features for view in self._views}.values())
        settings: dict[str, Any] = {
            "intents": self.intents,
            "pool": self._pool,
            "temperature": self.temperature,
            "features": [
                {
                    "vocabulary": sorted(features.vocabulary, key=lambda gram: features.vocabulary[gram]),
                    "unseen": features.unseen,
                }
                for features in kept
            ],
            "views": [kept.index(view.features) for view in self._views],
        }
        Path(folder, "model.json").write_text(json.dumps(settings, ensure_ascii=False), encoding="utf-8")
        arrays: dict[str, NDArray[Any]] = {
            f"weights{number}": features.weights for number, features in enumerate(kept)
        }
        for number, view in enumerate(self._views):
            arrays[f"coef{number}"] = view.coef.astype(np.float32)
            arrays[f"intercept{number}"] = view.intercept
            arrays[f"of_intent{number}"] = view.of_intent
        np.savez_compressed(Path(folder, "model.npz"), **arrays)

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        settings = json.loads(Path(folder, "model.json").read_text(encoding="utf-8"))
        with np.load(Path(folder, "model.npz"), allow_pickle=False) as arrays:
            kept = [
                Features(
                    {gram: column for column, gram in enumerate(one["vocabulary"])},
                    arrays[f"weights{number}"],
                    one["unseen"],
                )
                for number, one in enumerate(settings["features"])
            ]
            views = [
                View(
                    kept[of_features],
                    coef=arrays[f"coef{number}"].astype(np.float64),
                    intercept=arrays[f"intercept{number}"],
                    of_intent=arrays[f"of_intent{number}"],
                )
                for number, of_features in enumerate(settings["views"])
            ]
        return cls(settings["intents"], views, settings["pool"], settings["temperature"])


def _regression(shape: Shape) -> Any:
    return LogisticRegression(C=shape.c, solver="liblinear", class_weight="balanced")


def _view_of_themes(
    texts: Sequence[str],
    labels: Sequence[str],
    themes: Mapping[str, str],
    questions: Sequence[tuple[str, str]],
    shape: Shape,
    *,
    otherwise: Features,
) -> View:
    """Fit on examples and `questions` (text, theme) together; without questions on features `otherwise`."""
    one = [themes[label] for label in labels]
    if not questions:
        return View.fit(otherwise, otherwise.transform(texts), one, themes, _regression(shape))
    known = set(texts)
    more = [(text, theme) for text, theme in questions if text not in known and theme in themes.values()]
    together = [*texts, *(text for text, _ in more)]
    features = Features.fit(together, shape.orders)
    descent = SGDClassifier(
        loss="log_loss",
        alpha=shape.alpha,
        max_iter=shape.epochs,
        tol=None,
        random_state=shape.seed,
        n_jobs=-1,  # a class each; the result is the same
    )
    weights = np.ones(len(together))
    weights[: len(texts)] = shape.weight
    classes = [*one, *(theme for _, theme in more)]
    return View.fit(features, features.transform(together), classes, themes, descent, weights)


def first_questions(cards: Sequence[CardQuestions], count: int) -> list[tuple[str, str]]:
    """Return (question, theme) of `count` questions of each card, spread evenly over its list.

    The list of a card grew by rounds, so its beginning is more of one kind.
    """
    chosen = []
    for card in cards:
        step = max(1.0, len(card.questions) / count)
        at = sorted({int(number * step) for number in range(count)})
        chosen += [(card.questions[place], card.theme) for place in at if place < len(card.questions)]
    return chosen


def out_of_fold_scores(
    texts: Sequence[str],
    labels: Sequence[str],
    facets: Mapping[str, Facets],
    questions: Sequence[tuple[str, str]],
    shape: Shape,
) -> tuple[Floats, NDArray[np.int64]]:
    """Return pooled scores [texts, intents] of models that had not seen the text, and the true columns."""
    intents = sorted(set(labels))
    column = {intent: index for index, intent in enumerate(intents)}
    truth = np.array([column[label] for label in labels], dtype=np.int64)
    scores = np.zeros((len(texts), len(intents)))
    folds = StratifiedKFold(shape.folds, shuffle=True, random_state=shape.seed)
    for seen, unseen in folds.split(texts, truth):
        model = IntentModel.uncalibrated(
            [texts[i] for i in seen], [labels[i] for i in seen], facets, questions, shape
        )
        scores[unseen] = model.scores([texts[i] for i in unseen])
    return scores, truth


def best_temperature(scores: Floats, truth: NDArray[np.int64]) -> float:
    """Return the temperature at which the softmax of `scores` gives `truth` the highest likelihood."""

    def loss(log_temperature: float) -> float:
        probabilities = softmax(scores / np.exp(log_temperature))
        return float(-np.log(np.clip(probabilities[np.arange(len(truth)), truth], FLOOR, 1.0)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded").x))


def softmax(scores: Floats) -> Floats:
    """Return row-wise probabilities of `scores` [rows, columns]."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def _facets(facets: Mapping[str, Facets], intent: str) -> Facets:
    """An intent that is listed nowhere is an act and a theme of its own."""
    return facets.get(intent, Facets(act=intent, theme=intent))
