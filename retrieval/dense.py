"""Nearest passages by vectors. A passage has several vectors; its best one counts.

Whichever engine searches, the vectors themselves are mapped beside it: single passages are compared by them,
and all of them when the engine's server does not answer.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import structlog

from retrieval.bm25 import Filter
from retrieval.encoder import Vectors
from retrieval.engines.engine import EngineUnreachableError, Mask, Numbers, Selection, VectorEngine
from retrieval.engines.flat import Flat

log = structlog.get_logger()

TITLE = -1
TEXT = -2
"""What a vector stands for when it is not one of the passage's questions (those count from 0)."""

VECTORS = "vectors.npy"
OWNERS = "owners.npy"
_PARTS = "parts.npy"
_SELECTIONS = 32
_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class Near:
    """A passage's best vector: `part` is a question's position, TITLE or TEXT; `cosine` in [-1, 1]."""

    number: int
    cosine: float
    part: int


def create(owners: Sequence[int], parts: Sequence[int], dimensions: int, folder: Path) -> Vectors:
    """Make the files for vectors; the array [len(owners), dimensions] is the file to fill.

    Each vector belongs to a passage and stands for a part of it. Owners must not decrease: the vectors of
    one passage stand together, its TEXT last.
    """
    np.save(folder / OWNERS, np.asarray(owners, np.int32))
    np.save(folder / _PARTS, np.asarray(parts, np.int32))
    return np.lib.format.open_memmap(
        folder / VECTORS, mode="w+", dtype=np.float32, shape=(len(owners), dimensions)
    )


def write(vectors: Vectors, owners: Sequence[int], parts: Sequence[int], folder: Path) -> None:
    """Write `vectors` [n, d] of length 1; see `create`."""
    create(owners, parts, vectors.shape[1], folder)[:] = vectors


class Dense:
    """Written vectors, open for search; may be used from several threads."""

    def __init__(
        self, folder: Path, passages: int, *, engine: VectorEngine | None = None, version: str = ""
    ) -> None:
        """Open the vectors of `passages` passages with the engine that keeps `version`, by default exactly.

        Raises:
            EngineError: the engine does not have that version.
        """
        self._vectors: Vectors = _mapped(folder / VECTORS)
        self._owners: npt.NDArray[np.int32] = _mapped(folder / OWNERS)
        self._parts: npt.NDArray[np.int32] = _mapped(folder / _PARTS)
        self._per_passage = -(-len(self._owners) // max(1, passages))  # on average, rounded up
        self._starts = np.searchsorted(self._owners, np.arange(passages + 1))
        self._search = (engine or Flat()).open(self._vectors, version, folder)
        self._engine_from = 0.0
        self._selections: OrderedDict[int, tuple[Mask, Selection]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def dimensions(self) -> int:
        return int(self._vectors.shape[1])

    def search(
        self, query: Vectors, limit: int, allowed: Mask | None = None, within: Filter | None = None
    ) -> list[Near]:
        """The `limit` passages nearest to `query` [d], best first.

        `allowed` says by number which may be found and `within` is the filter it comes from, for a server
        that filters by itself; None: all. The filter works inside the search, and more vectors are fetched
        until enough different passages are found, so neither a filter nor a passage with many questions
        crowds the others out.
        """
        selection = None if allowed is None else self._selection(allowed, within or Filter())
        most = min(len(self._owners), self._search.most)
        fetch = min(most, limit * self._per_passage)
        while fetch:
            cosines, rows = self._nearest(query, fetch, selection)
            found = self._best(cosines, rows, allowed, limit)
            if len(found) == limit or fetch == most or len(rows) < fetch:
                return found
            fetch = min(most, 4 * fetch)
        return []

    def nearest_parts(self, query: Vectors, numbers: Sequence[int]) -> list[Near]:
        """The best vector for `query` [d] of each of the passages `numbers`."""
        if not numbers:
            return []
        spans = [range(*self._starts[number : number + 2].tolist()) for number in numbers]
        cosines = (self._vectors[[row for span in spans for row in span]] @ query).tolist()
        found, at = [], 0
        for number, span in zip(numbers, spans, strict=True):
            best = max(range(len(span)), key=cosines[at : at + len(span)].__getitem__)
            found.append(Near(number, cosines[at + best], self._parts.item(span[best])))
            at += len(span)
        return found

    def cosines(self, query: Vectors, number: int) -> Vectors:
        """Cosines of `query` [d] with all vectors of passage `number`: questions, title, text."""
        return self._vectors[self._starts[number] : self._starts[number + 1]] @ query

    def texts(self, numbers: npt.NDArray[np.int64]) -> Vectors:
        """The vectors [n, d] of the titles and texts of passages `numbers` [n]."""
        return self._vectors[self._starts[numbers + 1] - 1]

    def _nearest(self, query: Vectors, limit: int, selection: Selection | None) -> tuple[Vectors, Numbers]:
        if time.monotonic() >= self._engine_from:
            try:
                return self._search.nearest(query, limit, selection)
            except EngineUnreachableError as error:
                # Nobody should wait for the server again and again; what it would say is worked out here.
                self._engine_from = time.monotonic() + _PAUSE
                log.error("vector_engine_unreachable", address=error.address, reason=error.reason)
        cosines = self._vectors @ query
        rows = np.arange(len(cosines)) if selection is None else np.flatnonzero(selection.rows)
        best = rows[np.argsort(-cosines[rows], kind="stable")[:limit]]
        return cosines[best], best

    def _selection(self, allowed: Mask, within: Filter) -> Selection:
        """The passages `allowed` as rows; for the array that was asked about before, the same answer."""
        with self._lock:
            known = self._selections.get(id(allowed))
            if known is not None:
                self._selections.move_to_end(id(allowed))
                return known[1]
            selection = Selection(allowed[self._owners], within)
            self._selections[id(allowed)] = (allowed, selection)  # held, so that its id stays its own
            if len(self._selections) > _SELECTIONS:
                self._selections.popitem(last=False)
            return selection

    def _best(self, cosines: Vectors, rows: Numbers, allowed: Mask | None, limit: int) -> list[Near]:
        """The first `limit` passages that `rows`, nearest first, belong to."""
        if allowed is not None:
            # A server filters by what it was told when it was filled; nothing is shown that may not be seen.
            seen = allowed[self._owners[rows]]
            cosines, rows = cosines[seen], rows[seen]
        _, first = np.unique(self._owners[rows], return_index=True)  # a passage's first row is its best
        first = np.sort(first)[:limit]
        rows = rows[first]
        owners, parts = self._owners[rows].tolist(), self._parts[rows].tolist()
        return [Near(*best) for best in zip(owners, cosines[first].tolist(), parts, strict=True)]


def _mapped(file: Path) -> npt.NDArray[Any]:
    array: npt.NDArray[Any] = np.load(file, mmap_mode="r")
    return array.view(np.ndarray)  # numpy's own class for mapped files is slow at taking single rows
