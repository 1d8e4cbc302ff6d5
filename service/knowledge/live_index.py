"""The index that answers now: the newest finished one, taken up without a restart."""

from __future__ import annotations

import threading
from pathlib import Path

from retrieval.encoder import Encoder
from retrieval.index import Index


class LiveIndex:
    """Hands out the current index. A new version on disk is opened at the next question.

    The old one keeps answering until the new one is open; threads may share this object.
    """

    def __init__(self, root: Path, encoder: Encoder) -> None:
        self._root = root
        self._encoder = encoder
        self._lock = threading.Lock()
        self._version = self._version_on_disk()
        self._index = Index.open(root, encoder=encoder)

    def current(self) -> Index:
        version = self._version_on_disk()
        if version != self._version and self._lock.acquire(blocking=False):
            try:
                self._index = Index.open(self._root, encoder=self._encoder)
                self._version = version
            finally:
                self._lock.release()
        return self._index

    def _version_on_disk(self) -> str:
        return (self._root / "current").read_text(encoding="utf-8").strip()
