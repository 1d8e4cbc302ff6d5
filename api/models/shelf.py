"""The folder of models: which one is in use, which were before, what is known of each.

Every file is written beside its place and moved there in one step, so that a crash at any moment leaves
the folder as it was before or as it is meant to be.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from api.models.reports import Report, Stored

T = TypeVar("T", bound=BaseModel)

KEEP = 3
"""Models that have served and are kept, the one in use among them."""
SUFFIX = ".tar.gz"


class Choice(Stored):
    """Which model is in use. `inputs` names the model that the tree would make when this was chosen: while
    it still would, the choice stands. `served` are the models that were in use, the last one first."""

    model: str
    inputs: str
    served: tuple[str, ...]
    at: datetime


class Shelf:
    """The models in `folder`, by name (without suffix)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        return self._folder

    def path(self, name: str) -> Path:
        """Return where the model `name` lies or would lie."""
        return self._folder / f"{name}{SUFFIX}"

    def has(self, name: str) -> bool:
        return self.path(name).is_file()

    def names(self) -> list[str]:
        """Return the models that are there: those that served, the last one first, then the others, newest
        first."""
        choice = self.choice()
        served = list(choice.served) if choice else []
        there = sorted(self._folder.glob(f"union-*{SUFFIX}"), key=made_at, reverse=True)
        others = [name for file in there if (name := file.name.removesuffix(SUFFIX)) not in served]
        return [name for name in served if self.has(name)] + others

    def choice(self) -> Choice | None:
        """Return the choice that stands, or None where nothing was chosen or what was is gone."""
        choice = _read(Choice, self._folder / "active.json")
        return choice if choice is not None and self.has(choice.model) else None

    def choose(self, name: str, *, inputs: str, at: datetime) -> None:
        """Put the model `name` in use; a running service follows."""
        with self._held():
            before = self.choice()
            served = [
                other for other in (before.served if before else ()) if other != name and self.has(other)
            ]
            choice = Choice(model=name, inputs=inputs, served=(name, *served), at=at)
            _write(self._folder / "active.json", choice)

    def before(self) -> str | None:
        """Return the model that was in use before the one that is."""
        choice = self.choice()
        earlier = [name for name in choice.served[1:] if self.has(name)] if choice else []
        return earlier[0] if earlier else None

    def report(self, name: str) -> Report | None:
        """Return what is known of the model `name`."""
        return _read(Report, self._report(name))

    def keep_report(self, report: Report) -> None:
        _write(self._report(report.model), report)

    def add(self, made: Path) -> Path:
        """Move the file `made` here and return its place; what was known of one of its name is forgotten."""
        name = made.name.removesuffix(SUFFIX)
        with self._held():
            self._report(name).unlink(missing_ok=True)
            return made.replace(self.path(name))

    def tidy(self) -> None:
        """Delete models beyond the last `KEEP` that served and the newest one that did not."""
        with self._held():
            choice = self.choice()
            served = choice.served if choice else ()
            names = self.names()
            others = [name for name in names if name not in served]
            kept = {*[name for name in names if name in served][:KEEP], *others[:1]}
            for name in names:
                if name not in kept:
                    self.path(name).unlink()
            for report in self._folder.glob("union-*.json"):
                if report.stem not in kept:
                    report.unlink()

    def _report(self, name: str) -> Path:
        return self._folder / f"{name}.json"

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Keep other commands from changing the folder meanwhile."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _read(kind: type[T], file: Path) -> T | None:
    try:
        return kind.model_validate_json(file.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _write(file: Path, content: BaseModel) -> None:
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    with fresh.open("w", encoding="utf-8") as stream:
        stream.write(content.model_dump_json(indent=2))
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)


def made_at(model: Path) -> datetime:
    """Return when a model file was written."""
    return datetime.fromtimestamp(model.stat().st_mtime, UTC)
