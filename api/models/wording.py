"""What people are told about a model."""

from __future__ import annotations

from collections.abc import Sequence

from api.models.reports import Examined, Worse
from service.texts import Texts

SHOWN = 5
"""Reasons that are named; the rest is counted."""
COUNTS = frozenset({"urgent_missed", "urgent_false", "conversations"})


def reasons(texts: Texts, worse: Sequence[Worse], *, against: str | None) -> str:
    """Return why a model was found worse than `against`, or too bad where there was no other."""
    shown = "；".join(_reason(texts, one, against=against) for one in worse[:SHOWN])
    left = len(worse) - SHOWN
    return texts("models.more", shown=shown, count=left) if left > 0 else shown


def figures(texts: Texts, examined: Examined) -> str:
    """Return the figures of a model in a line."""
    heard, talks = examined.heard, examined.conversations
    return texts(
        "models.figures",
        accuracy=_value("accuracy", heard.accuracy),
        macro_f1=_value("macro_f1", heard.macro_f1),
        right_action=_value("right_action", heard.right_action),
        urgent_heard=heard.urgent - heard.urgent_missed,
        urgent=heard.urgent,
        urgent_false=heard.urgent_false,
        talks_right=talks.held - len(talks.failed),
        talks=talks.held,
    )


def _reason(texts: Texts, one: Worse, *, against: str | None) -> str:
    if one.figure == "conversation":
        return texts("models.conversation", name=one.name)
    return texts(
        "models.worse" if against else "models.below",
        figure=texts(f"models.names.{one.figure}"),
        was=_value(one.figure, one.was),
        now=_value(one.figure, one.now),
        margin=_value(one.figure, one.margin),
    )


def _value(figure: str, value: float) -> str:
    return f"{value:.0f}" if figure in COUNTS else f"{value:.3f}".removeprefix("0")
