"""What every vector engine does, and what it is given."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from retrieval.bm25 import Filter
from retrieval.encoder import Vectors

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


class EngineError(Exception):
    """An engine could not do what it was asked.

    EngineError
    ├── EngineUnreachableError   its server does not answer
    └── VectorsMissingError      it does not have that version, or not all of it
    """


class EngineUnreachableError(EngineError):
    """The server at `address` does not answer; `reason` is what the client said."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"{address}: {reason}")
        self.address = address
        self.reason = reason


class VectorsMissingError(EngineError):
    """The vectors of `version` are not there, or not all of them."""

    def __init__(self, version: str) -> None:
        super().__init__(f"no vectors of version {version}, or not all of them")


@dataclass(frozen=True, slots=True)
class Limits:
    """Who may find a passage, and when: what a filter on the server looks at."""

    scope: str
    effective_from: date
    effective_to: date | None


@dataclass(frozen=True, slots=True)
class Rows:
    """All vectors of an index: row n of `vectors` [n, d], of length 1, belongs to passage `owners[n]`.

    `limits` are by passage.
    """

    vectors: Vectors
    owners: npt.NDArray[np.int32]
    limits: Sequence[Limits]


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows that may be found, said twice: as an array over rows, and as the filter it comes from."""

    rows: Mask
    within: Filter
    bits: npt.NDArray[np.uint8] = field(init=False)
    """`rows` packed as FAISS reads it."""
    share: float = field(init=False)
    """The part of all rows that may be found, 0 to 1."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "bits", np.packbits(self.rows, bitorder="little"))
        object.__setattr__(self, "share", float(self.rows.mean()) if len(self.rows) else 0.0)


class VectorSearch(Protocol):
    """The vectors of one version, open for search from several threads."""

    most: int
    """The largest `limit` that may be asked for."""

    def nearest(self, query: Vectors, limit: int, selection: Selection | None) -> tuple[Vectors, Numbers]:
        """Cosines, falling, and rows of the `limit` vectors nearest to `query` [d], fewer when there are
        no more; only selected ones.

        Raises:
            EngineUnreachableError: a server does not answer.
        """


class VectorEngine(Protocol):
    """Keeps vectors by version. Files go into the version's folder; a server keeps a collection for each."""

    name: str
    """Stands in the version's manifest: a version is opened by the engine that wrote it."""
    identity: str
    """Goes into the version: another identity is another version, built anew."""

    def write(self, rows: Rows, version: str, folder: Path) -> None:
        """Keep `rows` as `version`; whatever an unfinished write left under that name is replaced."""

    def holds(self, version: str, rows: int) -> bool:
        """Whether what is kept of `version` outside its folder is there, all `rows` of it."""

    def open(self, vectors: Vectors, version: str, folder: Path) -> VectorSearch:
        """`version`, ready for search; `vectors` [n, d] are the rows it was written with.

        Raises:
            VectorsMissingError: it is not there or not complete.
            EngineUnreachableError: a server does not answer.
        """

    def keep(self, versions: Collection[str]) -> None:
        """Forget every other version that is kept outside the version folders."""
