"""Which steps are done.

A stamp holds the hash of everything a step depended on and is written only after the step succeeded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest(*parts: str | Path) -> str:
    """Return a hash over strings and over files by name and content; a missing file counts as such."""
    hasher = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            content = part.read_bytes() if part.is_file() else b"missing"
            block = b"file\0" + part.name.encode() + b"\0" + content
        else:
            block = b"text\0" + part.encode()
        hasher.update(len(block).to_bytes(8, "big") + block)
    return hasher.hexdigest()


def tree(folder: Path, *, without: Iterable[str]) -> list[str | Path]:
    """List every file under `folder` with its relative name, for `digest`, `without` some top-level names."""
    skipped = set(without)
    parts: list[str | Path] = []
    for top in sorted(folder.iterdir()):
        if top.name in skipped:
            continue
        files = [top] if top.is_file() else sorted(path for path in top.rglob("*") if path.is_file())
        for file in files:
            parts += [str(file.relative_to(folder)), file]
    return parts


class Stamps:
    """The stamps of one checkout. A step that began and did not finish is known as interrupted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def done(self, step: str, wanted: str, *, proofs: Iterable[Path]) -> bool:
        """Tell whether `step` succeeded with these inputs and what it made is still there."""
        return self.read(step) == wanted and all(proof.exists() for proof in proofs)

    def read(self, step: str) -> str | None:
        try:
            return (self._folder / step).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def begin(self, step: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        started = self._folder / f"{step}.started"
        started.write_text("again" if started.exists() else "first", encoding="utf-8")
        (self._folder / step).unlink(missing_ok=True)

    def finish(self, step: str, digest_: str) -> None:
        pending = self._folder / f"{step}.new"
        pending.write_text(digest_, encoding="utf-8")
        pending.replace(self._folder / step)
        (self._folder / f"{step}.started").unlink(missing_ok=True)

    def interrupted(self, step: str) -> bool:
        """Tell, while `step` is done, whether an earlier try was cut off: its work cannot be trusted."""
        return (self._folder / f"{step}.started").read_text(encoding="utf-8") == "again"
