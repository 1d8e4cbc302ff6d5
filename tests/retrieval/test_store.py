import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from retrieval.store import current_version, is_whole, publish, read_manifest


def writing(*names: str) -> Any:
    def write(folder: Path) -> dict[str, Any]:
        for name in names:
            (folder / name).write_text(name, encoding="utf-8")
        return {"version": names[0]}

    return write


def test_before_the_first_build_there_is_no_version(tmp_path: Path) -> None:
    assert current_version(tmp_path) is None


def test_a_published_version_is_live_and_whole(tmp_path: Path) -> None:
    publish(tmp_path, "one", writing("a", "b"))
    assert current_version(tmp_path) == "one"
    assert is_whole(tmp_path / "one")
    assert read_manifest(tmp_path / "one")["version"] == "a"


def test_a_version_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    publish(tmp_path, "one", writing("a"))

    def fails(folder: Path) -> dict[str, Any]:
        raise AssertionError("written twice")

    publish(tmp_path, "one", fails)


def test_the_version_before_is_kept_and_older_ones_go(tmp_path: Path) -> None:
    for version in ("one", "two", "three"):
        publish(tmp_path, version, writing(version))
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["three", "two"]
    publish(tmp_path, "two", writing("two"))
    assert current_version(tmp_path) == "two"
    assert is_whole(tmp_path / "three")


def test_a_build_that_fails_leaves_the_live_version(tmp_path: Path) -> None:
    publish(tmp_path, "one", writing("a"))

    def fails(folder: Path) -> dict[str, Any]:
        (folder / "half").write_text("half", encoding="utf-8")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        publish(tmp_path, "two", fails)
    assert current_version(tmp_path) == "one"
    publish(tmp_path, "two", writing("b"))
    assert current_version(tmp_path) == "two"
    assert not list(tmp_path.glob(".building-*"))


def test_a_damaged_version_is_written_anew(tmp_path: Path) -> None:
    publish(tmp_path, "one", writing("a", "b"))
    (tmp_path / "one" / "b").write_text("", encoding="utf-8")
    assert not is_whole(tmp_path / "one")
    publish(tmp_path, "one", writing("a", "b"))
    assert is_whole(tmp_path / "one")


def test_builders_at_the_same_time_take_turns(tmp_path: Path) -> None:
    writers = []
    for number in range(8):
        version = f"version-{number % 2}"
        writers.append(threading.Thread(target=publish, args=(tmp_path, version, writing("a", "b", "c"))))
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    assert is_whole(tmp_path / str(current_version(tmp_path)))


BUILD_FOREVER = """
import sys, time
from pathlib import Path
from retrieval.store import publish

def write(folder):
    for name in range(20):
        (folder / str(name)).write_bytes(b"x" * 10_000)
    return {}

at = int(sys.argv[2])
print("started", flush=True)
while True:
    at += 1
    publish(Path(sys.argv[1]), f"version-{at}", write)
"""


def test_a_build_killed_at_any_moment_leaves_a_whole_live_version(tmp_path: Path, home: Path) -> None:
    publish(tmp_path, "version-0", writing("a"))
    rng = random.Random(3)
    for turn in range(12):
        command = [sys.executable, "-c", BUILD_FOREVER, str(tmp_path), str(turn * 100_000)]
        builder = subprocess.Popen(command, cwd=home, env=os.environ, stdout=subprocess.PIPE, text=True)
        assert builder.stdout is not None
        builder.stdout.readline()
        time.sleep(rng.uniform(0, 0.05))
        builder.send_signal(signal.SIGKILL)
        builder.wait()
        builder.stdout.close()
        live = current_version(tmp_path)
        assert live is not None
        assert is_whole(tmp_path / live), f"killed in turn {turn}"
    publish(tmp_path, "last", writing("a"))
    assert current_version(tmp_path) == "last"
    assert not list(tmp_path.glob(".building-*/"))
