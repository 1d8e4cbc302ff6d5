"""From a changed tree to the model in use, over real files and a stand-in for Rasa's programs."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from api.models import shelf as shelves
from api.models.exam import ExamFailed
from api.models.life import Ending, NoModel, Outcome
from tests.platform.trainable import PYTHON, Trainable, in_use

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture
def tree(tmp_path: Path) -> Trainable:
    return Trainable.make(tmp_path)


def renew(tree: Trainable, *, again: bool = False, anyway: bool = False) -> Outcome:
    return asyncio.run(tree.life().renew(again=again, anyway=anyway))


def use(tree: Trainable, name: str) -> Outcome:
    return asyncio.run(tree.life().use(name))


def start(tree: Trainable) -> Outcome:
    """What a start of the service does."""
    return tree.life().settled() or renew(tree)


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


# Going back


def two_models(tree: Trainable) -> tuple[str, str]:
    old = tree.write("a")
    start(tree)
    new = tree.write("b")
    start(tree)
    return old, new


def test_going_back_holds_over_restarts_until_training_is_asked_for(tree: Trainable) -> None:
    old, new = two_models(tree)
    assert tree.shelf.before() == old
    use(tree, old)
    for _ in range(2):
        outcome = start(tree)
        assert (outcome.model, outcome.ending) == (old, Ending.CHOSEN)
    assert tree.shelf.before() == new
    assert renew(tree).model == new
    assert tree.trainings == 2


def test_going_back_ends_when_the_tree_changes(tree: Trainable) -> None:
    old, _ = two_models(tree)
    use(tree, old)
    newest = tree.write("c")
    outcome = start(tree)
    assert (outcome.model, outcome.ending) == (newest, Ending.TAKEN)
    assert outcome.report is not None
    assert outcome.report.against == old


def test_going_back_with_a_changed_tree_does_not_keep_the_next_start_from_training(tree: Trainable) -> None:
    old, _ = two_models(tree)
    newest = tree.write("c")
    use(tree, old)
    assert start(tree).model == newest


def test_a_refused_model_may_be_chosen_by_name(tree: Trainable) -> None:
    tree.write("a")
    start(tree)
    new = tree.write("b", accuracy=0.5)
    start(tree)
    use(tree, new)
    assert start(tree).model == new


def test_a_model_is_examined_before_it_is_gone_back_to_where_the_program_changed(tree: Trainable) -> None:
    old, new = two_models(tree)
    tree.examine_otherwise()
    tree.unloadable("a")
    with pytest.raises(ExamFailed):
        use(tree, old)
    assert start(tree).model == new


# What is kept


def test_three_that_served_are_kept_and_the_last_refused_one(tree: Trainable) -> None:
    served = []
    for text in "abcde":
        served.append(tree.write(text))
        start(tree)
    for text in "fg":
        refused = tree.write(text, accuracy=0.5)
        start(tree)
    assert tree.files() == sorted(f"{name}.tar.gz" for name in (*served[-3:], refused))
    assert tree.shelf.names() == [*reversed(served[-3:]), refused]
    reports = sorted(file.stem for file in tree.models.glob("union-*.json"))
    assert reports == sorted([*served[-3:], refused])


def test_one_gone_back_to_is_kept_longest(tree: Trainable) -> None:
    names = []
    for text in "abc":
        names.append(tree.write(text))
        start(tree)
    use(tree, names[0])
    names.append(tree.write("d"))
    start(tree)
    assert tree.shelf.names() == [names[3], names[0], names[2]]


# Killed at any moment


RENEWING = """
import asyncio, itertools, sys
from pathlib import Path
from tests.platform.trainable import Trainable
tree = Trainable(Path(sys.argv[1]))
print("ready", flush=True)
for number in itertools.count():
    tree.write(f"{sys.argv[2]}-{number}", accuracy=0.85 - 0.1 * (number % 3 == 2))
    asyncio.run(tree.life().renew())
