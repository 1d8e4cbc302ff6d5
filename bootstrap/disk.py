"""Room on the disk, asked for before anything is downloaded."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from bootstrap.messages import Failure

GIGABYTE = 1024**3
# Megabytes each step writes the first time, the download included; measured, then rounded up.
NEEDS = {"tools": 250, "product": 2700, "bot": 2600, "node": 150, "web-modules": 500, "web-build": 50}


def check(folder: Path, steps: Iterable[str]) -> None:
    """Raise Failure when the disk under `folder` has less room than `steps` need."""
    needed = sum(NEEDS.get(step, 0) for step in steps) * 1024**2
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Failure(
            "no_room", folder=folder, free=f"{free / GIGABYTE:.1f}", needed=f"{needed / GIGABYTE:.1f}"
        )
