"""One rule, one hit: what states the same rule is shown once, with what else was found of it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from retrieval.passages import Kind, Passage
from retrieval.precedence import Precedence
from retrieval.ranking import Candidate

_TELLING = 30
"""Characters from which one text under two laws is one rule: every law has its 本法自公布之日起施行."""


def fold(
    ranked: Iterable[Candidate], passages: Sequence[Passage], versions: Callable[[str], Sequence[int]]
) -> list[Candidate]:
    """The best candidate of each rule, in the order given, holding the numbers of the rule's others.

    Cards state one rule when one is the other's base, unless it adds to that, or supersedes it, by however
    many steps. Articles do
    when they are versions of one article, or have one label and, but for spaces, one text. `versions` gives
    the numbers of the passages with an id, none where there is no such passage.
    """
    rules: dict[str, list[Candidate]] = {}
    labelled: dict[str, dict[str, Passage]] = defaultdict(dict)
    for candidate in ranked:
        passage = passages[candidate.number]
        if passage.kind is Kind.CARD:
            key = _root(passage, passages, versions)
        else:
            alike = labelled[passage.article or passage.id]
            key = next((rule for rule, other in alike.items() if _is_same(passage, other)), passage.id)
            alike.setdefault(key, passage)
        rules.setdefault(key, []).append(candidate)
    return [_one(rule, passages) for rule in rules.values()]


def _one(rule: Sequence[Candidate], passages: Sequence[Passage]) -> Candidate:
    """The first of a rule, or where that is an article with several versions in force, the newest of them."""
    first, *others = rule
    if not others:
        return first
    versions = [one for one in rule if passages[one.number].id == passages[first.number].id]
    leader = max(versions, key=lambda one: passages[one.number].effective_from)
    folded = tuple(one.number for one in rule if one.number != leader.number)
    return replace(leader, score=first.score, tier=first.tier, folded=folded)


def _root(card: Passage, passages: Sequence[Passage], versions: Callable[[str], Sequence[int]]) -> str:
    """The id of the card that `card` goes back to."""
    seen = {card.id}
    while (above := _above(card)) is not None and above not in seen:
        if not (numbers := versions(above)):
            return above
        seen.add(above)
        card = passages[numbers[0]]
    return card.id


def _above(card: Passage) -> str | None:
    adds = card.precedence == Precedence.ADD
    return card.supersedes if adds or card.base is None else card.base


def _is_same(one: Passage, other: Passage) -> bool:
    if one.id == other.id:
        return True
    if one.text.lstrip()[:1] != other.text.lstrip()[:1]:
        return False  # nearly always; taking all spaces out of both texts takes a hundred times as long
    text = "".join(one.text.split())
    return (len(text) >= _TELLING or one.law == other.law) and text == "".join(other.text.split())
