"""The Rasa model: trained when what it is made from changed, named by the hash of that."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from api.serving.child import Child, Log

SUFFIXES = {".yml", ".yaml", ".py", ".txt", ".md", ".tsv", ".csv", ".json"}
SEARCH_ONLY = ("synonyms.txt", "homophones.txt")
"""Word lists that only search reads: no model depends on them."""
SERVING_ONLY = ("nlu_data/heldout", "bot/judging", "bot/channels", "bot/credentials.yml", "bot/endpoints.yml")
"""What judges and serves a model: none is learned from it."""
ABANDONED = 3600.0
"""Seconds after which a training's folder cannot be anyone's work any more: it was killed."""


class Training:
    """Trains with the programs of `home`, in a folder of its own inside `models`."""

    def __init__(self, home: Path, *, models: Path, log: Path, env: Mapping[str, str]) -> None:
        self._home = home
        self._models = models
        self._env = env
        self.log = log

    @asynccontextmanager
    async def trained(self) -> AsyncIterator[Path | None]:
        """Train; yield the model, or None when Rasa made none (the log has its words).

        What is not moved away while the block lasts is deleted.
        """
        self._models.mkdir(parents=True, exist_ok=True)
        for left in self._models.glob(".training-*"):
            if time.time() - left.stat().st_mtime > ABANDONED:
                shutil.rmtree(left, ignore_errors=True)
        place = Path(tempfile.mkdtemp(prefix=".training-", dir=self._models))
        try:
            name = self.name()
            self.log.unlink(missing_ok=True)
            status = await run_to_end(
                self._command(place, name),
                home=self._home,
                # A cached component does not see a new dictionary.
                env={**self._env, "RASA_MAX_CACHE_SIZE": "0"},
                log=Log(self.log),
            )
            made = place / f"{name}.tar.gz"
            yield made if status == 0 and made.exists() else None
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def _command(self, place: Path, name: str) -> list[str]:
        data = ["--data", "nlu_data", "bot/rules", "bot/stories"]
        made = ["--out", str(place), "--fixed-model-name", name, "--force"]
        rasa = [str(bot_python(self._home)), "-m", "rasa", "train"]
        return [*rasa, "--config", "config.yml", "--domain", "bot/domain", *data, *made]

    def name(self) -> str:
        """Return the name of the model that the tree would make now."""
        hasher = hashlib.sha256()
        for file in self._inputs():
            hasher.update(f"{file.relative_to(self._home)}\0".encode())
            content = _front(file) if file.suffix == ".md" else file.read_bytes()
            hasher.update(hashlib.sha256(content).digest())
        return f"union-{hasher.hexdigest()[:16]}"

    def _inputs(self) -> Iterator[Path]:
        """Yield, in a fixed order, every file the model depends on."""
        not_trained_on = {self._home / "nlu_data" / "lexicon" / name for name in SEARCH_ONLY}
        yield self._home / "config.yml"
        yield self._home / "requirements" / "bot.txt"
        apart = {self._home / part for part in SERVING_ONLY}
        for folder in ("bot", "language", "nlu_data", "knowledge_base/cards"):
            for file in sorted((self._home / folder).rglob("*")):
                if file.suffix not in SUFFIXES or file in not_trained_on or apart & {file, *file.parents}:
                    continue
                if file.is_file():
                    yield file


async def run_to_end(command: Sequence[str], *, home: Path, env: Mapping[str, str], log: Log) -> int:
    """Run a program of Rasa's environment in `home` and return its exit status. Cancelled, it ends too."""
    child = await Child.start(command, python=bot_python(home), env=env, cwd=home, log=log)
    try:
        return await child.wait()
    finally:
        await asyncio.shield(child.stop(grace=2.0))


def bot_python(home: Path) -> Path:
    """Return the interpreter of Rasa's environment."""
    return home / ".venv-bot" / "bin" / "python"


def _front(card: Path) -> bytes:
    """Return what the dialogue reads of a card: its front matter. A reworded answer trains nothing anew."""
    return card.read_bytes().partition(b"\n---\n")[0]
