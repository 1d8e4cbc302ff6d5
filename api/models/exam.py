"""The exam of a model file: what it is examined on, and the program that does it."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from api.models.reports import Examined
from api.models.training import SUFFIXES, bot_python, run_to_end
from api.serving.child import Log

LONGEST = 600.0
"""Seconds after which an exam hangs; it takes ten on a quiet machine."""


class ExamFailed(Exception):
    """The model could not be loaded or not be examined. `log` has why."""

    def __init__(self, log: Path) -> None:
        super().__init__(str(log))
        self.log = log


class Exam:
    """Examines models with `bot.judging` of `home`, in Rasa's environment."""

    def __init__(self, home: Path, *, log: Path, env: Mapping[str, str]) -> None:
        self._home = home
        self._log = log
        self._env = env

    def key(self) -> str:
        """Return what identifies the exam: the same key, the same figures for the same model.

        Besides the sentences and conversations that is the program around the model: a model file holds what
        was learned, not the code of its components.
        """
        hasher = hashlib.sha256()
        for file in self._parts():
            hasher.update(f"{file.relative_to(self._home)}\0".encode())
            hasher.update(hashlib.sha256(file.read_bytes()).digest())
        return hasher.hexdigest()[:16]

    async def sit(self, model: Path) -> Examined:
        """Examine the file `model`. Raises ExamFailed."""
        with tempfile.TemporaryDirectory(prefix="union-exam-") as folder:
            out = Path(folder) / "examined.json"
            command = [str(bot_python(self._home)), "-m", "bot.judging", str(model), "--out", str(out)]
            log = Log(self._log)
            log.trim()
            try:
                status = await asyncio.wait_for(
                    run_to_end(command, home=self._home, env=self._env, log=log), LONGEST
                )
                if status != 0:
                    raise ExamFailed(self._log)
                return Examined.model_validate_json(out.read_bytes())
            except (TimeoutError, OSError, ValidationError) as error:
                raise ExamFailed(self._log) from error

    def _parts(self) -> Iterator[Path]:
        heldout = self._home / "nlu_data" / "heldout"
        yield heldout / "intents.jsonl"
        yield heldout / "conversations.yml"
        yield self._home / "requirements" / "bot.txt"
        for folder in ("bot/components", "bot/judging", "bot/rules", "language"):
            for file in sorted((self._home / folder).rglob("*")):
                if file.suffix in SUFFIXES and file.is_file():
                    yield file
