"""A new index is taken up while questions are asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from retrieval.encoder import Encoder, load_encoder
from retrieval.store import current_version
from service.knowledge.live_index import LiveIndex
from tests.retrieval.material import ARTIFACTS, static_folder
from tests.retrieval.versions import SUBJECTS, build_version, version_said

PATIENCE = 20.0


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return load_encoder(static_folder(tmp_path_factory.mktemp("encoder")))


@pytest.fixture
def live(tmp_path: Path, encoder: Encoder) -> Iterator[LiveIndex]:
    build_version(0, tmp_path, encoder)
    opened = LiveIndex(tmp_path, encoder, ARTIFACTS)
    yield opened
    opened.close()


def wait_until(happened: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.01)


def test_a_new_version_is_taken_up_without_a_question_and_without_a_restart(
    live: LiveIndex, tmp_path: Path, encoder: Encoder
) -> None:
    version = build_version(1, tmp_path, encoder)
    wait_until(lambda: live.current().version == version)
    assert version_said(live.current(), "年假") == 1


def test_a_version_that_does_not_fit_leaves_the_old_one_answering_and_the_next_one_is_taken(
    live: LiveIndex, tmp_path: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = live.current()
    other = load_encoder(static_folder(tmp_path_factory.mktemp("other"), seed=1))
    build_version(1, tmp_path, other)
    live.look()
    assert live.current() is before
    assert version_said(before, "产假") == 0
    version = build_version(2, tmp_path, encoder)
    wait_until(lambda: live.current().version == version)


def test_a_version_that_is_not_there_leaves_the_old_one_answering(live: LiveIndex, tmp_path: Path) -> None:
    before = live.current()
    (tmp_path / "current").write_text("0" * 16, encoding="utf-8")
    live.look()
    assert live.current() is before


def test_a_closed_one_takes_up_no_more_versions(live: LiveIndex, tmp_path: Path, encoder: Encoder) -> None:
    before = live.current()
    live.close()
    assert build_version(1, tmp_path, encoder) == current_version(tmp_path)
    assert not [thread for thread in threading.enumerate() if thread is live._watcher]
    assert live.current() is before


def test_every_question_asked_while_versions_change_is_answered_by_one_whole_version(
    live: LiveIndex, tmp_path: Path, encoder: Encoder
) -> None:
    said: list[list[int]] = [[] for _ in range(3)]
    failures: list[BaseException] = []
    done = threading.Event()

    def ask(mine: list[int]) -> None:
        at = 0
        try:
            while not done.is_set():
                mine.append(version_said(live.current(), SUBJECTS[at % len(SUBJECTS)]))
                at += 1
        except BaseException as error:
            failures.append(error)

    def answered_by(version: int) -> bool:
        return bool(failures) or version_said(live.current(), "病假工资") == version

    asking = [threading.Thread(target=ask, args=(mine,)) for mine in said]
    for thread in asking:
        thread.start()
    for version in range(1, 7):
        build_version(version, tmp_path, encoder)
        wait_until(partial(answered_by, version))
    done.set()
    for thread in asking:
        thread.join()
    assert not failures, failures
    for mine in said:
        assert mine == sorted(mine), "an older version came back"
        assert mine[-1] >= 5
