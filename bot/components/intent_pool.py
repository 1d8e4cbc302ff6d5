"""How the views of an intent model are pooled into one probability, fitted on texts that no view had seen.

An intent's score is a weighted sum of its log probabilities in the views (a logarithmic opinion pool: Genest
& Zidek 1986, Statistical Science 1(1)) and a bias. A view is not worth the same for every intent: what a
theme is called tells thirty-two questions apart, and nothing about who is thanked. So weights and bias are
fitted for each kind of intent by maximum likelihood, and taken halfway from those that are the same for all
but for one temperature (Guo et al. 2017, arXiv:1706.04599).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from bot.components.intent_features import Floats

OUT_OF_SCOPE = "out_of_scope"
OWN = 0.5  # how far the weights of a kind of intent go from those all would have: docs/decisions/0018
RIDGE = 1e-3  # pulls the weights to where they start, so that a kind with few examples does not run away


@dataclass(frozen=True, slots=True)
class Facets:
    """The act and the theme of an intent."""

    act: str
    theme: str


@dataclass(frozen=True, slots=True)
class Pool:
    """`weights` [kinds, views] and `bias` [kinds]; `kinds` [intents] names the row of each intent."""

    weights: Floats
    bias: Floats
    kinds: NDArray[np.int64]

    def scores(self, views: Floats) -> Floats:
        """Return [texts, intents] of the log probabilities `views` [views, texts, intents]."""
        return np.asarray(np.einsum("vti,iv->ti", views, self.weights[self.kinds]) + self.bias[self.kinds])

    def probabilities(self, views: Floats) -> Floats:
        """Return [texts, intents]; each row sums to one."""
        return softmax(self.scores(views))


def kinds_of(intents: Sequence[str], facets: Mapping[str, Facets]) -> NDArray[np.int64]:
    """Return a number for the kind of each intent.

    Intents that share their act are of one kind (questions, applications, calculations), so are those that
    share only their theme with others, and those that share nothing. What is out of scope is like no other.
    """
    acts = Counter(facets[intent].act for intent in intents)
    themes = Counter(facets[intent].theme for intent in intents)

    def kind(intent: str) -> tuple[int, str]:
        own = facets[intent]
        if intent == OUT_OF_SCOPE:
            return 3, ""
        if acts[own.act] > 1:
            return 0, own.act
        return (1, "") if themes[own.theme] > 1 else (2, "")

    found = sorted({kind(intent) for intent in intents})
    return np.array([found.index(kind(intent)) for intent in intents], dtype=np.int64)


def fit_pool(
    views: Floats,
    truth: NDArray[np.int64],
    kinds: NDArray[np.int64],
    start: Sequence[float],
    importance: Floats | None = None,
) -> Pool:
    """Return the pool halfway between two that give `truth` the highest likelihood.

    One is fitted freely, a kind of intent with weights of its own; the other is `start`, more or less sharp.
    `views` [views, texts, intents] are log probabilities of texts not seen in training, `truth` [texts] the
    true columns, `start` the weights of the views to begin from, `importance` [texts] what a text weighs.
    """
    rows = np.arange(len(truth))
    share = np.ones(len(truth)) if importance is None else importance
    share = share / share.sum()
    member = np.eye(int(kinds.max()) + 1)[kinds]
    shape = (member.shape[1], len(start))
    first = np.concatenate([np.tile(start, (shape[0], 1)).ravel(), np.zeros(shape[0])])

    def unpacked(packed: Floats) -> Pool:
        cut = shape[0] * shape[1]
        return Pool(packed[:cut].reshape(shape), packed[cut:], kinds)

    def loss(packed: Floats) -> tuple[float, Floats]:
        probabilities = unpacked(packed).probabilities(views)
        likelihood = np.log(np.clip(probabilities[rows, truth], np.finfo(float).tiny, 1.0))
        slope = probabilities
        slope[rows, truth] -= 1.0
        slope *= share[:, None]
        of_weights = member.T @ np.einsum("ti,vti->iv", slope, views)
        of_bias = member.T @ slope.sum(axis=0)
        off = packed - first
        gradient = np.concatenate([of_weights.ravel(), of_bias]) + 2.0 * RIDGE * off
        return float(-(share * likelihood).sum() + RIDGE * off @ off), gradient

    free = unpacked(np.asarray(minimize(loss, first, jac=True, method="L-BFGS-B").x))
    alike = np.asarray(start) * _sharpness(np.einsum("vti,v->ti", views, start), truth, share)
    return Pool(OWN * free.weights + (1.0 - OWN) * alike, OWN * free.bias, kinds)


def _sharpness(scores: Floats, truth: NDArray[np.int64], share: Floats) -> float:
    """Return what to multiply `scores` [texts, intents] by to give `truth` the highest likelihood."""
    rows = np.arange(len(truth))

    def loss(log_sharpness: float) -> float:
        probabilities = softmax(scores * np.exp(log_sharpness))[rows, truth]
        return float(-(share * np.log(np.clip(probabilities, np.finfo(float).tiny, 1.0))).sum())

    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded").x))


def softmax(scores: Floats) -> Floats:
    """Return row-wise probabilities of `scores` [rows, columns]."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
