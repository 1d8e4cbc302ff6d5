"""Which of some texts have which single characters and pairs of characters, counted with numpy alone.

Cutting a thousand cards into words takes seconds; this takes tenths, so it is done when an index is opened.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_PAIR = 1 << 21
"""More than the largest code point: a pair's code is never a character's."""


def grams(texts: Sequence[str]) -> tuple[Codes, Codes]:
    """Codes of all characters and pairs in `texts`, repeats included, and the text each stands in.

    Characters are letters, digits and Chinese ones; a pair spans nothing else.
    """
    joined = "".join(f"{text}\n" for text in texts)
    points = np.frombuffer(joined.encode("utf-32-le"), np.uint32).astype(np.int64)
    owners = np.repeat(np.arange(len(texts)), np.array([len(text) + 1 for text in texts], np.int64))
    word = _are_words(points)
    pair = word[:-1] & word[1:]
    codes = np.concatenate([points[word], (points[:-1][pair] + 1) * _PAIR + points[1:][pair]])
    return codes, np.concatenate([owners[word], owners[:-1][pair]])


def grams_of(text: str) -> Codes:
    """The different codes of one text, rising."""
    return np.unique(grams([text])[0])


def code_of(gram: str) -> int:
    """The code of one character or pair."""
    points = [ord(character) for character in gram]
    return points[0] if len(points) == 1 else (points[0] + 1) * _PAIR + points[1]


def spelt(code: int) -> str:
    """The character or pair with that code."""
    first, second = divmod(code, _PAIR)
    return chr(second) if first == 0 else chr(first - 1) + chr(second)


def _are_words(points: Codes) -> npt.NDArray[np.bool_]:
    different = np.flatnonzero(np.bincount(points))
    words = np.zeros(int(different[-1]) + 1 if len(different) else 0, np.bool_)
    words[different] = [chr(point).isalnum() for point in different.tolist()]
    return words[points]


def _different(keys: Codes) -> tuple[Codes, Codes]:
    """The different keys, rising, and how often each is there; sorting takes a fifth of np.unique's time."""
    ordered = np.sort(keys)
    first = np.flatnonzero(np.diff(ordered, prepend=-1))
    return ordered[first], np.diff(first, append=len(ordered))


class Postings:
    """For every gram, the texts that have it, each once. `codes` rise."""

    def __init__(self, codes: Codes, starts: Codes, texts: Codes, size: int) -> None:
        self.codes = codes
        self.texts = texts
        self.size = size
        self._starts = starts

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Postings":
        """The postings of fewer than two million texts, which is what code and text in one number allow."""
        codes, owners = grams(texts)
        size = max(1, len(texts))
        gram, text = np.divmod(_different(codes * size + owners)[0], size)
        first = np.flatnonzero(np.diff(gram, prepend=-1))
        return cls(gram[first], np.append(first, len(gram)), text, len(texts))

    def grouped(self, groups: Codes, size: int) -> tuple["Postings", Codes]:
        """The same for groups of texts (`groups` [texts], below `size`), and in how many of a group's texts
        each gram is, for every entry of the new postings."""
        keys, counts = _different(self.grams() * size + groups[self.texts])
        gram, group = np.divmod(keys, max(1, size))
        starts = np.searchsorted(gram, np.arange(len(self.codes) + 1))
        return Postings(self.codes, starts, group, size), counts

    def grams(self) -> Codes:
        """The place of its gram among `codes`, for every entry."""
        return np.repeat(np.arange(len(self.codes)), self.frequencies())

    def frequencies(self) -> Codes:
        """In how many texts each gram is."""
        return np.diff(self._starts)

    def places(self, codes: Codes) -> Codes:
        """Where each of `codes` stands among the known ones, -1 for an unknown one."""
        if not len(self.codes):
            return np.full(len(codes), -1)
        places = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        return np.where(self.codes[places] == codes, places, -1)

    def entries(self, place: int) -> slice:
        """Which entries belong to the gram at `place`."""
        return slice(int(self._starts[place]), int(self._starts[place + 1]))

    def summed(self, places: Iterable[int], weights: Iterable[float]) -> Floats:
        """For each text the weights of those grams it has, [size]."""
        total = np.zeros(self.size)
        for place, weight in zip(places, weights, strict=True):
            if place >= 0:
                total[self.texts[self.entries(place)]] += weight
        return total