"""


def test_killed_at_any_moment_a_model_is_in_use_and_the_next_start_goes_on(tree: Trainable) -> None:
    tree.write("first")
    start(tree)
    for kill in range(10):
        command = [sys.executable, "-c", RENEWING, str(tree.folder), str(kill)]
        with subprocess.Popen(command, cwd=HOME, stdout=subprocess.PIPE) as renewing:
            assert renewing.stdout is not None
            assert renewing.stdout.readline() == b"ready\n"
            time.sleep(0.05 + 0.17 * kill)
            renewing.kill()
        choice = tree.shelf.choice()
        assert choice is not None
        tree.write(f"after {kill}")
        outcome = start(tree)
        assert in_use(outcome, tree) == f"after {kill}"
        assert len(tree.files()) <= shelves.KEEP + 1


def test_killed_before_the_choice_the_next_start_examines_and_chooses(tree: Trainable) -> None:
    name = tree.write("a")
    start(tree)
    (tree.models / "active.json").unlink()
    assert start(tree).model == name
    assert (tree.trainings, tree.exams) == (1, ["a"])


def test_an_exam_that_is_interrupted_costs_no_training(tree: Trainable) -> None:
    name = tree.write("a")
    python = tree.home / ".venv-bot" / "bin" / "python"
    python.write_text(PYTHON.replace('echo "examined', 'sleep 30; echo "examined'))

    async def interrupted() -> None:
        async with asyncio.timeout(5):
            await tree.life().renew()

    with pytest.raises(TimeoutError):
        asyncio.run(interrupted())
    python.write_text(PYTHON)
    outcome = start(tree)
    assert (outcome.model, outcome.ending) == (name, Ending.TAKEN)
    assert tree.trainings == 1


def test_a_refused_model_trained_again_is_examined_again(tree: Trainable) -> None:
    tree.write("a")
    start(tree)
    new = tree.write("b", accuracy=0.5)
    start(tree)
    tree.know("b", accuracy=0.9)
    outcome = renew(tree, again=True)
    assert (outcome.model, outcome.ending) == (new, Ending.TAKEN)


def test_a_report_without_its_model_is_tidied_away(tree: Trainable) -> None:
    tree.write("a")
    start(tree)
    (tree.models / "union-gone.json").write_text("{}")
    tree.write("b")
    start(tree)
    assert not (tree.models / "union-gone.json").exists()


def test_a_model_without_a_report_is_examined_not_trained(tree: Trainable) -> None:
    name = tree.write("a")
    start(tree)
    (tree.models / f"{name}.json").unlink()
    outcome = start(tree)
    assert (outcome.model, outcome.ending) == (name, Ending.TAKEN)
    assert (tree.trainings, tree.exams) == (1, ["a", "a"])


def test_a_choice_whose_model_is_gone_is_none(tree: Trainable) -> None:
    name = tree.write("a")
    start(tree)
    tree.shelf.path(name).unlink()
    assert tree.shelf.choice() is None
    assert start(tree).model == name
    assert tree.trainings == 2


@pytest.mark.parametrize("content", ["", "{", '{"model": 1}'])
def test_an_unreadable_choice_stops_nothing(tree: Trainable, content: str) -> None:
    name = tree.write("a")
    start(tree)
    (tree.models / "active.json").write_text(content)
    assert start(tree).model == name


def test_a_choice_that_could_not_be_written_leaves_the_one_before(
    tree: Trainable, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, _ = two_models(tree)
    before = tree.shelf.choice()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        use(tree, old)
    monkeypatch.undo()
    assert tree.shelf.choice() == before


def test_an_interrupted_training_is_swept_up_later(tree: Trainable) -> None:
    left = tree.models / ".training-old"
    left.mkdir(parents=True)
    os.utime(left, (1, 1))
    tree.write("a")
    start(tree)
    assert not left.exists()
    assert shelves.KEEP == 3
