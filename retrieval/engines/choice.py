"""Which engine serves an index."""

from functools import cache

from retrieval.engines.approximate import Approximate
from retrieval.engines.engine import VectorEngine
from retrieval.engines.flat import Flat
from retrieval.engines.milvus import Milvus
from retrieval.engines.server import MilvusServer

APPROXIMATE_FROM = 50_000
"""Vectors. Below, comparing all of them takes less than 5 ms on one thread and nothing can be missed
(measured 2026-11-25, docs/engines.md)."""


def choose_engine(vectors: int, milvus: MilvusServer | None = None) -> VectorEngine:
    """Milvus where it is configured, else in memory: exact, or approximate for `vectors` and more."""
    if milvus is not None:
        return _connected(milvus)
    return Approximate() if vectors >= APPROXIMATE_FROM else Flat()


@cache
def _connected(server: MilvusServer) -> Milvus:
    """One client for all versions of a process: connections are not given back when a version is."""
    return Milvus(server)
