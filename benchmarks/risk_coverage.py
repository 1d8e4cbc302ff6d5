"""How often an answer is wrong when only the surest so many are given: the risk–coverage curve."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_SALT = "risk-coverage"
_COLOURS = ("#1f5fa8", "#c0562c", "#7a7a7a", "#b9b9b9")
_FEWEST = 10
"""Answers below which a share is too uncertain to be drawn."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """Shares of wrong ones (`risk`) when the surest `coverage` of all questions is answered, [n] each.

    `at` is what a decision made of it: (coverage, risk), None for a score without a threshold.
    """

    coverage: Floats
    risk: Floats
    at: tuple[float, float] | None = None

    @property
    def area(self) -> float:
        """The mean risk over all coverages: smaller is better, 0 cannot be had where nothing answers."""
        return float(self.risk.mean()) if len(self.risk) else math.nan


def risk_coverage(
    confidence: Sequence[float], right: Sequence[bool], answered: Sequence[bool] | None = None
) -> Curve:
    """The curve over questions with these confidences, of which some were answered."""
    order = np.argsort(-np.array(confidence, np.float64), kind="stable")
    wrong = ~np.array(right, np.bool_)
    count = np.arange(1, len(order) + 1)
    at = None
    if answered is not None and any(answered):
        given = np.array(answered, np.bool_)
        at = (float(given.mean()), float(wrong[given].mean()))
    return Curve(count / max(1, len(order)), np.cumsum(wrong[order]) / count, at)


def draw(curves: Mapping[str, Curve], file: Path) -> None:
    """Write the curves as SVG; the same curves give the same bytes."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    style: Any = {"svg.hashsalt": _SALT, "svg.fonttype": "path", "font.family": "DejaVu Sans"}
    with plt.rc_context(style):
        figure, axes = plt.subplots(figsize=(6.4, 4.2))
        for colour, (name, curve) in zip(_COLOURS, curves.items(), strict=False):
            shown = slice(_FEWEST, None)
            axes.plot(
                curve.coverage[shown], curve.risk[shown], color=colour, label=f"{name}, area {curve.area:.3f}"
            )
            if curve.at is not None:
                axes.plot(*curve.at, "o", color=colour)
        axes.axhline(0.05, color="#999999", linewidth=0.8, linestyle=":")
        axes.set(
            xlabel="share of all questions answered", ylabel="wrong of answered", xlim=(0, 1), ylim=(0, 0.5)
        )
        axes.legend(frameon=False, fontsize=8, loc="upper left")
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        figure.tight_layout()
        file.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(file, format="svg", metadata={"Date": None})
        plt.close(figure)
