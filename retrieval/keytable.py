"""Keys to numbers, on disk: opened without being read, whatever its size."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt


class KeyTable:
    """Which numbers stand under a key; a key may have several, kept in the order they were given.

    Keys are kept as hashes of 64 bits: among a million keys a foreign one is taken for a known one once in
    ten million million look-ups.
    """

    def __init__(self, hashes: npt.NDArray[np.uint64], numbers: npt.NDArray[np.int32]) -> None:
        self._hashes = hashes
        self._numbers = numbers

    @classmethod
    def write(cls, entries: Iterable[tuple[str, int]], folder: Path, name: str) -> None:
        """Write (key, number) pairs as `name` into `folder`."""
        hashes, numbers = [], []
        for key, number in entries:
            hashes.append(key_hash(key))
            numbers.append(number)
        keys = np.array(hashes, dtype=np.uint64)
        order = np.argsort(keys, kind="stable")
        np.save(folder / f"{name}.keys.npy", keys[order])
        np.save(folder / f"{name}.numbers.npy", np.array(numbers, dtype=np.int32)[order])

    @classmethod
    def open(cls, folder: Path, name: str) -> Self:
        return cls(
            np.load(folder / f"{name}.keys.npy", mmap_mode="r").view(np.ndarray),
            np.load(folder / f"{name}.numbers.npy", mmap_mode="r").view(np.ndarray),
        )

    def get(self, key: str) -> list[int]:
        """The numbers under `key`, none when it is not there."""
        wanted = np.uint64(key_hash(key))
        start = int(np.searchsorted(self._hashes, wanted, side="left"))
        end = int(np.searchsorted(self._hashes, wanted, side="right"))
        numbers: list[int] = self._numbers[start:end].tolist()
        return numbers

    def first(self, keys: Sequence[str]) -> npt.NDArray[np.int32]:
        """The first number under each of `keys`, [len(keys)]; -1 where a key is not there."""
        numbers = np.full(len(keys), -1, dtype=np.int32)
        if len(self._hashes):
            wanted = np.array([key_hash(key) for key in keys], dtype=np.uint64)
            places = np.minimum(self._hashes.searchsorted(wanted), len(self._hashes) - 1)
            there = self._hashes[places] == wanted
            numbers[there] = self._numbers[places[there]]
        return numbers


def key_hash(key: str) -> int:
    """64 bits of a hash of `key`, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "little")
