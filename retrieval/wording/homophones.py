"""Words that were written as they sound: what a question says by its sound where its letters say nothing.

Precision before recall. A span of the text is read as a listed word when it begins and ends where words do,
is no word itself, shares characters with the listed word and sounds like it. What is a word stays as it is,
unless the list says in which company it is a slip (工商 beside 认定 is 工伤).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import ne
from pathlib import Path
from typing import Self

from language.normalise import normalise
from retrieval.wording import sounds
from retrieval.wording.synonyms import FREE_LENGTH
from retrieval.wording.wordlist import WordListError, entries

_LETTERS_FROM = 5
"""Shorter words in Latin letters may be English."""
_COARSE_FROM = 3
"""Characters a word needs to be recognised by a sound that only dialects share."""
_TWO_WRONG_FROM = 5
"""Characters a word needs for two of them to be wrong; shorter ones may have one wrong character."""
_NUMERALS = frozenset("零一二两三四五六七八九十百千万几")
_COMMON = 5_000
"""A character that is a word of its own this often in jieba's dictionary is no slip in another tone."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The span [start, end) of a text, and the word it is read as."""

    start: int
    end: int
    word: str


@dataclass(frozen=True, slots=True)
class Slip:
    """A word written for another one when the text has one of `beside`, always when there is none to have."""

    word: str
    meant: str
    beside: tuple[str, ...]

    def fits(self, text: str) -> bool:
        return not self.beside or any(word in text for word in self.beside)


@dataclass(frozen=True, slots=True)
class HomophoneList:
    """What a file of homophones says."""

    words: tuple[str, ...]
    slips: tuple[Slip, ...]
    real: frozenset[str]

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read words, `written → meant beside…` and `! word` by line; `#` begins a comment line.

        Raises:
            WordListError: a line is none of these; or there is no list at all.
        """
        words: list[str] = []
        slips: list[Slip] = []
        real: list[str] = []
        for number, line in entries(file):
            match normalise(line).split():
                case ["!", word]:
                    real.append(word)
                case [word, "→", meant, *beside]:
                    slips.append(Slip(word, meant, tuple(beside)))
                case [word]:
                    words.append(word)
                case _:
                    raise WordListError(file, number, line)
        return cls(tuple(words), tuple(slips), frozenset(real))


@dataclass(frozen=True, slots=True)
class _Cut:
    """A text cut into pieces: where a word may begin or end, and which characters are pieces of their own."""

    text: str
    pieces: Sequence[tuple[int, str]]
    edges: frozenset[int]
    alone: Sequence[bool]

    @classmethod
    def of(cls, pieces: Sequence[str]) -> Self:
        edges = (0, *accumulate(map(len, pieces)))
        placed = list(zip(edges, pieces, strict=False))
        alone = [len(piece) == 1 for piece in pieces for _ in piece]
        return cls("".join(pieces), placed, frozenset(edges), alone)


class Homophones:
    """Finds words by their sound.

    `frequency` is how often a word stands in the segmenter's dictionary, 0 when it does not. Words of `known`
    are right as they are.
    """

    def __init__(
        self,
        listed: HomophoneList,
        more: Iterable[str],
        *,
        frequency: Callable[[str], int],
        stop_words: Collection[str],
        known: Iterable[str] = (),
    ) -> None:
        self._frequency = frequency
        self._stop_words = frozenset(stop_words)
        words = [word for word in dict.fromkeys((*listed.words, *more)) if len(word) >= 2]
        self._right = frozenset({*listed.real, *words, *known})
        self._slips: dict[str, list[Slip]] = defaultdict(list)
        for slip in listed.slips:
            self._slips[slip.word[0]].append(slip)
        self._letters: dict[str, str] = {}
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for word in sorted(words, key=len, reverse=True):
            self._letters.setdefault(sounds.letters(word), word)
            for sound in sounds.coarse(word[0]):
                self._by_sound[sound].append(word)

    def find(self, pieces: Sequence[str]) -> list[Reading]:
        """Return the spans of a text cut into `pieces` that are read as another word, in order."""
        cut = _Cut.of(pieces)
        found: list[Reading] = []
        for start, piece in cut.pieces:
            if not found or start >= found[-1].end:
                reading = self._slip(cut, start) or self._typed(piece, start) or self._sounding(cut, start)
                if reading is not None:
                    found.append(reading)
        return found

    def _slip(self, cut: _Cut, start: int) -> Reading | None:
        for slip in self._slips.get(cut.text[start], ()):
            end = start + len(slip.word)
            whole = end in cut.edges or len(slip.word) >= FREE_LENGTH
            if whole and cut.text.startswith(slip.word, start) and slip.fits(cut.text):
                return Reading(start, end, slip.meant)
        return None

    def _typed(self, piece: str, start: int) -> Reading | None:
        word = self._letters.get(piece) if len(piece) >= _LETTERS_FROM else None
        return Reading(start, start + len(piece), word) if word else None

    def _sounding(self, cut: _Cut, start: int) -> Reading | None:
        """The longest word that is meant at `start`."""
        longest: Reading | None = None
        for sound in sorted(sounds.coarse(cut.text[start])):
            for word in self._by_sound.get(sound, ()):
                end = start + len(word)
                if longest is not None and end <= longest.end:
                    break  # they come with the longest first
                if end in cut.edges and self._is_meant(cut.text[start:end], word, cut.alone[start:end]):
                    longest = Reading(start, end, word)
        return longest

    def _is_meant(self, written: str, word: str, alone: Sequence[bool]) -> bool:
        """Whether `written` is a slip for `word`; `alone` says of each character whether it is cut off."""
        wrong = sum(map(ne, written, word))
        if wrong > (1 if len(word) < _TWO_WRONG_FROM else 2):
            return False
        if written in self._right or self._frequency(written):
            return False
        short = len(word) < _COARSE_FROM
        alike = sounds.fine if short else sounds.coarse
        for one, other, is_alone in zip(written, word, alone, strict=True):
            if alike(one).isdisjoint(alike(other)) or (is_alone and self._is_word(one, other, short=short)):
                return False
        return True

    def _is_word(self, written: str, meant: str, *, short: bool) -> bool:
        """Whether a character that stands alone says something itself."""
        if written in self._stop_words and (short or written != meant):
            return True
        if written == meant:
            return False
        if written in _NUMERALS:
            return True
        same_tone = not sounds.syllables(written).isdisjoint(sounds.syllables(meant))
        return self._frequency(written) >= _COMMON and not same_tone
