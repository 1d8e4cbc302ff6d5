"""What cards may get wrong about each other: the card they rest on, and the one they follow."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from retrieval.frontmatter import Front
from retrieval.passages import NATIONAL, Passage
from retrieval.precedence import Precedence
from retrieval.problems import Problem, problem


@dataclass(frozen=True, slots=True)
class Card:
    """A card with the place of everything in its file."""

    front: Front
    passage: Passage

    def problem(self, code: str, field: str, position: int | None = None, /, **fields: object) -> Problem:
        return problem(self.front.file, self.front.line(field, position), code, **fields)


def relations(cards: Sequence[Card], by_id: Mapping[str, Card]) -> Iterator[Problem]:
    """Problems of `base` and `supersedes`; `by_id` has the first card of each id."""
    for card in cards:
        yield from _base(card, by_id)
        yield from _supersedes(card, by_id)
    yield from _rivals(cards)


def rests_on(one: Passage, other: Passage, by_id: Mapping[str, Card]) -> bool:
    """Whether `other` is the base of `one`, in whatever version, or the base of its base."""
    seen = {one.id}
    ahead = [one.base]
    while ahead:
        base = by_id.get(ahead.pop() or "")
        if base is not None and base.passage.id not in seen:
            versions = _line(base.passage, by_id)
            seen |= {version.id for version in versions}
            ahead += [version.base for version in versions]
    return other.id in seen and other.id != one.id


def is_above(upper: str, lower: str) -> bool:
    """Whether what holds for `upper` reaches everybody in `lower`, and they are not the same."""
    return upper != lower and (upper == NATIONAL or lower.startswith(f"{upper}/"))


def overlap(one: Passage, other: Passage) -> bool:
    """Whether there is a day on which both are in force."""
    starts = max(one.effective_from, other.effective_from)
    ends = min(one.effective_to or date.max, other.effective_to or date.max)
    return starts <= ends


def compete(one: Passage, other: Passage, by_id: Mapping[str, Card]) -> bool:
    """Whether one asker may find both on one day, and neither rests on the other."""
    if rests_on(one, other, by_id) or rests_on(other, one, by_id):
        return False
    if not (is_above(one.scope, other.scope) or is_above(other.scope, one.scope) or one.scope == other.scope):
        return False
    return overlap(one, other)


def _base(card: Card, by_id: Mapping[str, Card]) -> Iterator[Problem]:
    passage = card.passage
    if passage.base is None or passage.scope == NATIONAL:
        return
    base = by_id.get(passage.base)
    if base is None:
        yield card.problem("unknown_base", "base", base=passage.base)
    elif circle := _circle(card, by_id, lambda one: one.base):
        yield card.problem("base_cycle", "base", circle=" → ".join(circle))
    elif not is_above(base.passage.scope, passage.scope):
        yield card.problem("base_scope", "base", base=passage.base, scope=base.passage.scope)
    elif not any(overlap(passage, version) for version in _line(base.passage, by_id)):
        yield card.problem("base_not_in_force", "base", base=passage.base)


def _supersedes(card: Card, by_id: Mapping[str, Card]) -> Iterator[Problem]:
    passage = card.passage
    if passage.supersedes is None:
        return
    earlier = by_id.get(passage.supersedes)
    if earlier is None:
        yield card.problem("unknown_supersedes", "supersedes", id=passage.supersedes)
    elif circle := _circle(card, by_id, lambda one: one.supersedes):
        yield card.problem("supersedes_cycle", "supersedes", circle=" → ".join(circle))
    elif (earlier.passage.effective_to or date.max) >= passage.effective_from:
        fields = {"from": passage.effective_from, "id": passage.supersedes}
        yield card.problem("supersedes_overlap", "supersedes", **fields)
    elif is_above(earlier.passage.scope, passage.scope):
        fields = {"id": passage.supersedes, "scope": earlier.passage.scope}
        yield card.problem("supersedes_scope", "supersedes", **fields)


def _rivals(cards: Sequence[Card]) -> Iterator[Problem]:
    """Cards of one organisation that replace one rule at the same time: nobody could say which holds."""
    replacing: dict[tuple[str, str], list[Card]] = {}
    for card in cards:
        passage = card.passage
        if passage.base is not None and passage.precedence == Precedence.REPLACE:
            others = replacing.setdefault((passage.base, passage.scope), [])
            for other in others:
                if overlap(passage, other.passage):
                    fields = {"base": passage.base, "other": other.front.file}
                    yield card.problem("rival_rules", "base", **fields)
            others.append(card)


def _circle(card: Card, by_id: Mapping[str, Card], step: Callable[[Passage], str | None]) -> list[str]:
    """The ids from a card over what it refers to and back to itself; empty when it does not come back."""
    path = [card.passage.id]
    ahead = step(card.passage)
    while ahead is not None and ahead in by_id and ahead not in path:
        path.append(ahead)
        ahead = step(by_id[ahead].passage)
    return [*path, card.passage.id] if ahead == card.passage.id else []


def _line(passage: Passage, by_id: Mapping[str, Card]) -> list[Passage]:
    """The card, what it follows from and what follows from it."""
    line, ahead = [], [passage]
    while ahead:
        one = ahead.pop()
        if one not in line:
            line.append(one)
            earlier = by_id.get(one.supersedes or "")
            later = [card.passage for card in by_id.values() if card.passage.supersedes == one.id]
            ahead += [*later, *([earlier.passage] if earlier else [])]
    return line
