"""What the version before has worked out already: tokens and vectors of passages that did not change.

Cutting words and encoding is most of a build. Each is taken over only where it would come out the same:
tokens from the same lexicon, vectors from the same encoder, for a passage whose words are the same.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from retrieval import dense
from retrieval.encoder import Vectors
from retrieval.keytable import KeyTable
from retrieval.passages import Passage

KEYS = "keys.npy"
MISSES = "near_misses.npy"
MISS_OWNERS = "near_miss_owners.npy"
OCCURRENCES = "tokens.npy"
OCCURRENCE_STARTS = "token_starts.npy"
VOCABULARY = "token_numbers"
_WORDS = "tokens.txt"
_COUNTS = "counts.npy"
_MOST = np.iinfo(np.uint16).max

Ids = npt.NDArray[np.int32]


def passage_key(passage: Passage) -> int:
    """64 bits of a hash of all that tokens and vectors of a passage are made from."""
    fields = (passage.kind, passage.title, passage.law or "", passage.heading or "", passage.text)
    digest = hashlib.blake2b(digest_size=8)
    for group in (fields, passage.questions, passage.confirmed, passage.not_questions):
        digest.update(f"{len(group)}\n".encode())
        for text in group:
            encoded = text.encode()
            digest.update(f"{len(encoded)}\n".encode() + encoded)
    return int.from_bytes(digest.digest(), "little")


@dataclass(frozen=True, slots=True)
class Bag:
    """A passage's tokens, each different one once, with how often it stands there.

    `ids` are their numbers in the version they were read from.
    """

    tokens: Sequence[str]
    counts: Sequence[int]
    ids: Ids | None = None

    @classmethod
    def of(cls, tokens: Sequence[str]) -> Self:
        counted = Counter(tokens)
        return cls(list(counted), list(counted.values()))

    def all(self) -> Iterator[str]:
        """Every token as often as it stands there."""
        return chain.from_iterable(map(repeat, self.tokens, self.counts))


class TokenFile:
    """The tokens of every passage, as multisets, on the way to disk."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._renumbered: Ids = np.empty(0, dtype=np.int32)
        self._ids: list[Ids] = []
        self._counts: list[npt.NDArray[np.uint16]] = []
        self._starts = [0]

    def add(self, bag: Bag) -> None:
        """Keep the next passage's tokens."""
        ids = self._number(bag.tokens) if bag.ids is None else self._renumber(bag.tokens, bag.ids)
        self._ids.append(ids)
        self._counts.append(np.minimum(bag.counts, _MOST).astype(np.uint16))
        self._starts.append(self._starts[-1] + len(ids))

    def _number(self, tokens: Sequence[str]) -> Ids:
        ids = [self._known.setdefault(token, len(self._known)) for token in tokens]
        return np.array(ids, dtype=np.int32)

    def _renumber(self, tokens: Sequence[str], earlier: Ids) -> Ids:
        """The same as `_number`, sooner: the version before has told most of these tokens apart already."""
        beyond = int(earlier.max(initial=-1)) + 1 - len(self._renumbered)
        if beyond > 0:
            self._renumbered = np.pad(self._renumbered, (0, 2 * beyond), constant_values=-1)
        ids = self._renumbered[earlier]
        if (ids < 0).any():
            ids = self._number(tokens)
            self._renumbered[earlier] = ids
        return ids

    def write(self, folder: Path) -> None:
        np.save(folder / OCCURRENCES, np.concatenate([np.empty(0, np.int32), *self._ids]))
        np.save(folder / _COUNTS, np.concatenate([np.empty(0, np.uint16), *self._counts]))
        np.save(folder / OCCURRENCE_STARTS, np.array(self._starts, dtype=np.int64))
        (folder / _WORDS).write_text("\n".join(self._known), encoding="utf-8")
        KeyTable.write(self._known.items(), folder, VOCABULARY)


class Earlier:
    """A version's tokens and vectors, by what the passage says; either may be of no use."""

    def __init__(self, folder: Path, *, tokens: bool, vectors: bool) -> None:
        keys = np.load(folder / KEYS)
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]
        if tokens:
            words = (folder / _WORDS).read_text(encoding="utf-8").split("\n")
            self._words = np.array(words, dtype=np.object_)
            self._ids = np.load(folder / OCCURRENCES, mmap_mode="r").view(np.ndarray)
            self._counts = np.load(folder / _COUNTS, mmap_mode="r").view(np.ndarray)
            self._starts = np.load(folder / OCCURRENCE_STARTS, mmap_mode="r").view(np.ndarray)
        if vectors:
            self._rows = ByPassage(folder / dense.VECTORS, folder / dense.OWNERS, len(keys))
            self._misses = ByPassage(folder / MISSES, folder / MISS_OWNERS, len(keys))
        self._has_tokens = tokens
        self._has_vectors = vectors

    def tokens(self, key: int) -> Bag | None:
        """The tokens of the passage with that key, None when there is none."""
        number = self._number(key) if self._has_tokens else None
        if number is None:
            return None
        start, end = self._starts[number], self._starts[number + 1]
        ids = self._ids[start:end]
        return Bag(self._words[ids].tolist(), self._counts[start:end].tolist(), ids)

    def vectors(self, key: int) -> tuple[Vectors, Vectors] | None:
        """Its vectors in the order of its parts, and those of its near misses; None when there are none."""
        number = self._number(key) if self._has_vectors else None
        return None if number is None else (self._rows.of(number), self._misses.of(number))

    def _number(self, key: int) -> int | None:
        at = int(np.searchsorted(self._keys, np.uint64(key)))
        if at == len(self._keys) or int(self._keys[at]) != key:
            return None
        return int(self._order[at])


class ByPassage:
    """Vectors on disk, by the passage they belong to; those of one passage stand together."""

    def __init__(self, vectors: Path, owners: Path, passages: int) -> None:
        self._vectors: Vectors = np.load(vectors, mmap_mode="r").view(np.ndarray)
        self._starts = np.searchsorted(np.load(owners), np.arange(passages + 1)).tolist()

    def of(self, number: int) -> Vectors:
        return self._vectors[self._starts[number] : self._starts[number + 1]]
