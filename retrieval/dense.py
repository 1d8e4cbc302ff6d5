"""Nearest vectors by exact inner product (FAISS). A passage has several vectors; its best one counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from retrieval.encoder import Vectors

TITLE = -1
TEXT = -2
"""What a vector stands for when it is not one of the passage's questions (those count from 0)."""


@dataclass(frozen=True, slots=True)
class Near:
    """A passage's best vector: `part` is a question's position, TITLE or TEXT; `cosine` in [-1, 1]."""

    number: int
    cosine: float
    part: int


def write(vectors: Vectors, owners: Sequence[int], parts: Sequence[int], folder: Path) -> None:
    """Write `vectors` [n, d] of length 1, with the passage each belongs to and the part it stands for.

    Owners must not decrease: the vectors of one passage stand together, its TEXT last.
    """
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    faiss.write_index(index, str(folder / "vectors.faiss"))
    np.savez(folder / "vectors.npz", owners=np.asarray(owners, np.int32), parts=np.asarray(parts, np.int32))


class Dense:
    """Written vectors, open for search; may be used from several threads."""

    def __init__(self, folder: Path, passages: int) -> None:
        self._index: Any = faiss.read_index(str(folder / "vectors.faiss"))
        with np.load(folder / "vectors.npz") as arrays:
            self._owners: npt.NDArray[np.int32] = arrays["owners"]
            self._parts: npt.NDArray[np.int32] = arrays["parts"]
        self._per_passage = -(-len(self._owners) // max(1, passages))  # on average, rounded up
        self._starts = np.searchsorted(self._owners, np.arange(passages + 1))
        size = self._index.ntotal * self._index.d
        stored = self._index.get_xb()  # type: ignore[attr-defined]
        self._vectors: Vectors = faiss.rev_swig_ptr(stored, size).reshape(-1, self._index.d)

    @property
    def dimensions(self) -> int:
        return int(self._index.d)

    def search(self, query: Vectors, limit: int, allowed: npt.NDArray[np.bool_] | None = None) -> list[Near]:
        """The `limit` passages nearest to `query` [d], best first; only those `allowed` (by number).

        The filter works inside the search, and more vectors are fetched until enough different passages are
        found, so neither a filter nor a passage with many questions crowds the others out.
        """
        total = int(self._index.ntotal)
        parameters = None
        if allowed is not None:
            bits = np.packbits(allowed[self._owners], bitorder="little")
            selector = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
            parameters = faiss.SearchParameters()
            parameters.sel = selector
        fetch = min(total, limit * self._per_passage)
        while fetch:
            cosines, places = self._index.search(query[None, :], fetch, params=parameters)
            found = self._best(cosines[0], places[0])
            if len(found) >= limit or fetch == total or places[0][-1] < 0:
                return found[:limit]
            fetch = min(total, 4 * fetch)
        return []

    def nearest_part(self, query: Vectors, number: int) -> Near:
        """Passage `number`'s best vector for `query` [d]."""
        start, end = self._starts[number], self._starts[number + 1]
        cosines = self._vectors[start:end] @ query
        best = int(np.argmax(cosines))
        return Near(number, float(cosines[best]), int(self._parts[start + best]))

    def text_cosine(self, query: Vectors, number: int) -> float:
        """Cosine of `query` [d] with the vector of passage `number`'s title and text, which stands last."""
        return float(self._vectors[self._starts[number + 1] - 1] @ query)

    def _best(self, cosines: Vectors, places: npt.NDArray[np.int64]) -> list[Near]:
        best: dict[int, Near] = {}
        for cosine, place in zip(cosines.tolist(), places.tolist(), strict=True):
            if place >= 0:
                number = int(self._owners[place])
                if number not in best:  # the first seen is the passage's best
                    best[number] = Near(number, cosine, int(self._parts[place]))
        return list(best.values())
