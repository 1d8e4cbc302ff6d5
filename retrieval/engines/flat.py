"""Exact search: every vector is compared (FAISS, inner product)."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import faiss

from retrieval.encoder import Vectors
from retrieval.engines.engine import Numbers, Rows, Selection


class Flat:
    """Exact search in memory. It keeps no file of its own: the vectors of the version are all it needs."""

    name = "flat"
    identity = "flat"

    def write(self, rows: Rows, version: str, folder: Path) -> None:
        del rows, version, folder

    def holds(self, version: str, rows: int) -> bool:
        del version, rows
        return True

    def open(self, vectors: Vectors, version: str, folder: Path) -> "FlatSearch":
        del version, folder
        return FlatSearch(vectors)

    def keep(self, versions: Collection[str]) -> None:
        del versions


class FlatSearch:
    """All vectors in memory."""

    def __init__(self, vectors: Vectors) -> None:
        self._index: Any = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)
        self.most = int(self._index.ntotal)

    def nearest(self, query: Vectors, limit: int, selection: Selection | None) -> tuple[Vectors, Numbers]:
        parameters = None
        if selection is not None:
            parameters = faiss.SearchParameters()
            parameters.sel = faiss_selector(selection)
        return found(*self._index.search(query[None, :], limit, params=parameters))


def faiss_selector(selection: Selection) -> Any:
    """The selection as FAISS takes it; it reads `selection.bits`, which must outlive it."""
    return faiss.IDSelectorBitmap(len(selection.bits), faiss.swig_ptr(selection.bits))


def found(cosines: Vectors, rows: Numbers) -> tuple[Vectors, Numbers]:
    """The first line of a FAISS answer, without the places that stayed empty."""
    there = rows[0] >= 0
    return cosines[0][there], rows[0][there]
