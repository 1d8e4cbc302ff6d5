"""What a new version of a document changes, article by article and word by word. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

from language.words import bigrams
from retrieval.documents.model import Article
from service.knowledge.documents.rules import squeezed

ALIKE = 0.5
"""The share of character pairs from which two texts are taken for one article before and after."""
_SAME_LABEL = 0.2
"""What one label is worth beside that share."""
_COMPARED = 60_000
"""Pairs of articles that are compared at most: beyond that a law was written anew, and labels decide."""


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    """The same text under another label."""
    MOVED_AND_CHANGED = "moved_and_changed"


class Mark(StrEnum):
    SAME = "same"
    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words that stayed, went or came."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What happened to one article; `words` is empty where its text stayed."""

    change: Change
    before: Article | None
    after: Article | None
    words: tuple[Piece, ...] = ()


Cut = Callable[[str], Sequence[str]]
"""Cuts a text into words that joined are that text again."""


def characters(text: str) -> Sequence[str]:
    return text


def differences(
    before: Sequence[Article], after: Sequence[Article], *, cut: Cut = characters
) -> list[Difference]:
    """Return what became of every article that is not just as it was: in the order of the new text, each
    removed one behind what stood before it."""
    pairs = dict(_pairs(before, after))
    partners = {new: old for old, new in pairs.items()}
    removed: dict[int, list[Difference]] = {}
    place = -1
    for old, article in enumerate(before):
        if old in pairs:
            place = pairs[old]
        else:
            removed.setdefault(place, []).append(Difference(Change.REMOVED, article, None))
    found = removed.pop(-1, [])
    for new, article in enumerate(after):
        if new not in partners:
            found.append(Difference(Change.ADDED, None, article))
        elif (difference := _difference(before[partners[new]], article, cut)) is not None:
            found.append(difference)
        found += removed.pop(new, [])
    return found


def word_difference(before: str, after: str, *, cut: Cut = characters) -> tuple[Piece, ...]:
    """Return two texts as one, with what went and what came."""
    old, new = list(cut(before)), list(cut(after))
    pieces = []
    for tag, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Mark.SAME, "".join(old[start:end])))
            continue
        if start < end:
            pieces.append(Piece(Mark.OUT, "".join(old[start:end])))
        if new_start < new_end:
            pieces.append(Piece(Mark.IN, "".join(new[new_start:new_end])))
    return tuple(pieces)


def _difference(before: Article, after: Article, cut: Cut) -> Difference | None:
    moved = before.label != after.label
    if squeezed(before.text) == squeezed(after.text):
        return Difference(Change.MOVED, before, after) if moved else None
    change = Change.MOVED_AND_CHANGED if moved else Change.CHANGED
    return Difference(change, before, after, word_difference(before.text, after.text, cut=cut))


def _pairs(before: Sequence[Article], after: Sequence[Article]) -> Iterator[tuple[int, int]]:
    """Which article became which, by number: those of one label and text first, then those of one text, then
    the most alike; one label is enough where the texts are not quite different."""
    old, new = dict(enumerate(before)), dict(enumerate(after))

    def take(pair: tuple[int, int]) -> tuple[int, int]:
        del old[pair[0]], new[pair[1]]
        return pair

    for key in (lambda one: (one.label, squeezed(one.text)), lambda one: squeezed(one.text)):
        places: dict[object, list[int]] = {}
        for at, article in new.items():
            places.setdefault(key(article), []).append(at)
        for at, article in list(old.items()):
            if waiting := places.get(key(article)):
                yield take((at, waiting.pop(0)))
    every = len(old) * len(new) <= _COMPARED
    likeness = [
        (_likeness(one.text, other.text) + (_SAME_LABEL if one.label == other.label else 0.0), at, to)
        for at, one in old.items()
        for to, other in new.items()
        if every or one.label == other.label
    ]
    for share, at, to in sorted(likeness, key=lambda one: (-one[0], one[1], one[2])):
        if share >= ALIKE and at in old and to in new:
            yield take((at, to))


def _likeness(one: str, other: str) -> float:
    """The share of character pairs that two texts have in common."""
    first, second = _pairs_of(one), _pairs_of(other)
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0


@lru_cache(4096)
def _pairs_of(text: str) -> Counter[str]:
    return Counter(bigrams(text))
