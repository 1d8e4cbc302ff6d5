"""A model is trained again exactly when what it was trained from has changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.engine.training.components import FingerprintStatus

from bot.components.sources import CODE, contents_hash
from tests.bot.conftest import Project

NOTHING_CHANGED, NEEDS_TRAINING = 0, 1


@pytest.fixture
def trained(project: Project, model: Path) -> Iterator[Project]:
    """The project of the session's model; whatever a test changes is put back."""
    before = {file: file.read_bytes() for file in [project.config, *project.lexicon.rglob("*.txt")]}
    yield project
    for file in project.lexicon.rglob("*.txt"):
        if file not in before:
            file.unlink()
    for file, contents in before.items():
        file.write_bytes(contents)


def test_unchanged_sources_are_not_trained_again(trained: Project) -> None:
    assert trained.train(dry_run=True).code == NOTHING_CHANGED


def test_each_component_is_trained_again_when_its_part_of_the_lexicon_changes(trained: Project) -> None:
    changes = {
        "WordTokenizer": ("jieba/union.txt", "工会驿站 500 n"),
        "LexiconExtractor": ("entities/new_entity.txt", "value wording"),
        "ValueExtractor": ("laws.txt", "一部新的条例"),
        "CharacterClassifier": ("facets.txt", "some_new_intent ask leave"),
    }
    for file, line in changes.values():
        with (trained.lexicon / file).open("a", encoding="utf-8") as lexicon:
            lexicon.write(f"{line}\n")
    result = trained.train(dry_run=True)
    assert result.code == NEEDS_TRAINING
    missed = [node for node, status in (result.dry_run_results or {}).items() if is_missed(status)]
    for component in changes:
        assert any(node.startswith("train_") and component in node for node in missed), component


def test_a_changed_setting_is_trained_again(trained: Project) -> None:
    settings = trained.config.read_text(encoding="utf-8")
    assert "max_history: 3" in settings
    trained.config.write_text(settings.replace("max_history: 3", "max_history: 4"), encoding="utf-8")
    assert trained.train(dry_run=True).code == NEEDS_TRAINING


def is_missed(status: object) -> bool:
    return isinstance(status, FingerprintStatus) and not status.is_hit


def test_the_fingerprint_covers_the_code_that_components_import(home: Path, tmp_path: Path) -> None:
    assert home / "language" in CODE
    assert home / "bot" / "components" in CODE
    module = tmp_path / "module.py"
    module.write_text("A = 1\n", encoding="utf-8")
    before = contents_hash(tmp_path)
    module.write_text("A = 2\n", encoding="utf-8")
    assert contents_hash(tmp_path) != before
