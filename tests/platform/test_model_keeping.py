"""Which models are kept, going back to one of them, and being killed at any moment; see test_model_life."""

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
from api.models.life import Ending, Outcome
from tests.platform.trainable import PYTHON, Trainable, in_use, renew, start

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture
def tree(tmp_path: Path) -> Trainable:
    return Trainable.make(tmp_path)


def use(tree: Trainable, name: str) -> Outcome:
    return asyncio.run(tree.life().use(name))


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


@pytest.mark.verify
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
