"""One checkout: where its parts are. Nothing is written outside it but uv's, pip's and npm's own caches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Checkout:
    """The folders bootstrap reads and makes."""

    root: Path
    env: Mapping[str, str]

    @property
    def requirements(self) -> Path:
        return self.root / "requirements"

    @property
    def bootstrap(self) -> Path:
        return self.root / ".bootstrap"

    @property
    def tools(self) -> Path:
        return self.bootstrap / "tools"

    @property
    def shims(self) -> Path:
        """`node`, `npm` and `npx` of this checkout, for the Makefile."""
        return self.bootstrap / "bin"

    @property
    def product(self) -> Path:
        return self.root / ".venv"

    @property
    def bot(self) -> Path:
        return self.root / ".venv-bot"

    @property
    def web(self) -> Path:
        return self.root / "web"

    @property
    def log(self) -> Path:
        data = self.root / self.env.get("UA_DATA_DIR", "var")
        return data / "logs" / "bootstrap.log"


def pinned(requirements: Path, name: str) -> str:
    """Return the line of a requirements file that pins `name`, such as `uv==1.2.3`."""
    for line in requirements.read_text(encoding="utf-8").splitlines():
        if line.partition("==")[0].strip() == name:
            return line.strip()
    raise KeyError(f"{requirements}: no {name}==…")
