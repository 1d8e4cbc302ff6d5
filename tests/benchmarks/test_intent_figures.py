"""What the intent benchmark says of predictions."""

from __future__ import annotations

from benchmarks.intent_confusions import confusions
from bot.judging.figures import Prediction


def predicted(truth: str, intent: str, also: frozenset[str] = frozenset()) -> Prediction:
    return Prediction(intent=intent, confidence=0.5, in_scope=0.0, truth=truth, also=also)


def test_mistakes_are_counted_by_what_is_taken_for_what() -> None:
    said = confusions(
        [
            predicted("ask_dues", "calc_dues"),
            predicted("ask_dues", "calc_dues"),
            predicted("greet", "out_of_scope"),
            predicted("ask_leave", "ask_leave"),
            predicted("ask_leave", "ask_maternity", also=frozenset({"ask_maternity"})),
        ],
        count=1,
    )
    assert said.splitlines()[:2] == ["3 mistakes of 2 kinds", "   2 ask_dues -> calc_dues"]
    assert "   2 question -> service" in said
    assert "greet" not in said
