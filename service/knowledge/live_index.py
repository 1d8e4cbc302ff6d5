"""The index that answers now: the newest finished one, taken up without a restart."""

from __future__ import annotations

import threading
import time
import weakref
from pathlib import Path

import structlog

from retrieval.artifacts import Artifacts
from retrieval.encoder import Encoder
from retrieval.engines.engine import EngineUnreachableError
from retrieval.engines.server import MilvusServer
from retrieval.index import Index, IndexMismatchError, IndexMissingError
from retrieval.store import current_version

log = structlog.get_logger()

LOOK_EVERY = 0.1
"""Seconds between looks at which version is the live one."""
TRY_AGAIN = 10.0
"""Seconds until a version whose server did not answer is tried again."""


class LiveIndex:
    """Hands out the current index; no question waits for a new one.

    A thread looks for a new version on disk and opens it. The old one keeps answering until the new one is
    open, and also when the new one does not fit (built with another encoder, say): then the log says so once.
    Threads may share this object. The thread ends with `close`, or when nobody holds the object any more.
    """

    def __init__(
        self, root: Path, encoder: Encoder, artifacts: Artifacts, *, milvus: MilvusServer | None = None
    ) -> None:
        self._root = root
        self._encoder = encoder
        self._artifacts = artifacts
        self._milvus = milvus
        self._index = self._open()
        self._settled = self._index.version
        self._not_before = 0.0
        self._looking = threading.Lock()
        self._closed = threading.Event()
        self._watcher = threading.Thread(
            target=_watch, args=(weakref.ref(self), self._closed), name="live-index", daemon=True
        )
        self._watcher.start()

    def current(self) -> Index:
        return self._index

    def close(self) -> None:
        """Take up no more versions."""
        self._closed.set()
        self._watcher.join()

    def look(self) -> None:
        """Take up the version that is live on disk now, if it is another."""
        with self._looking:
            self._look()

    def _look(self) -> None:
        version = current_version(self._root)
        if version is None or version == self._settled or time.monotonic() < self._not_before:
            return
        try:
            self._index = self._open()
        except EngineUnreachableError as error:
            self._not_before = time.monotonic() + TRY_AGAIN
            log.error("index_not_reached", version=version, address=error.address, reason=error.reason)
            return
        except (IndexMismatchError, IndexMissingError, OSError) as error:
            log.error("index_not_taken_up", version=version, reason=str(error))
            self._settled = version
            return
        self._settled = self._index.version
        log.info("index_taken_up", version=self._settled)

    def _open(self) -> Index:
        return Index.open(self._root, encoder=self._encoder, artifacts=self._artifacts, milvus=self._milvus)


def _watch(of: weakref.ref[LiveIndex], closed: threading.Event) -> None:
    while not closed.wait(LOOK_EVERY):
        live = of()
        if live is None:
            return
        live.look()
        del live
