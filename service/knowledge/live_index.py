"""The index that answers now: the newest finished one, taken up without a restart."""

from __future__ import annotations

import threading
from pathlib import Path

import structlog

from retrieval.artifacts import Artifacts
from retrieval.encoder import Encoder
from retrieval.index import Index, IndexMismatchError, IndexMissingError
from retrieval.store import current_version

log = structlog.get_logger()


class LiveIndex:
    """Hands out the current index. A new version on disk is opened at the next question.

    The old one keeps answering until the new one is open, and also when the new one does not fit (built
    with another encoder, say): then the log says so once. Threads may share this object.
    """

    def __init__(self, root: Path, encoder: Encoder, artifacts: Artifacts) -> None:
        self._root = root
        self._encoder = encoder
        self._artifacts = artifacts
        self._lock = threading.Lock()
        self._index = Index.open(root, encoder=encoder, artifacts=artifacts)
        self._version = self._index.version

    def current(self) -> Index:
        version = self._version_on_disk()
        if version != self._version and self._lock.acquire(blocking=False):
            try:
                self._index = Index.open(self._root, encoder=self._encoder, artifacts=self._artifacts)
            except (IndexMismatchError, IndexMissingError) as error:
                log.error("index_not_taken_up", version=version, reason=str(error))
            finally:
                self._version = version
                self._lock.release()
        return self._index

    def _version_on_disk(self) -> str:
        return current_version(self._root) or self._version
