"""Fits the words that speak for or against the union's business (see `retrieval.scope_words`)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from retrieval.grams import grams
from retrieval.scope_words import ScopeWords

_STRENGTH = 5.0
_FEWEST = 2
"""Texts a gram must be in: what was said once proves nothing."""
_DIGITS = 4

Floats = npt.NDArray[np.float64]


def fit_scope_words(texts: Sequence[str], inside: npt.NDArray[np.bool_], weights: Floats) -> ScopeWords:
    """The model for normalised `texts`, each `inside` or outside and counting as much as its weight."""
    codes, owners = grams(texts)
    known, places = np.unique(codes, return_inverse=True)
    matrix: Any = sparse.csr_matrix  # SciPy carries no annotations
    scaled: Any = sparse.diags
    counted = matrix((np.ones(len(codes)), (owners, places)), shape=(len(texts), len(known)))
    having = np.asarray((counted > 0).sum(axis=0)).ravel()
    kept = np.flatnonzero(having >= _FEWEST)
    idf: Floats = (np.log((1 + len(texts)) / (1 + having[kept])) + 1).round(_DIGITS)
    rows = counted[:, kept]
    rows.data = 1 + np.log(rows.data)
    rows = rows @ scaled(idf)
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    rows = scaled(1 / np.maximum(lengths, 1e-9)) @ rows
    regression: Any = LogisticRegression(C=_STRENGTH, max_iter=3000)  # type: ignore[no-untyped-call]
    regression.fit(rows, inside, sample_weight=weights)
    return ScopeWords(
        known[kept], idf, regression.coef_[0].round(_DIGITS), round(float(regression.intercept_[0]), _DIGITS)
    )
