"""The Rasa model: trained when what it is made from changed, named by the hash of that."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from api.serving.child import Child, Log

SUFFIXES = {".yml", ".yaml", ".py", ".txt", ".md", ".tsv", ".csv", ".json"}
SEARCH_ONLY = ("synonyms.txt", "homophones.txt")
"""Word lists that only search reads: no model depends on them."""
KEEP = 2
ABANDONED = 3600.0
"""Seconds after which a training's folder cannot be anyone's work any more: it was killed."""


@dataclass(frozen=True, slots=True)
class Trained:
    """The model to serve. `failed` is set when it is an older one, because training did not succeed."""

    model: Path
    failed: bool = False


class TrainingFailed(Exception):
    """Rasa did not produce a model, and there is no older one. `log` has its words."""

    def __init__(self, log: Path) -> None:
        super().__init__(str(log))
        self.log = log


class Training:
    """Trains with the programs of `home` into `models`."""

    def __init__(self, home: Path, *, models: Path, log: Path, env: Mapping[str, str]) -> None:
        self._home = home
        self._models = models
        self._log = log
        self._env = env

    def current(self) -> Path | None:
        """Return the model made from exactly what is in the tree, if there is one."""
        model = self._models / f"{self._name()}.tar.gz"
        return model if model.exists() else None

    def newest(self) -> Path | None:
        """Return the model used last, whatever it was made from."""
        models = sorted(self._models.glob("union-*.tar.gz"), key=_used, reverse=True)
        return models[0] if models else None

    async def train(self) -> Trained:
        """Train, and keep the two newest models. Raises TrainingFailed when there is then no model at all."""
        older = self.newest()
        model = await self._run()
        if model is None:
            if older is None:
                raise TrainingFailed(self._log)
            return Trained(older, failed=True)
        for old in sorted(self._models.glob("union-*.tar.gz"), key=_used, reverse=True)[KEEP:]:
            old.unlink()
        return Trained(model)

    async def _run(self) -> Path | None:
        """Run `rasa train` beside the models and move its result among them in one step."""
        name = self._name()
        self._models.mkdir(parents=True, exist_ok=True)
        self._log.unlink(missing_ok=True)
        for left in self._models.glob(".training-*"):
            if time.time() - left.stat().st_mtime > ABANDONED:
                shutil.rmtree(left, ignore_errors=True)
        place = Path(tempfile.mkdtemp(prefix=".training-", dir=self._models))
        try:
            child = await Child.start(
                self._command(place, name),
                python=bot_python(self._home),
                env={
                    **self._env,
                    "RASA_MAX_CACHE_SIZE": "0",
                },  # a cached component does not see a new dictionary
                cwd=self._home,
                log=Log(self._log),
            )
            try:
                status = await child.wait()
            finally:
                await asyncio.shield(child.stop(grace=2.0))
            made = place / f"{name}.tar.gz"
            if status != 0 or not made.exists():
                return None
            return made.replace(self._models / made.name)
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def _command(self, place: Path, name: str) -> list[str]:
        data = ["--data", "nlu_data", "bot/rules", "bot/stories"]
        made = ["--out", str(place), "--fixed-model-name", name, "--force"]
        rasa = [str(bot_python(self._home)), "-m", "rasa", "train"]
        return [*rasa, "--config", "config.yml", "--domain", "bot/domain", *data, *made]

    def _name(self) -> str:
        hasher = hashlib.sha256()
        for file in self._inputs():
            hasher.update(f"{file.relative_to(self._home)}\0".encode())
            content = _front(file) if file.suffix == ".md" else file.read_bytes()
            hasher.update(hashlib.sha256(content).digest())
        return f"union-{hasher.hexdigest()[:16]}"

    def _inputs(self) -> Iterator[Path]:
        """Yield, in a fixed order, every file the model depends on; held-out sentences are not trained on."""
        not_trained_on = {self._home / "nlu_data" / "lexicon" / name for name in SEARCH_ONLY}
        yield self._home / "config.yml"
        yield self._home / "requirements" / "bot.txt"
        held_out = self._home / "nlu_data" / "heldout"
        for folder in ("bot", "language", "nlu_data", "knowledge_base/cards"):
            for file in sorted((self._home / folder).rglob("*")):
                if file.suffix not in SUFFIXES or held_out in file.parents or file in not_trained_on:
                    continue
                if file.is_file():
                    yield file


def bot_python(home: Path) -> Path:
    """Return the interpreter of Rasa's environment."""
    return home / ".venv-bot" / "bin" / "python"


def mark_used(model: Path) -> None:
    """Make `model` the newest, so that it is the one kept and fallen back to."""
    model.touch()


def _front(card: Path) -> bytes:
    """Return what the dialogue reads of a card: its front matter. A reworded answer trains nothing anew."""
    return card.read_bytes().partition(b"\n---\n")[0]


def _used(model: Path) -> float:
    return model.stat().st_mtime
