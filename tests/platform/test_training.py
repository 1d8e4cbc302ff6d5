"""When the dialogue is trained, what a failure leaves behind, and which models are kept."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from api.serving.rasa_command import rasa_environment
from api.serving.secrets import load_secrets
from api.serving.training import Training, TrainingFailed, mark_used
from api.settings import Settings

# Stands in for Rasa's Python: under the tether it becomes the program, as `-m rasa train` it writes a model.
PYTHON = """#!/bin/sh
case "$1" in *tether.py) shift 2; exec "$@";; esac
while [ $# -gt 0 ]; do
  case "$1" in --out) out=$2;; --fixed-model-name) name=$2;; esac
  shift
done
echo "training $name"
[ -e broken ] && { echo "intents are wrong"; exit 1; }
[ -e silent ] && exit 0
echo model > "$out/$name.tar.gz"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A checkout with just what training reads."""
    home = tmp_path / "home"
    for file in (
        "config.yml", "requirements/bot.txt", "bot/domain/intents.yml", "bot/rules/talk.yml",
        "bot/components/a.py", "language/numbers.py", "nlu_data/talk.yml",
        "nlu_data/lexicon/jieba/union.txt", "nlu_data/heldout/talk.tsv",
    ):  # fmt: skip
        (home / file).parent.mkdir(parents=True, exist_ok=True)
        (home / file).write_text("x")
    python = home / ".venv-bot" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(PYTHON)
    python.chmod(0o755)
    return home


@pytest.fixture
def training(home: Path, tmp_path: Path) -> Training:
    return Training(home, models=tmp_path / "models", log=tmp_path / "logs" / "train.log", env=os.environ)


def models(tmp_path: Path) -> list[str]:
    return sorted(file.name for file in (tmp_path / "models").iterdir())


def test_a_trained_model_is_current_until_something_it_is_made_from_changes(
    training: Training, home: Path
) -> None:
    assert training.current() is None
    trained = asyncio.run(training.train())
    assert not trained.failed
    assert training.current() == trained.model


@pytest.mark.parametrize(
    "changed",
    ["config.yml", "bot/rules/talk.yml", "bot/components/a.py", "language/numbers.py", "nlu_data/talk.yml",
     "nlu_data/lexicon/jieba/union.txt", "requirements/bot.txt"],
)  # fmt: skip
def test_a_change_in_any_input_asks_for_training(training: Training, home: Path, changed: str) -> None:
    asyncio.run(training.train())
    (home / changed).write_text("y")
    assert training.current() is None


@pytest.mark.parametrize(
    "changed",
    [
        "nlu_data/heldout/talk.tsv",
        "nlu_data/lexicon/synonyms.txt",
        "bot/components/__pycache__/a.cpython-310.pyc",
    ],
)
def test_held_out_sentences_search_lists_and_leftovers_do_not_ask_for_training(
    training: Training, home: Path, changed: str
) -> None:
    trained = asyncio.run(training.train())
    (home / changed).parent.mkdir(parents=True, exist_ok=True)
    (home / changed).write_text("y")
    assert training.current() == trained.model


def test_a_file_that_moved_asks_for_training(training: Training, home: Path) -> None:
    asyncio.run(training.train())
    (home / "nlu_data" / "talk.yml").rename(home / "nlu_data" / "words.yml")
    assert training.current() is None


def test_a_failed_training_without_an_older_model_names_the_log(
    training: Training, home: Path, tmp_path: Path
) -> None:
    (home / "broken").touch()
    with pytest.raises(TrainingFailed) as caught:
        asyncio.run(training.train())
    assert "intents are wrong" in caught.value.log.read_text()
    assert models(tmp_path) == []


@pytest.mark.parametrize("trouble", ["broken", "silent"])
def test_a_failed_training_keeps_the_older_model_in_use(
    training: Training, home: Path, tmp_path: Path, trouble: str
) -> None:
    older = asyncio.run(training.train()).model
    (home / "nlu_data" / "talk.yml").write_text("y")
    (home / trouble).touch()
    trained = asyncio.run(training.train())
    assert trained.failed
    assert trained.model == older
    assert models(tmp_path) == [older.name]


def test_the_newest_two_models_are_kept_and_one_used_again_counts_as_new(
    training: Training, home: Path, tmp_path: Path
) -> None:
    made = []
    for number, text in enumerate("abc"):
        (home / "nlu_data" / "talk.yml").write_text(text)
        model = asyncio.run(training.train()).model
        os.utime(model, (number, number))
        made.append(model)
    assert models(tmp_path) == sorted(model.name for model in made[1:])
    mark_used(made[1])
    (home / "nlu_data" / "talk.yml").write_text("d")
    newest = asyncio.run(training.train()).model
    assert models(tmp_path) == sorted([made[1].name, newest.name])


def test_stopping_in_the_middle_leaves_no_half_model(training: Training, home: Path, tmp_path: Path) -> None:
    python = home / ".venv-bot" / "bin" / "python"
    python.write_text(PYTHON.replace('echo "training $name"', "sleep 30"))

    async def interrupted() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(training.train(), 0.5)

    asyncio.run(interrupted())
    assert models(tmp_path) == []


def test_rasa_gets_the_settings_it_needs_and_no_others(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, data_dir=tmp_path / "var", port=8149, rasa_port=5149)
    inherited = {
        "PATH": "/usr/bin",
        "UA_DATABASE_URL": "postgresql://union:word@db/union",
        "UA_PORT": "1",
        "VIRTUAL_ENV": "/elsewhere",
        "PYTHONPATH": "/elsewhere",
    }
    env = rasa_environment(settings, load_secrets(tmp_path / "secrets"), inherited=inherited)
    assert env["PATH"] == "/usr/bin"
    assert env["UA_PORT"] == "8149"
    assert env["PYTHONPATH"] == str(tmp_path)
    assert "UA_DATABASE_URL" not in env
    assert "VIRTUAL_ENV" not in env
    assert env["RASA_TELEMETRY_ENABLED"] == "false"


def test_a_reworded_answer_of_a_card_trains_nothing_anew_another_question_does(
    training: Training, home: Path
) -> None:
    card = home / "knowledge_base" / "cards" / "leave" / "days.md"
    card.parent.mkdir(parents=True)
    card.write_text("---\ntopic: leave\nquestions: [年假几天]\n---\n5天。\n", encoding="utf-8")
    asyncio.run(training.train())
    assert training.current() is not None
    card.write_text("---\ntopic: leave\nquestions: [年假几天]\n---\n满一年5天。\n", encoding="utf-8")
    assert training.current() is not None
    card.write_text("---\ntopic: leave\nquestions: [年假几天, 休几天]\n---\n5天。\n", encoding="utf-8")
    assert training.current() is None
