"""Search over compressed vectors in memory, the best compared again exactly (FAISS, product quantisation).

Two dimensions become four bits, so that a million vectors of 256 dimensions are 64 MB and are read through
in milliseconds; some hundreds of the best are then compared with their own vectors, mapped from disk.
"""

import mmap
from collections.abc import Collection
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from retrieval.encoder import Vectors
from retrieval.engines.engine import Numbers, Rows, Selection, VectorsMissingError
from retrieval.engines.flat import faiss_selector, found

_FILE = "codes.faiss"
_TRAINED_ON = 65_536
_LEAST = 64
"""FAISS wants more to learn from than there are codes; fewer vectors are then learned from repeatedly."""
_BATCH = 65_536
_SEED = 20261125
_COMPARED_AGAIN = 1_000
"""At least so many; measured (docs/engines.md): the ten nearest are among them at every size tried."""
_COMPARED_AGAIN_EACH = 2


class Approximate:
    """Compressed codes in a file of the version, beside the vectors they were made from."""

    name = "approximate"
    identity = "approximate pq4"

    def write(self, rows: Rows, version: str, folder: Path) -> None:
        del version
        total, dimensions = rows.vectors.shape
        rng = np.random.default_rng(_SEED)
        sample = np.sort(rng.choice(total, min(total, _TRAINED_ON), replace=False))
        # One list: FAISS takes a selection only in its list form of this index.
        index: Any = faiss.index_factory(
            dimensions, f"IVF1,PQ{-(-dimensions // 2)}x4fs", faiss.METRIC_INNER_PRODUCT
        )
        index.by_residual = False
        index.train(np.resize(rows.vectors[sample], (max(len(sample), _LEAST), dimensions)))
        for start in range(0, total, _BATCH):
            index.add(np.asarray(rows.vectors[start : start + _BATCH]))
        faiss.write_index(index, str(folder / _FILE))

    def holds(self, version: str, rows: int) -> bool:
        del version, rows
        return True

    def open(self, vectors: Vectors, version: str, folder: Path) -> "ApproximateSearch":
        try:
            index = faiss.read_index(str(folder / _FILE))
        except RuntimeError as error:
            raise VectorsMissingError(version) from error
        return ApproximateSearch(index, vectors)

    def keep(self, versions: Collection[str]) -> None:
        del versions


class ApproximateSearch:
    """Codes in memory, vectors wherever they are."""

    def __init__(self, index: Any, vectors: Vectors) -> None:
        self._index = index
        self._vectors = vectors
        self.most = int(index.ntotal)
        _read_ahead(vectors)

    def nearest(self, query: Vectors, limit: int, selection: Selection | None) -> tuple[Vectors, Numbers]:
        parameters = faiss.SearchParametersIVF()
        if selection is not None:
            parameters.sel = faiss_selector(selection)
        compared = min(self.most, max(_COMPARED_AGAIN, _COMPARED_AGAIN_EACH * limit))
        _, rows = found(*self._index.search(query[None, :], compared, params=parameters))
        cosines = self._vectors[rows] @ query
        best = np.argsort(-cosines, kind="stable")[:limit]
        return cosines[best], rows[best]


def _read_ahead(vectors: Vectors) -> None:
    """Ask for a mapped file's pages, so that the first questions do not wait for the disk."""
    base: Any = vectors
    while base is not None and not isinstance(base, mmap.mmap):
        base = base.base if isinstance(base, np.ndarray) else getattr(base, "obj", None)
    if base is not None:
        base.madvise(mmap.MADV_WILLNEED)
