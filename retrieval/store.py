"""Versions of an index on disk: written beside the live one, swapped in one step, never changed afterwards.

    root/current            the live version's name
    root/previous           the one before it, kept for whoever still reads it
    root/<version>/         one finished version
    root/.building-…/       one being written; left over after a crash, removed by the next build

A version may have vectors outside its folder (in Milvus): they are written before the folder gets its name
and removed after it is gone from `current` and `previous`.

A crash at any moment leaves `current` naming a finished version: a version gets its name only when all its
files are on disk, and `current` is replaced, not written.
"""

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

_CURRENT = "current"
_PREVIOUS = "previous"
_MANIFEST = "manifest.json"
_BUILDING = ".building-"
_SYNCED_AT_ONCE = 16


class IndexMissingError(Exception):
    """There is no index below the root yet, or none that is whole."""


def current_version(root: Path) -> str | None:
    """The name of the live version, None before the first build."""
    try:
        return (root / _CURRENT).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def live_folder(root: Path) -> Path | None:
    """The live version's folder; None before the first build and when it is not whole."""
    version = current_version(root)
    if version is None or not is_whole(root / version):
        return None
    return root / version


def publish(
    root: Path,
    version: str,
    write: Callable[[Path], dict[str, Any]],
    *,
    complete: Callable[[Path], None] = lambda folder: None,
    keep: Callable[[Collection[str]], None] = lambda versions: None,
) -> None:
    """Make `version` the live one, calling `write(folder)` to fill it unless it is already there and whole.

    `write` returns what the manifest should say. What a version has outside its folder, `complete(folder)`
    puts right when the folder is there already, and `keep(versions)` removes for all others. Builders wait
    for each other; readers never wait.
    """
    root.mkdir(parents=True, exist_ok=True)
    with _only_builder(root):
        _sweep(root)
        target = root / version
        if is_whole(target):
            complete(target)
        else:
            shutil.rmtree(target, ignore_errors=True)
            folder = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=root))
            manifest = write(folder)
            manifest["files"] = {name: (folder / name).stat().st_size for name in _files(folder)}
            (folder / _MANIFEST).write_text(
                json.dumps(manifest, ensure_ascii=False, indent=2), encoding="utf-8"
            )
            _to_disk(folder)
            folder.rename(target)
        live = current_version(root)
        if live != version:
            if live is not None:
                _replace(root / _PREVIOUS, live)
            _replace(root / _CURRENT, version)
        kept = _kept(root)
        _prune(root, kept)
        keep(kept)


def is_whole(folder: Path) -> bool:
    """Whether every file the manifest names is there with its size."""
    try:
        files = read_manifest(folder)["files"]
        return all((folder / name).stat().st_size == size for name, size in files.items())
    except (OSError, ValueError, KeyError, AttributeError):
        return False


def read_manifest(folder: Path) -> dict[str, Any]:
    """What `publish` wrote about a version."""
    manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    return manifest


@contextlib.contextmanager
def _only_builder(root: Path) -> Iterator[None]:
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sweep(root: Path) -> None:
    """Remove what a killed build left; holding the lock, nobody else is building."""
    for left in root.glob(f"{_BUILDING}*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink()


def _kept(root: Path) -> set[str]:
    files = [root / _CURRENT, root / _PREVIOUS]
    return {file.read_text(encoding="utf-8").strip() for file in files if file.exists()}


def _prune(root: Path, kept: Collection[str]) -> None:
    for folder in root.iterdir():
        if folder.is_dir() and folder.name not in kept and (folder / _MANIFEST).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _files(folder: Path) -> list[str]:
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def _replace(file: Path, content: str) -> None:
    beside = file.with_name(f"{_BUILDING}{file.name}.new")
    beside.write_text(content, encoding="utf-8")
    _sync(beside)
    beside.replace(file)
    _sync(file.parent)


def _to_disk(folder: Path) -> None:
    """Force everything in `folder` to disk: side by side, since on a busy disk each waits for all others."""
    with ThreadPoolExecutor(_SYNCED_AT_ONCE) as pool:
        list(pool.map(_sync, folder.rglob("*")))
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
