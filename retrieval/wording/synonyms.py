"""Words that mean the same in the union's business, from a list that is edited by hand.

A line is a group: `辞退 开除 解雇` lead to each other; `疗养 > 疗休养` leads one way only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Self

from language.normalise import normalise
from retrieval.wording.wordlist import WordListError, entries

FREE_LENGTH = 4
"""From this length on words count wherever they stand, shorter ones as whole words (国内退休 has no 内退)."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A listed word found in a text at [start, end), and the other words for it."""

    start: int
    end: int
    others: tuple[str, ...]


class Synonyms:
    """Listed words with what they lead to."""

    def __init__(self, leads: Mapping[str, Iterable[str]]) -> None:
        self._leads = {word: tuple(dict.fromkeys(others)) for word, others in leads.items()}
        self._lengths = sorted({len(word) for word in self._leads}, reverse=True)

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read the groups in `file`.

        Raises:
            WordListError: a group of fewer than two words, or one with two arrows; or no list at all.
        """
        leads: dict[str, list[str]] = {}
        for number, line in entries(file):
            sides = [side.split() for side in normalise(line).split(">")]
            if len(sides) > 2 or not all(sides) or sum(map(len, sides)) < 2:
                raise WordListError(file, number, line)
            for word in sides[0]:
                leads.setdefault(word, []).extend(other for other in sides[-1] if other != word)
        return cls(leads)

    @property
    def words(self) -> tuple[str, ...]:
        """Every word that leads to another, in the order of the list."""
        return tuple(self._leads)

    def find(self, pieces: Sequence[str]) -> list[Meaning]:
        """Return the listed words in a text cut into `pieces`, the longest first where they overlap."""
        text = "".join(pieces)
        edges = {0, *accumulate(map(len, pieces))}
        found: list[Meaning] = []
        start = 0
        while start < len(text):
            word = self._at(text, start, edges)
            if word is None:
                start += 1
            else:
                found.append(Meaning(start, start + len(word), self._leads[word]))
                start += len(word)
        return found

    def _at(self, text: str, start: int, edges: set[int]) -> str | None:
        for length in self._lengths:
            word = text[start : start + length]
            whole = length >= FREE_LENGTH or (start in edges and start + length in edges)
            if whole and word in self._leads:
                return word
        return None
