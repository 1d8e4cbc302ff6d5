"""Which intent a short Chinese message has: character n-grams and logistic regression, looked at three ways.

An intent is an act upon a theme: `apply_hardship` and `apply_condolence` share how one applies,
`ask_hardship` and `apply_hardship` share what hardship is called. With a hundred examples per intent, one
classifier cannot learn both from each intent alone. So three logistic regressions are fitted on the same
features, for the intent, its act and its theme, and pooled (`intent_pool`) so that a confidence of 0.8 is
right about eight times in ten.

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
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import StratifiedKFold

from bot.components.intent_features import Features, Floats, View
from bot.components.intent_pool import OUT_OF_SCOPE, Facets, Pool, fit_pool, kinds_of


@dataclass(frozen=True, slots=True)
class Shape:
    """What is fixed before training.

    `orders` are the weights of single characters, pairs, … (longer n-grams add nothing: docs/nlu.md);
    `views` the weights of intent, act and theme that the pool is fitted from; `c` the inverse regularisation
    of each logistic regression. `weight` is that of an example where themes are learned beside questions of
    cards, which weigh one; `per_card` how many questions of a card are learned from, `per_card_folds` how
    many where only the pool is wanted; `alpha` and `epochs` are those of stochastic gradient descent, which
    learns from tens of thousands of questions in seconds. `in_scope` is what an example weighs in fitting the
    pool beside one out of scope: those are of endless kinds and drawn from the borders, and would teach
    that a question is often none.
    """

    orders: tuple[float, ...] = (1.0, 1.0)
    views: tuple[float, float, float] = (0.35, 0.7, 0.7)
    c: float = 30.0
    folds: int = 3
    seed: int = 7
    weight: float = 3.0
    per_card: int = 60
    per_card_folds: int = 30
    alpha: float = 1e-5
    epochs: int = 10
    in_scope: float = 3.0


@dataclass(frozen=True, slots=True)
class CardQuestions:
    """The questions of one knowledge card, in normalised spelling, and its theme."""

    theme: str
    questions: tuple[str, ...]


def read_facets(file: Path) -> dict[str, Facets]:
    """Read lines `intent act theme`; `#` starts a comment."""
    lines = (line.split("#", 1)[0].split() for line in file.read_text(encoding="utf-8").splitlines())
    return {intent: Facets(act, theme) for intent, act, theme in filter(None, lines)}


class IntentModel:
    """A fitted model; `probabilities` is calibrated and safe to call from several threads."""

    def __init__(self, intents: Sequence[str], views: Sequence[View], pool: Pool) -> None:
        self.intents = tuple(intents)
        self._views = tuple(views)
        self._pool = pool

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        facets: Mapping[str, Facets],
        cards: Sequence[CardQuestions] = (),
        shape: Shape | None = None,
    ) -> IntentModel:
        """Fit on normalised texts; the pool comes from views of folds that had not seen the text."""
        shape = shape or Shape()
        intents = sorted(set(labels))
        facets = {intent: facets.get(intent, Facets(intent, intent)) for intent in intents}
        few = first_questions(cards, shape.per_card_folds)
        unseen, truth = out_of_fold(texts, labels, facets, few, shape)
        pool = fit_pool(unseen, truth, kinds_of(intents, facets), shape.views, importance(labels, shape))
        many = first_questions(cards, shape.per_card)
        return cls(intents, fit_views(texts, labels, facets, many, shape), pool)

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return [texts, intents]; each row sums to one."""
        return self._pool.probabilities(log_probabilities(self._views, texts))

    def save(self, folder: Path) -> None:
        """Write plain numbers and JSON: nothing in the model can run when it is loaded."""
        kept = list({id(view.features): view.features for view in self._views}.values())
        settings: dict[str, Any] = {
            "intents": self.intents,
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
        pool = self._pool
        arrays |= {"pool_weights": pool.weights, "pool_bias": pool.bias, "pool_kinds": pool.kinds}
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
            pool = Pool(arrays["pool_weights"], arrays["pool_bias"], arrays["pool_kinds"])
        return cls(settings["intents"], views, pool)


def log_probabilities(views: Sequence[View], texts: Sequence[str]) -> Floats:
    """Return [views, texts, intents]."""
    return np.array([view.log_probabilities(texts) for view in views])


def fit_views(
    texts: Sequence[str],
    labels: Sequence[str],
    facets: Mapping[str, Facets],
    questions: Sequence[tuple[str, str]],
    shape: Shape,
) -> list[View]:
    """Return the views of intent, act and theme, fitted on texts and on `questions` (text, theme)."""
    intents = sorted(set(labels))
    features = Features.fit(texts, shape.orders)
    rows = features.transform(texts)
    views = []
    for classes in (
        {intent: intent for intent in intents},
        {intent: facets[intent].act for intent in intents},
    ):
        one = [classes[label] for label in labels]
        views.append(View.fit(features, rows, one, classes, _regression(shape)))
    themes = {intent: facets[intent].theme for intent in intents}
    views.append(_view_of_themes(texts, labels, themes, questions, shape, otherwise=features))
    return views


def out_of_fold(
    texts: Sequence[str],
    labels: Sequence[str],
    facets: Mapping[str, Facets],
    questions: Sequence[tuple[str, str]],
    shape: Shape,
) -> tuple[Floats, NDArray[np.int64]]:
    """Return [views, texts, intents] of views that had not seen the text, and the true columns [texts]."""
    intents = sorted(set(labels))
    column = {intent: index for index, intent in enumerate(intents)}
    truth = np.array([column[label] for label in labels], dtype=np.int64)
    found: Floats = np.zeros((len(shape.views), len(texts), len(intents)))
    folds = StratifiedKFold(shape.folds, shuffle=True, random_state=shape.seed)
    for seen, unseen in folds.split(texts, truth):
        views = fit_views([texts[i] for i in seen], [labels[i] for i in seen], facets, questions, shape)
        found[:, unseen] = log_probabilities(views, [texts[i] for i in unseen])
    return found, truth


def importance(labels: Sequence[str], shape: Shape) -> Floats:
    """Return what each example weighs in fitting the pool."""
    return np.array([1.0 if label == OUT_OF_SCOPE else shape.in_scope for label in labels])


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
