"""What the benchmark counts."""

from __future__ import annotations

from benchmarks.answers_in_conversation import Said, figures
from retrieval.training.validation import Row, Scope


def row(kind: Scope, *cards: str) -> Row:
    return Row("问题", frozenset(cards), kind, ())


def test_an_answer_is_right_when_its_card_is_one_of_the_right_ones() -> None:
    report = figures(
        [
            Said(row(Scope.IN, "a", "b"), "answer", ("b",)),
            Said(row(Scope.IN, "a"), "answer", ("c",)),
            Said(row(Scope.IN, "a"), "clarify", ("c", "a")),
            Said(row(Scope.OUT), "answer", ("a",)),
            Said(row(Scope.OUT), "refuse", ()),
        ]
    )
    assert report["answered"] == 3
    assert report["wrong of answered"] == 2 / 3
    assert report["asked back with the right card named"] == 1.0
    assert report["in: answer"] == 2 / 3
    assert report["out: refuse"] == 0.5
