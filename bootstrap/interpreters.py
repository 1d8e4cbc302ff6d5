"""Finds the two Python interpreters: 3.10 for Rasa, 3.11 or newer for everything else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bootstrap.messages import Failure

# Base interpreter rather than sys.executable: an environment made from a virtual environment dies with it.
PROBE = (
    "import importlib.util as u, sys; v = sys.version_info; "
    "print(*v[:3], int(bool(u.find_spec('ensurepip'))), getattr(sys, '_base_executable', sys.executable))"
)
PRODUCT_MINORS = (11, 12, 13)  # in order of preference; 3.11 is what the tests run on


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that really runs."""

    path: Path
    version: tuple[int, int, int]
    has_ensurepip: bool  # false on a Debian without python3-venv

    @property
    def label(self) -> str:
        return ".".join(str(part) for part in self.version)


def probe(path: str | Path) -> Interpreter | None:
    """Run `path` and ask what it is; None when it does not run (a pyenv shim may exist and not run)."""
    try:
        answer = subprocess.run(
            [str(path), "-I", "-c", PROBE], capture_output=True, text=True, timeout=30, check=True
        ).stdout.split(maxsplit=4)
        major, minor, micro, ensurepip, base = answer
        return Interpreter(Path(base.strip()), (int(major), int(minor), int(micro)), ensurepip == "1")
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def pyenv_pythons(minor: int, env: Mapping[str, str]) -> Iterator[Path]:
    """Yield pyenv's interpreters of 3.`minor`, newest first."""
    root = env.get("PYENV_ROOT")
    if not root:
        try:
            root = subprocess.run(
                ["pyenv", "root"], capture_output=True, text=True, timeout=30, check=True, env=dict(env)
            ).stdout.strip()
        except (OSError, subprocess.SubprocessError):
            root = str(Path(env.get("HOME", "/")) / ".pyenv")

    def patch(path: Path) -> int:
        last = path.name.rsplit(".", 1)[-1]
        return int(last) if last.isdecimal() else -1

    for version in sorted(Path(root).glob(f"versions/3.{minor}.*"), key=patch, reverse=True):
        yield version / "bin" / f"python3.{minor}"


def path_pythons(minor: int, env: Mapping[str, str]) -> Iterator[Path]:
    """Yield every `python3.<minor>` on the PATH, not only the first."""
    for folder in env.get("PATH", "").split(os.pathsep):
        candidate = Path(folder) / f"python3.{minor}"
        if folder and os.access(candidate, os.X_OK):
            yield candidate


def _first(minor: int, candidates: Iterator[Path]) -> Interpreter | None:
    for candidate in candidates:
        found = probe(candidate)
        if found and found.version[:2] == (3, minor):
            return found
    return None


def _named(variable: str, minors: tuple[int, ...], env: Mapping[str, str]) -> Interpreter | None:
    """Return the interpreter a variable names. Raises Failure when it is not what it should be."""
    path = env.get(variable)
    if not path:
        return None
    found = probe(path)
    if found is None:
        raise Failure("named_python_does_not_run", variable=variable, path=path)
    if found.version[0] != 3 or found.version[1] not in minors:
        wanted = " / ".join(f"3.{minor}" for minor in minors)
        raise Failure("named_python_is_wrong", variable=variable, path=path, found=found.label, wanted=wanted)
    return found


def find_product_python(env: Mapping[str, str]) -> Interpreter:
    """Return the interpreter of the product: UA_PYTHON311, else the nearest 3.11, else a newer one that runs.

    One that can make an environment with pip comes before one that cannot.
    """
    named = _named("UA_PYTHON311", PRODUCT_MINORS, env)
    if named:
        return named
    own = probe(sys.executable)
    without_pip: Interpreter | None = None
    for minor in PRODUCT_MINORS:
        if own and own.version[1] == minor and own.has_ensurepip:
            return own
        for candidates in (path_pythons(minor, env), pyenv_pythons(minor, env)):
            found = _first(minor, candidates)
            if found and found.has_ensurepip:
                return found
            without_pip = without_pip or found
    if without_pip or own:
        return without_pip or own  # type: ignore[return-value]  # one of them is there
    raise Failure("no_product_python")


def find_bot_python(env: Mapping[str, str], *, managed: Iterator[Path]) -> Interpreter:
    """Return a Python 3.10 for Rasa: UA_PYTHON310, pyenv's, one on the PATH that runs, else `managed`.

    `managed` is asked last, because it may download an interpreter. Raises Failure when there is none.
    """
    named = _named("UA_PYTHON310", (10,), env)
    if named:
        return named
    for candidates in (pyenv_pythons(10, env), path_pythons(10, env), managed):
        found = _first(10, candidates)
        if found:
            return found
    raise Failure("no_bot_python")
