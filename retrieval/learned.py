"""Gradient-boosted trees over named features, giving probabilities: the rankers and the decisions.

A folder holds `model.json` (XGBoost's own format) and `manifest.json`, which names the features in their
order and says how a margin becomes a probability, so that scores of rankers for different kinds of passage
may be compared.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from xgboost import Booster

MODEL = "model.json"
MANIFEST = "manifest.json"
_LARGEST_MARGIN = 30.0


class BoostedTreesError(Exception):
    """The folder holds no trees, or some for other features than the program computes."""


@dataclass(frozen=True, slots=True)
class Platt:
    """From a margin to a probability: 1 / (1 + exp(-(slope · margin + intercept)))."""

    slope: float = 1.0
    intercept: float = 0.0

    def probability(self, margin: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Probabilities [n] of margins [n]."""
        scaled = np.clip(self.slope * margin + self.intercept, -_LARGEST_MARGIN, _LARGEST_MARGIN)
        return np.asarray(1.0 / (1.0 + np.exp(-scaled)), np.float64)


class BoostedTrees:
    """Scores feature rows. Safe from several threads."""

    def __init__(self, booster: Booster, features: Sequence[str], platt: Platt) -> None:
        booster.set_param({"nthread": 1})
        self._booster = booster
        self._platt = platt
        self.features = tuple(features)

    @classmethod
    def load(cls, folder: Path, *, features: Sequence[str]) -> Self:
        """The trees in `folder`, which must have been fitted on these `features` in this order.

        Raises:
            BoostedTreesError: nothing there, not readable, or fitted on other features.
        """
        from xgboost import Booster  # takes a second to import, and help texts need none of it
        from xgboost.core import XGBoostError

        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            fitted = tuple(manifest["features"])
            platt = Platt(**manifest["platt"])
            booster = Booster(model_file=str(folder / MODEL))
        except (OSError, ValueError, KeyError, TypeError, XGBoostError) as error:
            raise BoostedTreesError(f"cannot read the trees in {folder}: {error}") from error
        if fitted != tuple(features):
            raise BoostedTreesError(f"the trees in {folder} were fitted on other features")
        return cls(booster, fitted, platt)

    def score(self, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Probabilities [n] that the passages with `features` [n, len(self.features)] answer."""
        if not len(features):
            return np.zeros(0)
        margin = self._booster.inplace_predict(features, predict_type="margin")
        return self._platt.probability(np.asarray(margin, np.float64))


def save_trees(booster: Booster, folder: Path, *, platt: Platt, manifest: Mapping[str, Any]) -> None:
    """Write trees that `BoostedTrees.load` reads; the booster knows the names of its features."""
    folder.mkdir(parents=True, exist_ok=True)
    booster.save_model(folder / MODEL)
    content = {
        "features": list(booster.feature_names or ()),
        "platt": {"slope": platt.slope, "intercept": platt.intercept},
        **manifest,
    }
    (folder / MANIFEST).write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
