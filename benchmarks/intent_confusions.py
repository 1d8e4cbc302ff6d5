"""Which intents are taken for which, without a word of any sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.judging.figures import Prediction, side_of


def confusions(predictions: Sequence[Prediction], count: int) -> str:
    """Return the `count` most frequent mistakes, an intent taken for another, without any sentence."""
    mistakes = Counter((one.truth, one.judged) for one in predictions if one.judged != one.truth)
    lines = [f"{sum(mistakes.values())} mistakes of {len(mistakes)} kinds"]
    lines += [f"{times:4} {truth} -> {guess}" for (truth, guess), times in mistakes.most_common(count)]
    sides = Counter(
        (side_of(one.truth) or "neither", side_of(one.judged) or "neither") for one in predictions
    )
    lines += [f"{times:4} {truth} -> {guess}" for (truth, guess), times in sorted(sides.items())]
    return "\n".join(lines)
