"""The two environments, each exactly what its compiled requirements say."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from bootstrap.checkout import Checkout, pinned
from bootstrap.commands import Runner
from bootstrap.interpreters import Interpreter, probe
from bootstrap.messages import Failure


class Environments:
    """Makes `.venv` and `.venv-bot` with uv."""

    def __init__(self, checkout: Checkout, run: Runner, *, links: list[str]) -> None:
        self._checkout = checkout
        self._run = run
        self._uv = checkout.tools / "bin" / "uv"
        self._links = links

    def create(self, folder: Path, python: Interpreter, *, anew: bool) -> None:
        """Make the environment `folder`; one that is there, of the right Python and whole, is kept."""
        there = probe(folder / "bin" / "python")
        if not anew and there and there.version == python.version and _home(folder) == python.path.parent:
            return
        self._run.run([self._uv, "venv", "--clear", "--python", python.path, folder], doing=folder.name)

    def sync(self, folder: Path, *requirements: Path) -> None:
        """Install what `requirements` pins, and remove everything else.

        Compiled to bytecode at once: importing Rasa takes 5 seconds with it and 13 without, and where the
        environment forbids Python to write it, it would be without at every start.
        """
        sync: list[str | Path] = [
            self._uv,
            "pip",
            "sync",
            "--compile-bytecode",
            "--python",
            folder / "bin" / "python",
        ]
        self._run.run([*sync, *requirements], doing=requirements[-1].name)

    def install_torch(self) -> None:
        """Install PyTorch alone: from pip's find-links if a wheel is there, else uv's CPU build."""
        wanted = pinned(self._checkout.requirements / "torch.txt", "torch")
        python = self._checkout.product / "bin" / "python"
        install: list[str | Path] = [self._uv, "pip", "install", "--python", python, "--no-deps"]
        for place in self._links:
            # --offline would also forbid a find-links page; --no-index leaves only that place.
            if self._run.succeeds([*install, "--no-index", "--find-links", place, wanted]):
                return
        try:
            self._run.run([*install, "--torch-backend", "cpu", wanted], doing=wanted)
        except Failure as failure:
            if failure.key in ("no_network", "no_version"):
                raise Failure("no_torch", wanted=wanted, log=self._run.log) from failure
            raise

    def install_project(self) -> None:
        """Install this checkout itself, editable, so that its command exists."""
        python = self._checkout.product / "bin" / "python"
        self._run.run(
            [self._uv, "pip", "install", "--python", python, "--no-deps", "--editable", self._checkout.root],
            doing="union-assistant",
        )

    def managed_bot_python(self) -> Iterator[Path]:
        """Yield a Python 3.10 that uv has, or downloads when it can."""
        if self._run.succeeds([self._uv, "python", "install", "--no-bin", "3.10"]):
            yield from _uv_pythons(self._uv, self._run.env)


def _uv_pythons(uv: Path, env: Mapping[str, str]) -> Iterator[Path]:
    answer = subprocess.run(
        [uv, "python", "find", "--managed-python", "3.10"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=dict(env),
    )
    if answer.returncode == 0:
        yield Path(answer.stdout.strip())


def _home(folder: Path) -> Path | None:
    """Return the folder of the interpreter an environment was made from."""
    try:
        for line in (folder / "pyvenv.cfg").read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition("=")
            if key.strip() == "home":
                return Path(value.strip())
    except FileNotFoundError:
        pass
    return None
