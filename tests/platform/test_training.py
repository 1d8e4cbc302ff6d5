"""What a model is made from, and what a training leaves behind."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from api.serving.rasa_command import rasa_environment
from api.serving.secrets import load_secrets
from api.settings import Settings
from tests.platform.trainable import PYTHON, Trainable


@pytest.fixture
def tree(tmp_path: Path) -> Trainable:
    return Trainable.make(tmp_path)


def train(tree: Trainable) -> bytes | None:
    """Train; return what the model holds, or None when there is none."""

    async def run() -> bytes | None:
        async with tree.training().trained() as made:
            return made.read_bytes() if made is not None else None

    return asyncio.run(run())


@pytest.mark.parametrize(
    "changed",
    ["config.yml", "bot/rules/talk.yml", "bot/components/a.py", "language/numbers.py", "nlu_data/talk.yml",
     "nlu_data/lexicon/jieba/union.txt", "requirements/bot.txt"],
)  # fmt: skip
def test_a_change_in_any_input_makes_another_model(tree: Trainable, changed: str) -> None:
    before = tree.training().name()
    (tree.home / changed).write_text("y")
    assert tree.training().name() != before


@pytest.mark.parametrize(
    "changed",
    [
        "nlu_data/heldout/intents.jsonl",
        "nlu_data/lexicon/synonyms.txt",
        "bot/components/__pycache__/a.cpython-310.pyc",
        "bot/judging/a.py",
        "bot/channels/a.py",
        "bot/credentials.yml",
    ],
)
def test_what_judges_and_serves_it_search_lists_and_leftovers_make_no_other_model(
    tree: Trainable, changed: str
) -> None:
    before = tree.training().name()
    (tree.home / changed).parent.mkdir(parents=True, exist_ok=True)
    (tree.home / changed).write_text("y")
    assert tree.training().name() == before


def test_a_file_that_moved_makes_another_model(tree: Trainable) -> None:
    before = tree.training().name()
    (tree.home / "nlu_data" / "talk.yml").rename(tree.home / "nlu_data" / "words.yml")
    assert tree.training().name() != before


def test_a_reworded_answer_of_a_card_makes_no_other_model_another_question_does(tree: Trainable) -> None:
    card = tree.home / "knowledge_base" / "cards" / "leave" / "days.md"
    card.parent.mkdir(parents=True)
    card.write_text("---\ntopic: leave\nquestions: [年假几天]\n---\n5天。\n", encoding="utf-8")
    before = tree.training().name()
    card.write_text("---\ntopic: leave\nquestions: [年假几天]\n---\n满一年5天。\n", encoding="utf-8")
    assert tree.training().name() == before
    card.write_text("---\ntopic: leave\nquestions: [年假几天, 休几天]\n---\n5天。\n", encoding="utf-8")
    assert tree.training().name() != before


def test_a_model_that_is_not_taken_away_is_deleted_with_its_folder(tree: Trainable) -> None:
    assert train(tree) == b"x"
    assert list(tree.models.iterdir()) == []


@pytest.mark.parametrize("trouble", ["broken", "silent"])
def test_a_failed_training_makes_nothing_and_leaves_its_words(tree: Trainable, trouble: str) -> None:
    (tree.home / trouble).touch()
    assert train(tree) is None
    assert list(tree.models.iterdir()) == []
    assert "training union-" in tree.training().log.read_text()


def test_stopping_in_the_middle_leaves_no_half_model(tree: Trainable) -> None:
    python = tree.home / ".venv-bot" / "bin" / "python"
    python.write_text(PYTHON.replace('echo "training $name"', "sleep 30"))

    async def interrupted() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5), tree.training().trained():
                pytest.fail("it ended")

    asyncio.run(interrupted())
    assert list(tree.models.iterdir()) == []


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
