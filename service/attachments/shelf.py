"""The shelf: the bytes of attachments, sealed, a file each in the data folder."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from service.privacy.sealing import Sealer

PART = ".part"


class Shelf:
    """Keeps contents under the ids of their attachments. Threads and processes may share the folder.

    A content is there whole or not at all: it is written under another name first.
    """

    def __init__(self, folder: Path, sealer: Sealer) -> None:
        self._folder = folder
        self._sealer = sealer

    def put(self, attachment_id: str, content: bytes) -> None:
        """Keep a content. Raises OSError where the disk takes no more."""
        place = self._place(attachment_id)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = place.with_name(f"{attachment_id}.{secrets.token_hex(4)}{PART}")
        try:
            part.touch(mode=0o600, exist_ok=False)
            with part.open("wb") as file:
                file.write(self._sealer.seal_bytes(content))
                file.flush()
                os.fsync(file.fileno())
            part.replace(place)
        except OSError:
            part.unlink(missing_ok=True)
            raise

    def get(self, attachment_id: str) -> bytes | None:
        """Return a content, None where there is none. Raises SealBroken for one of another deployment."""
        try:
            return self._sealer.open_bytes(self._place(attachment_id).read_bytes())
        except FileNotFoundError:
            return None

    def drop(self, attachment_ids: Iterable[str]) -> None:
        for attachment_id in attachment_ids:
            self._place(attachment_id).unlink(missing_ok=True)

    def older_than(self, before: datetime) -> Iterator[str]:
        """Yield the ids of contents written before a moment; half-written files of then are removed."""
        for path in self._folder.glob("??/*"):
            try:
                written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            except FileNotFoundError:
                continue
            if written >= before:
                continue
            if path.suffix == PART:
                path.unlink(missing_ok=True)
            else:
                yield path.name

    def _place(self, attachment_id: str) -> Path:
        return self._folder / attachment_id[:2] / attachment_id
