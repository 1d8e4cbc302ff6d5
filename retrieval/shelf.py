"""The passages of a version on disk: one JSON line each, read when one is asked for.

A million passages would take several GB as objects. Those asked for lately stay in memory; a small
collection is there whole after a while.
"""

import json
import mmap
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import overload

import numpy as np

from retrieval.passages import Passage, from_record, to_record

_LINES = "passages.jsonl"
_STARTS = "passage_starts.npy"
_REMEMBERED = 20_000
"""Some 60 MB of passages."""


class Shelf(Sequence[Passage]):
    """The passages by number. Safe from several threads; whoever holds one can read on when the version's
    folder is removed."""

    def __init__(self, folder: Path) -> None:
        self._starts = np.load(folder / _STARTS, mmap_mode="r").view(np.ndarray)
        self._count = len(self._starts) - 1
        with (folder / _LINES).open("rb") as file:
            empty = self._starts[-1] == 0
            self._lines = b"" if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._read = lru_cache(_REMEMBERED)(self._read_line)

    @staticmethod
    def write(passages: Iterable[Passage], folder: Path) -> None:
        """Write `passages` into `folder`."""
        starts = [0]
        with (folder / _LINES).open("wb") as stream:
            for passage in passages:
                starts.append(starts[-1] + stream.write(line(passage)))
        np.save(folder / _STARTS, np.array(starts, dtype=np.int64))

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, number: int) -> Passage: ...
    @overload
    def __getitem__(self, number: slice) -> list[Passage]: ...
    def __getitem__(self, number: int | slice) -> Passage | list[Passage]:
        if isinstance(number, slice):
            return [self._read(one) for one in range(*number.indices(len(self)))]
        if not -self._count <= number < self._count:
            raise IndexError(number)
        return self._read(number if number >= 0 else number + self._count)

    def __iter__(self) -> Iterator[Passage]:
        """All passages in order; they are read once more and not remembered."""
        return (self._read_line(number) for number in range(len(self)))

    def _read_line(self, number: int) -> Passage:
        start, end = self._starts[number : number + 2].tolist()
        return from_record(json.loads(self._lines[start:end]))


def line(passage: Passage) -> bytes:
    """`passage` as its line in the file; equal passages have equal lines."""
    return json.dumps(to_record(passage), ensure_ascii=False).encode() + b"\n"
