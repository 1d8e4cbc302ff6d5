"""Where the pipeline's code and lexicon lie, and a hash of them for Rasa's training cache.

Rasa decides whether a trained part can be reused from the component's own source, its settings and its
input. It does not see a dictionary that was edited, nor the modules a component imports. Every component
here therefore adds `contents_hash` to its fingerprint, so that a changed word or a changed line trains again.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = (ROOT / "bot" / "components", ROOT / "language")


def located(path: str) -> Path:
    """Return `path` itself when absolute, else below the root of the checkout."""
    return ROOT / path


def contents_hash(*paths: Path) -> str:
    """Return one hash over the names and contents of these files, and of the files in these folders."""
    digest = hashlib.sha256()
    for file in sorted(_files(paths)):
        digest.update(f"{file.name}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            yield from (file for file in path.rglob("*") if file.suffix in {".py", ".txt", ".jsonl", ".md"})
        else:
            yield path
