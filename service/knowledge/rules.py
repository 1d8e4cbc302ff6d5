"""The rule by which intent and retrieval together decide. Pure."""

from __future__ import annotations

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
