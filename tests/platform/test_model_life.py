"""From a changed tree to the model in use, over real files and a stand-in for Rasa's programs."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from api.models.life import Ending, NoModel
from tests.platform.trainable import PYTHON, Trainable, in_use, renew, start

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture
def tree(tmp_path: Path) -> Trainable:
    return Trainable.make(tmp_path)


# Taking over


def test_the_first_model_is_trained_examined_and_in_use_and_the_next_start_does_nothing(
    tree: Trainable,
) -> None:
    name = tree.write("a")
    outcome = start(tree)
    assert (outcome.model, outcome.ending) == (name, Ending.TAKEN)
    assert tree.steps == ["training", "examining"]
    assert start(tree).ending is Ending.CURRENT
    assert (tree.trainings, tree.exams) == (1, ["a"])


def test_a_changed_tree_is_trained_and_compared_without_examining_the_old_one_again(tree: Trainable) -> None:
    old, new = tree.write("a"), ""
    start(tree)
    new = tree.write("b", accuracy=0.86)
    outcome = start(tree)
    assert (outcome.model, outcome.ending) == (new, Ending.TAKEN)
    assert outcome.report is not None
    assert outcome.report.against == old
    assert tree.exams == ["a", "b"]


def test_a_worse_model_is_refused_with_its_reasons_and_the_old_one_goes_on(tree: Trainable) -> None:
    old = tree.write("a")
    start(tree)
    new = tree.write("b", failed=("help",), accuracy=0.8)
    outcome = start(tree)
    assert (outcome.model, outcome.ending) == (old, Ending.REFUSED)
    assert [one.figure for one in outcome.worse] == ["accuracy", "conversation"]
    assert tree.shelf.has(new)
    report = tree.shelf.report(new)
    assert report is not None
    assert report.worse == outcome.worse


def test_a_refusal_stands_at_the_next_start_without_training_again(tree: Trainable) -> None:
    old = tree.write("a")
    start(tree)
    tree.write("b", accuracy=0.8)
    start(tree)
    outcome = start(tree)
    assert (outcome.model, outcome.ending) == (old, Ending.REFUSED)
    assert outcome.worse
    assert (tree.trainings, tree.exams) == (2, ["a", "b"])


def test_a_refused_model_is_taken_when_somebody_wants_it_anyway(tree: Trainable) -> None:
    tree.write("a")
    start(tree)
    new = tree.write("b", accuracy=0.8)
    start(tree)
    outcome = renew(tree, anyway=True)
    assert (outcome.model, outcome.ending) == (new, Ending.TAKEN)
    assert outcome.worse
    assert start(tree).ending is Ending.CURRENT
    assert tree.trainings == 2


def test_where_the_exam_changed_both_are_examined_by_the_new_one(tree: Trainable) -> None:
    tree.write("a", accuracy=0.9)
    start(tree)
    tree.write("b", accuracy=0.85)
    tree.examine_otherwise()
    tree.know("a", accuracy=0.84)
    outcome = start(tree)
    assert outcome.ending is Ending.TAKEN
    assert tree.exams == ["a", "b", "a"]
    old = next(name for name in tree.shelf.names() if name != outcome.model)
    report = tree.shelf.report(old)
    assert report is not None
    assert report.examined.heard.accuracy == 0.84


def test_a_model_that_the_program_of_today_cannot_load_is_no_measure(tree: Trainable) -> None:
    tree.write("a", accuracy=0.99)
    start(tree)
    new = tree.write("b", accuracy=0.7)
    tree.examine_otherwise()
    tree.unloadable("a")
    outcome = start(tree)
    assert (outcome.model, outcome.ending) == (new, Ending.TAKEN)


def test_a_bad_model_is_better_than_one_that_cannot_be_loaded(tree: Trainable) -> None:
    tree.write("a")
    start(tree)
    new = tree.write("b", accuracy=0.3)
    tree.examine_otherwise()
    tree.unloadable("a")
    outcome = start(tree)
    assert (outcome.model, outcome.ending) == (new, Ending.ALONE)
    assert start(tree).ending is Ending.ALONE


def test_a_first_model_below_the_floors_serves_and_is_called_too_bad_at_every_start(tree: Trainable) -> None:
    name = tree.write("a", accuracy=0.3)
    for _ in range(2):
        outcome = start(tree)
        assert (outcome.model, outcome.ending) == (name, Ending.ALONE)
        assert [one.figure for one in outcome.worse] == ["accuracy"]
    assert tree.trainings == 1


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("nlu_data/heldout/intents.jsonl", True),
        ("nlu_data/heldout/conversations.yml", True),
        ("bot/rules/talk.yml", True),
        ("bot/components/a.py", True),
        ("bot/judging/a.py", True),
        ("language/numbers.py", True),
        ("nlu_data/talk.yml", False),
        ("bot/channels/a.py", False),
    ],
)
def test_the_exam_is_another_one_when_what_figures_depend_on_changes(
    tree: Trainable, file: str, counts: bool
) -> None:
    before = tree.exam().key()
    (tree.home / file).write_text("y")
    assert (tree.exam().key() != before) is counts


# What fails


def test_a_failed_training_without_an_older_model_names_the_log(tree: Trainable) -> None:
    (tree.home / "broken").touch()
    with pytest.raises(NoModel) as caught:
        renew(tree)
    assert "intents are wrong" in caught.value.log.read_text()
    assert list(tree.models.iterdir()) == []


@pytest.mark.parametrize("trouble", ["broken", "silent"])
def test_a_failed_training_keeps_the_older_model_and_is_tried_at_the_next_start(
    tree: Trainable, trouble: str
) -> None:
    old = tree.write("a")
    start(tree)
    new = tree.write("b")
    (tree.home / trouble).touch()
    outcome = start(tree)
    assert (outcome.model, outcome.ending) == (old, Ending.NOT_TRAINED)
    (tree.home / trouble).unlink()
    assert start(tree).model == new


def test_a_model_that_cannot_be_examined_waits_and_the_old_one_goes_on(tree: Trainable) -> None:
    old = tree.write("a")
    start(tree)
    new = tree.write("b")
    tree.unloadable("b")
    outcome = start(tree)
    assert (outcome.model, outcome.ending) == (old, Ending.NOT_EXAMINED)
    tree.know("b")
    assert start(tree).model == new
    assert tree.trainings == 2


def test_a_first_model_that_cannot_be_examined_serves_and_is_tried_again(tree: Trainable) -> None:
    name = tree.write("a")
    tree.unloadable("a")
    outcome = start(tree)
    assert (outcome.model, outcome.ending) == (name, Ending.NOT_EXAMINED)
    tree.know("a")
    assert start(tree).ending is Ending.TAKEN


def test_figures_that_are_no_figures_are_a_failed_exam(tree: Trainable) -> None:
    tree.write("a")
    (tree.home / "figures" / "a.json").write_text("{}")
    assert start(tree).ending is Ending.NOT_EXAMINED


def test_an_exam_that_hangs_is_ended(tree: Trainable, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.write("a")
    python = tree.home / ".venv-bot" / "bin" / "python"
    python.write_text(PYTHON.replace('echo "examined', 'sleep 30; echo "examined'))
    monkeypatch.setattr("api.models.exam.LONGEST", 0.3)
    began = time.monotonic()
    assert start(tree).ending is Ending.NOT_EXAMINED
    assert time.monotonic() - began < 20


# Training again


def test_the_same_tree_trained_again_replaces_its_model(tree: Trainable) -> None:
    name = tree.write("a")
    start(tree)
    before = tree.shelf.choice()
    outcome = renew(tree, again=True)
    assert (outcome.model, outcome.ending) == (name, Ending.TAKEN)
    assert tree.shelf.choice() == before  # the clock stands still; the file is another one
    assert tree.trainings == 2


def test_the_same_tree_trained_again_and_found_worse_leaves_the_model_and_its_report(tree: Trainable) -> None:
    name = tree.write("a")
    start(tree)
    python = tree.home / ".venv-bot" / "bin" / "python"
    python.write_text(PYTHON.replace('cp nlu_data/talk.yml "$out', 'printf worse > "$out'))
    tree.know("worse", accuracy=0.7)
    outcome = renew(tree, again=True)
    assert (outcome.model, outcome.ending) == (name, Ending.REFUSED)
    assert in_use(outcome, tree) == "a"
    report = tree.shelf.report(name)
    assert report is not None
    assert report.examined.heard.accuracy == 0.85
