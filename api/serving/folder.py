"""The data folder: made, checked for room, and held by one service at a time."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.serving.notices import StartFailure

FREE_AT_LEAST = 300 * 1024**2
"""Bytes for a model, an index and weeks of conversations; with less SQLite may stop in mid-day."""


@contextmanager
def held(folder: Path, parts: tuple[Path, ...]) -> Iterator[None]:
    """Make `folder` and its `parts` and hold it while the service runs. Raises StartFailure."""
    try:
        for part in (folder, *parts):
            part.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise unusable(folder, error) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(lock, 32, 0).decode(errors="replace").strip() or "?"
            raise StartFailure("folder_held", folder=folder, pid=holder) from error
        free = shutil.disk_usage(folder).free
        if free < FREE_AT_LEAST:
            raise StartFailure(
                "no_room", folder=folder, free=free // 1024**2, needed=FREE_AT_LEAST // 1024**2
            )
        try:
            os.ftruncate(lock, 0)
            os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            raise unusable(folder, error) from error
        yield
    finally:
        os.close(lock)


def unusable(path: Path, error: OSError) -> StartFailure:
    """Return the failure that says why `path` cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StartFailure("disk_full", folder=path)
    return StartFailure("folder_unusable", folder=path, reason=error.strerror or error)
