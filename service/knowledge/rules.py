"""The rules by which intent, retrieval and what was answered before decide together. Pure."""

from __future__ import annotations

import re

from retrieval.search import Decision
from service.knowledge.topics import topic_of_intent

SURE_OF_INTENT = 0.5
"""From this confidence on an intent's topic counts as evidence of its own."""
SURE_AGAINST_INTENT = 0.95
"""Confidence a card needs to be the answer when the intent speaks of another topic. Both were chosen on
benchmarks/data/answers_validation.jsonl; `python -m benchmarks.answers_in_conversation` measures them."""


def weigh_intent(
    decision: Decision, confidence: float, *, topic: str | None, intent: str | None, intent_confidence: float
) -> Decision:
    """Return `decision`, or CLARIFY for an answer on `topic` when the intent says otherwise.

    `confidence` is retrieval's, 0 to 1. An intent of None (the dialogue was not asked) objects to nothing.
    """
    if decision is not Decision.ANSWER or confidence >= SURE_AGAINST_INTENT:
        return decision
    meant = topic_of_intent(intent)
    of_another_topic = meant is not None and meant != topic and intent_confidence >= SURE_OF_INTENT
    return Decision.CLARIFY if intent == "out_of_scope" or of_another_topic else decision


_POINTS_BACK = re.compile("(?:那么|那个|那些|那|这种|这个|这些|这|它)")
_ASKS = re.compile("要不要|能不能|会不会|是不是|可不可以|用不用|该不该|有没有|还要|需要|[吗呢吧啊呀嘛要会能]")
FOLLOW_UP = 16
"""Characters up to which a question may rest on the answer before it."""


def follows_up(text: str) -> str | None:
    """Return what a short question that points back asks about (那要不要扣工资: 扣工资), else None."""
    begins = _POINTS_BACK.match(text)
    if begins is None or len(text) > FOLLOW_UP:
        return None
    return _ASKS.sub(" ", text[begins.end() :]).strip() or None
