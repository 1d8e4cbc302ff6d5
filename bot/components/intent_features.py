"""Character n-grams of short texts, and a regression over them: what an intent model is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

Floats = NDArray[np.float64]

FLOOR = 1e-6  # below this a probability says nothing but "no", and its logarithm would drown the other views
BEGIN, END = "\x02", "\x03"  # 取消 as the whole of a message is not 取消 within one


class Features:
    """TF-IDF over character n-grams with marks where a text begins and ends, each order weighted on its own.

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
        vectorizer.fit(_marked(texts))
        vocabulary = {gram: int(column) for gram, column in vectorizer.vocabulary_.items()}
        weights = np.asarray(vectorizer.idf_, dtype=np.float64)
        rarest = float(weights.max())
        for gram, column in vocabulary.items():
            weights[column] *= orders[len(gram) - 1]
        return cls(vocabulary, weights, [rarest * weight for weight in orders])

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Return [texts, vocabulary]; a row has length one when every n-gram of its text is known."""
        marked = _marked(texts)
        rows: csr_matrix = self._counter.transform(marked)
        rows.data = (1.0 + np.log(rows.data)) * self.weights[rows.indices]
        known = np.asarray(rows.multiply(rows).sum(axis=1)).ravel()
        lengths = np.sqrt(known + np.array([self._unseen_square(text) for text in marked]))
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


def _marked(texts: Sequence[str]) -> list[str]:
    return [f"{BEGIN}{text}{END}" for text in texts]


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
