"""When a message is a cry for help, whatever the classifier made of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DangerRule:
    """Missing a cry for help is worse than showing emergency numbers once too often.

    Kinds of danger in `always` overrule everything. The others give way to a question that the classifier is
    sure of: 上班中暑算不算工伤 asks about a rule, 有人中暑了 asks for help.
    """

    always: frozenset[str] = frozenset({"self_harm"})
    question_prefixes: tuple[str, ...] = ("ask_", "calc_")
    sure_question: float = 0.5

    def applies(self, kinds: Collection[str], *, intent: str | None, confidence: float) -> bool:
        """`kinds` are the kinds of danger the lexicon hears; `intent` is what the classifier understood."""
        if not kinds:
            return False
        is_sure_question = (intent or "").startswith(
            self.question_prefixes
        ) and confidence >= self.sure_question
        return not is_sure_question or not self.always.isdisjoint(kinds)
