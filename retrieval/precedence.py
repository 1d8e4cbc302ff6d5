"""How cards stand to those above them, which their `base` names, and to those before and after them.

A card of an organisation may rest on one of a wider organisation and says how: it replaces it, gives more
than it (floor), stays below it (ceiling) or adds to it. A card that supersedes another is the same rule from
a later day on, so a `base` is meant in whatever version is in force.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from retrieval.passages import Passage
from retrieval.ranking import Candidate

Visible = Callable[[int], bool]
"""Whether the asker may find the passage with that number, on the day asked about."""


class Precedence(StrEnum):
    """What a card of an organisation does to its base."""

    REPLACE = "replace"
    """It holds instead of the base."""
    FLOOR = "floor"
    """The base is the least that is due; the card says what is given, and the better of both counts."""
    CEILING = "ceiling"
    """The base is the most that may be given; the card says what is given."""
    ADD = "add"
    """Both hold; the card says what comes on top of the base."""


@dataclass(frozen=True, slots=True)
class Link:
    """The card `own` of an organisation and the one above it, by number."""

    own: int
    base: int
    precedence: Precedence


@dataclass(frozen=True, slots=True)
class Ruling:
    """The rule of an organisation and the one above it that it rests on."""

    own: Passage
    base: Passage
    precedence: Precedence


@dataclass(frozen=True, slots=True)
class Standing:
    """The rules a card rests on, the nearest first, and those that rest on it."""

    above: tuple[Ruling, ...]
    below: tuple[Ruling, ...]


class Rules:
    """The links between the cards of one index. Safe from several threads."""

    def __init__(
        self,
        passages: Sequence[Passage],
        numbers: Callable[[str], Sequence[int]],
        *,
        based: Iterable[int],
        following: Iterable[int],
    ) -> None:
        """`numbers` gives the passages with an id, `based` has those with a base, `following` those that
        supersede another."""
        self._passages = passages
        self._numbers = numbers
        self._followed: dict[int, list[int]] = defaultdict(list)
        for number in following:
            for earlier in self._before(number):
                self._followed[earlier].append(number)
        links = [link for number in based for link in self._links_of(number)]
        # Wider organisations first: the chain from the nation down is settled link by link.
        self._links = sorted(links, key=lambda link: passages[link.own].scope.count("/"))
        self._above: dict[int, list[Link]] = defaultdict(list)
        self._below: dict[int, list[Link]] = defaultdict(list)
        for link in self._links:
            self._above[link.own].append(link)
            self._below[link.base].append(link)

    def versions(self, number: int) -> list[int]:
        """The passage, those it follows from and those that follow from it, the oldest first."""
        versions = {number: None, **dict.fromkeys(self._reached(number, self._before))}
        versions |= dict.fromkeys(self._reached(number, self._after))
        return sorted(versions, key=lambda one: (self._passages[one].effective_from, one))

    def taking_over(self, sees: Visible) -> list[Link]:
        """The links whose own card comes first also for those who ask in the words of its base."""
        return [link for link in self._links if link.precedence is not Precedence.ADD and sees(link.own)]

    def standing(self, number: int, sees: Visible) -> Standing:
        """What an asker who `sees` some of the passages is told of how card `number` stands."""
        above, below = self._links_above(number, sees), self._links_below(number, sees)
        return Standing(tuple(map(self._ruling, above)), tuple(map(self._ruling, below)))

    def _links_above(self, number: int, sees: Visible) -> list[Link]:
        """The links from a card up to the widest rule it rests on, the nearest first."""
        chain: list[Link] = []
        seen = {number}
        while link := next((link for link in self._above[number] if sees(link.base)), None):
            if link.base in seen:
                break
            chain.append(link)
            seen.add(link.base)
            number = link.base
        return chain

    def _links_below(self, number: int, sees: Visible) -> list[Link]:
        """The links to cards that rest on this one; where one is replaced further down, to that one."""
        found = []
        for link in self._below[number]:
            if sees(link.own):
                own, seen = link.own, {number, link.own}
                while (nearer := self._replacing(own, sees)) is not None and nearer not in seen:
                    own = nearer
                    seen.add(own)
                found.append(replace(link, own=own))
        return found

    def _ruling(self, link: Link) -> Ruling:
        return Ruling(self._passages[link.own], self._passages[link.base], link.precedence)

    def _replacing(self, number: int, sees: Visible) -> int | None:
        links = (link for link in self._below[number] if link.precedence is Precedence.REPLACE)
        return next((link.own for link in links if sees(link.own)), None)

    def _links_of(self, own: int) -> Iterator[Link]:
        passage = self._passages[own]
        if passage.base is None or passage.precedence is None:
            return
        bases = dict.fromkeys(
            version for base in self._numbers(passage.base) for version in self.versions(base)
        )
        for base in bases:
            yield Link(own, base, Precedence(passage.precedence))

    def _before(self, number: int) -> Iterable[int]:
        earlier = self._passages[number].supersedes
        return self._numbers(earlier) if earlier is not None else ()

    def _after(self, number: int) -> Iterable[int]:
        return self._followed.get(number, ())

    @staticmethod
    def _reached(number: int, step: Callable[[int], Iterable[int]]) -> list[int]:
        reached: list[int] = []
        ahead = list(step(number))
        while ahead:
            if (following := ahead.pop()) not in reached:
                reached.append(following)
                ahead += step(following)
        return reached


def with_own_rule(found: Iterable[Candidate], links: Iterable[Link]) -> list[Candidate]:
    """`found` with each rule and the organisation's own that takes its place trading places if need be.

    `links` come as `Rules.taking_over` has them, a head office's before a branch's. Whoever asks in the words
    of the general rule means the one that holds for him; what was found of the general rule speaks for it.
    """
    by_number = {candidate.number: candidate for candidate in found}
    for link in links:
        if link.base in by_number and link.own in by_number:
            upper, lower = by_number[link.base], by_number[link.own]
            if (upper.tier, upper.score) > (lower.tier, lower.score):
                by_number[link.own] = replace(
                    lower, tier=upper.tier, score=upper.score, stands_for=upper.evidence
                )
                by_number[link.base] = replace(upper, tier=lower.tier, score=lower.score)
    return list(by_number.values())


def successor(card: Passage, versions: Sequence[Passage], *, day: date) -> Passage | None:
    """Of `versions`, oldest first, the one after `card` that is in force on `day`, if there is one."""
    after = versions[versions.index(card) + 1 :]
    return next((version for version in after if version.in_force_on(day)), None)
