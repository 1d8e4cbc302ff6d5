"""What an explanation says of a question that was looked up. Pure."""

from __future__ import annotations

from retrieval.ranking import Tier
from retrieval.search import Decision, Hit, Result
from service.conversations.why import CANDIDATES, Because, Candidate, Lookup, Why
from service.knowledge.looking_up import Found
from service.knowledge.refusals import Refused

OF_REFUSAL = {
    Refused.PRIVATE: Because.PRIVATE,
    Refused.PREDICTION: Because.PREDICTION,
    Refused.INSTRUCTION: Because.INSTRUCTION,
}


def why_found(found: Found, *reasons: Because, answer_from: float | None = None) -> Why:
    """Explain a reply by what was `found`: by `reasons`, or where there are none by what retrieval decided.

    `answer_from` is the probability from which it was an answer, where that is not retrieval's own.
    """
    return Why(because=reasons or (_weighed(found.result),), lookup=_lookup(found, answer_from))


def _weighed(result: Result) -> Because:
    """What decided inside retrieval: a threshold, or why none was asked."""
    thresholds = result.thresholds
    if not result.hits:
        return Because.NOTHING_FOUND
    match result.decision:
        case Decision.ANSWER:
            return Because.OWN_QUESTION if thresholds is None else Because.SURE
        case Decision.REFUSE:
            return Because.NOT_OURS
    if thresholds is None:
        return Because.ONLY_ARTICLES
    weighed = result.confidence < thresholds.answer_from and result.in_scope >= thresholds.in_scope_from
    return Because.NOT_SURE if weighed else Because.ARTICLE_NAMED


def _lookup(found: Found, answer_from: float | None) -> Lookup:
    result = found.result
    thresholds = result.thresholds
    return Lookup(
        text=found.text,
        day=found.day.isoformat() if found.period is not None else None,
        decision=result.decision.value,
        confidence=result.confidence,
        in_scope=result.in_scope,
        answer_from=answer_from or (thresholds.answer_from if thresholds is not None else None),
        in_scope_from=thresholds.in_scope_from if thresholds is not None else None,
        candidates=tuple(map(_candidate, result.hits[:CANDIDATES])),
    )


def _candidate(hit: Hit) -> Candidate:
    passage = hit.passage
    score = max(hit.score, 0.0) if hit.score < Tier.CITED else None
    return Candidate(passage.id, passage.title, passage.kind.value, score)
