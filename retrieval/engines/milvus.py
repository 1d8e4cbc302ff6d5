"""Search in a Milvus server, through pymilvus: for collections past what one machine should hold.

Every version is a collection of its own, so two versions never mix; the filter by scope and date is part of
the request, so that what may not be seen never uses up a place.
"""

from collections.abc import Callable, Collection
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.bm25 import Filter
from retrieval.encoder import Vectors
from retrieval.engines.engine import (
    EngineUnreachableError,
    Limits,
    Numbers,
    Rows,
    Selection,
    VectorsMissingError,
)
from retrieval.engines.server import MilvusServer

_MOST = 16_384
"""What a Milvus server returns at most for one search."""
_BATCH = 1_000
_PATIENCE = 5.0
_BUILD_PATIENCE = 600.0
_NO_END = date.max.toordinal()


class Milvus:
    """Keeps every version as a collection `<collection>_<version>`."""

    name = "milvus"

    def __init__(self, server: MilvusServer) -> None:
        self._server = server
        self.uri = server.uri
        self.identity = f"milvus {server.uri} {server.collection}"

    def write(self, rows: Rows, version: str, folder: Path) -> None:
        del folder
        name = self._name(version)
        self._ask(self._client.drop_collection, name, timeout=_BUILD_PATIENCE)
        self._create(name, rows.vectors.shape[1])
        for start in range(0, len(rows.vectors), _BATCH):
            batch = [_record(rows, row) for row in range(start, min(start + _BATCH, len(rows.vectors)))]
            self._ask(self._client.insert, name, batch, timeout=_BUILD_PATIENCE)
        self._ask(self._client.flush, name, timeout=_BUILD_PATIENCE)
        self._ask(self._client.load_collection, name, timeout=_BUILD_PATIENCE)

    def holds(self, version: str, rows: int) -> bool:
        name = self._name(version)
        if not self._ask(self._client.has_collection, name, timeout=_PATIENCE):
            return False
        self._ask(self._client.load_collection, name, timeout=_PATIENCE)
        counted = self._ask(
            self._client.query,
            name,
            output_fields=["count(*)"],
            consistency_level="Strong",
            timeout=_PATIENCE,
        )
        return int(counted[0]["count(*)"]) == rows

    def open(self, vectors: Vectors, version: str, folder: Path) -> "MilvusSearch":
        del folder
        if not self.holds(version, len(vectors)):
            raise VectorsMissingError(version)
        return MilvusSearch(self, self._name(version))

    def keep(self, versions: Collection[str]) -> None:
        kept = {self._name(version) for version in versions}
        for name in self._ask(self._client.list_collections, timeout=_PATIENCE):
            owner, _, _ = name.rpartition("_")  # a version has no _ in it
            if owner == self._server.collection and name not in kept:
                self._ask(self._client.drop_collection, name, timeout=_PATIENCE)

    def search(self, name: str, query: Vectors, limit: int, expression: str) -> tuple[Vectors, Numbers]:
        """Cosines and rows of the `limit` nearest in collection `name` for which `expression` holds."""
        (hits,) = self._ask(
            self._client.search,
            name,
            [query.tolist()],
            filter=expression,
            limit=limit,
            output_fields=["row"],
            search_params={"metric_type": "IP"},
            # All of it was counted when it was opened, and nothing is written to it afterwards.
            consistency_level="Eventually",
            timeout=_PATIENCE,
        )
        cosines = np.array([hit["distance"] for hit in hits], dtype=np.float32)
        return cosines, np.array([hit["row"] for hit in hits], dtype=np.int64)

    @cached_property
    def _client(self) -> Any:
        from pymilvus import MilvusClient  # takes most of a second: only where Milvus is used

        return self._ask(MilvusClient, self.uri, token=self._server.token, timeout=_PATIENCE)

    def _create(self, name: str, dimensions: int) -> None:
        from pymilvus import DataType

        schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("row", DataType.INT64, is_primary=True)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimensions)
        schema.add_field("scope", DataType.VARCHAR, max_length=1024)
        schema.add_field("starts", DataType.INT64)
        schema.add_field("ends", DataType.INT64)
        index = self._client.prepare_index_params()
        index.add_index("vector", index_type="AUTOINDEX", metric_type="IP")
        self._ask(
            self._client.create_collection,
            name,
            schema=schema,
            index_params=index,
            timeout=_BUILD_PATIENCE,
        )

    def _name(self, version: str) -> str:
        return f"{self._server.collection}_{version}"

    def _ask(self, request: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        from pymilvus.exceptions import MilvusException

        try:
            return request(*arguments, **options)
        except MilvusException as error:
            raise EngineUnreachableError(self.uri, error.message) from error


class MilvusSearch:
    """One version's collection."""

    most = _MOST

    def __init__(self, milvus: Milvus, name: str) -> None:
        self._milvus = milvus
        self._name = name

    def nearest(self, query: Vectors, limit: int, selection: Selection | None) -> tuple[Vectors, Numbers]:
        expression = "" if selection is None else within_expression(selection.within)
        return self._milvus.search(self._name, query, limit, expression)


def within_expression(within: Filter) -> str:
    """The filter in Milvus's language; empty when it lets everything through."""
    clauses = []
    if within.scopes is not None:
        clauses.append(f"scope in [{', '.join(_quoted(scope) for scope in within.scopes)}]")
    if within.day is not None:
        day = within.day.toordinal()
        clauses.append(f"starts <= {day} and ends >= {day}")
    return " and ".join(clauses)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _record(rows: Rows, row: int) -> dict[str, Any]:
    limits: Limits = rows.limits[int(rows.owners[row])]
    return {
        "row": row,
        "vector": rows.vectors[row],
        "scope": limits.scope,
        "starts": limits.effective_from.toordinal(),
        "ends": limits.effective_to.toordinal() if limits.effective_to else _NO_END,
    }
