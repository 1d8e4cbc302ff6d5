"""A checkout with just what a model is made from and judged on, and a stand-in for Rasa's Python.

The stand-in learns one file by heart: a model holds what nlu_data/talk.yml said. `figures/<that>.json` is
what the exam finds of it; without such a file the model cannot be loaded. `broken` and `silent` make training
fail.
"""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from api.models.exam import Exam
from api.models.life import Life, Outcome
from api.models.shelf import Shelf
from api.models.training import Training
from service.clock import Clock

# Under the tether it becomes the program it is told to be.
PYTHON = """#!/bin/sh
case "$1" in *tether.py) shift 2; exec "$@";; esac
program=$2; model=$3
while [ $# -gt 0 ]; do
  case "$1" in --out) out=$2;; --fixed-model-name) name=$2;; esac
  shift
done
if [ "$program" = bot.judging ]; then
  echo "examined $(cat "$model")" >> exams
  cp "figures/$(cat "$model").json" "$out"
  exit $?
fi
echo "training $name"
echo trained >> trainings
[ -e broken ] && { echo "intents are wrong"; exit 1; }
[ -e silent ] && exit 0
cp nlu_data/talk.yml "$out/$name.tar.gz"
"""
FILES = (
    "config.yml", "requirements/bot.txt", "bot/domain/intents.yml", "bot/rules/talk.yml", "bot/channels/a.py",
    "bot/components/a.py", "bot/judging/a.py", "bot/credentials.yml", "language/numbers.py",
    "nlu_data/talk.yml", "nlu_data/lexicon/jieba/union.txt", "nlu_data/heldout/intents.jsonl",
    "nlu_data/heldout/conversations.yml",
)  # fmt: skip
GOOD = {
    "sentences": 1500,
    "accuracy": 0.85,
    "macro_f1": 0.84,
    "right_action": 0.93,
    "services": 0.87,
    "routing": 0.94,
    "urgent": 50,
    "urgent_missed": 2,
    "urgent_false": 5,
}


@dataclass
class Trainable:
    """A checkout in `folder` with its models beside it."""

    folder: Path
    steps: list[str] = field(default_factory=list)

    @classmethod
    def make(cls, folder: Path) -> Trainable:
        """Write a checkout into `folder` that has made no model yet."""
        made = cls(folder)
        for file in FILES:
            (made.home / file).parent.mkdir(parents=True, exist_ok=True)
            (made.home / file).write_text("x")
        (made.home / "figures").mkdir()
        python = made.home / ".venv-bot" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(PYTHON)
        python.chmod(0o755)
        return made

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def models(self) -> Path:
        return self.folder / "var" / "models"

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.models)

    def training(self) -> Training:
        log = self.folder / "var" / "logs" / "train.log"
        return Training(self.home, models=self.models, log=log, env=os.environ)

    def exam(self) -> Exam:
        return Exam(self.home, log=self.folder / "var" / "logs" / "exam.log", env=os.environ)

    def life(self) -> Life:
        """A life as a new command or a new start has it."""
        clock = Clock("Asia/Shanghai", lambda: datetime(2026, 11, 26, 2, tzinfo=UTC))
        return Life(
            shelf=self.shelf,
            training=self.training(),
            exam=self.exam(),
            clock=clock,
            progress=self.steps.append,
        )

    def write(self, text: str, *, failed: tuple[str, ...] = (), **figures: float) -> str:
        """Let the tree say `text`, which is as good as `figures` say; return the name of its model."""
        (self.home / "nlu_data" / "talk.yml").write_text(text)
        self.know(text, failed=failed, **figures)
        return self.training().name()

    def know(self, text: str, *, failed: tuple[str, ...] = (), **figures: float) -> None:
        """Let the exam find `figures` of the model that learned `text`."""
        went_wrong = [
            {"name": name, "turn": 1, "says": "你好", "expected": ["utter_greet"], "done": []}
            for name in failed
        ]
        found = {
            "model_id": f"id of {text}",
            "heard": GOOD | figures,
            "conversations": {"held": 30, "failed": went_wrong},
            "seconds": {"loading": 1.0},
        }
        (self.home / "figures" / f"{text}.json").write_text(json.dumps(found))

    def unloadable(self, text: str) -> None:
        """Let no program of today load the model that learned `text`."""
        (self.home / "figures" / f"{text}.json").unlink()

    def examine_otherwise(self) -> None:
        """Change what models are examined on."""
        (self.home / "nlu_data" / "heldout" / "intents.jsonl").write_text("other sentences")

    @property
    def exams(self) -> list[str]:
        """The texts whose models were examined, in order."""
        file = self.home / "exams"
        return (
            [line.removeprefix("examined ") for line in file.read_text().splitlines()]
            if file.exists()
            else []
        )

    @property
    def trainings(self) -> int:
        return len(self._lines("trainings"))

    def _lines(self, name: str) -> list[str]:
        file = self.home / name
        return file.read_text().splitlines() if file.exists() else []

    def files(self) -> list[str]:
        return sorted(file.name for file in self.models.iterdir() if file.suffix == ".gz")


def in_use(outcome: Outcome, trainable: Trainable) -> str:
    """Return what the model in use learned."""
    return trainable.shelf.path(outcome.model).read_text()


def renew(tree: Trainable, *, again: bool = False, anyway: bool = False) -> Outcome:
    """What `union-assistant train` does."""
    return asyncio.run(tree.life().renew(again=again, anyway=anyway))


def start(tree: Trainable) -> Outcome:
    """What a start of the service does."""
    return tree.life().settled() or renew(tree)
