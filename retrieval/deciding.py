"""What may be done with what was found: the calibrated judgement, and the cases that need none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from language.laws import ArticleReference
from retrieval.calibration import Calibration, Judgement
from retrieval.passages import Passage
from retrieval.ranking import Candidate, Tier
from retrieval.search import Decision
from retrieval.signs import Signs


@dataclass(frozen=True, slots=True)
class Match:
    """What was found for a question before anything is decided, best first; at least one passage.

    `card` is the position of the first card and `signs` those that it answers, both None without any card.
    `named` holds the articles the question names, found or not.
    """

    passages: Sequence[Passage]
    ranked: Sequence[Candidate]
    card: int | None
    signs: Signs | None
    named: Sequence[ArticleReference]


def judge(match: Match, calibration: Calibration) -> Judgement:
    """What to do with the first card; only a card may answer, articles alone are shown to be read."""
    tier = match.ranked[0].tier
    if tier is Tier.EXACT:
        return Judgement(Decision.ANSWER, calibration.exact, 1.0)
    if match.signs is None:
        return Judgement(Decision.CLARIFY, 0.0, 1.0)
    judged = calibration.judge(match.signs)
    if tier in (Tier.CITED, Tier.NAMED) and (match.card or judged.decision is Decision.REFUSE):
        # An article asked for by name is found, whatever else was said.
        return replace(judged, decision=Decision.CLARIFY)
    return judged


def with_answer_first(match: Match, decision: Decision) -> Sequence[Candidate]:
    """What was found, the card that answers before articles that nobody named."""
    found = match.ranked[0].tier is Tier.FOUND
    if decision is not Decision.ANSWER or not match.card or not found:
        return match.ranked
    ranked = list(match.ranked)
    return [ranked.pop(match.card), *ranked]
