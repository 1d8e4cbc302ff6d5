"""A child dies with its parent, and its log stays small."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from api.serving.child import TETHER, Log
from tests.platform.conftest import eventually, gone

PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, sys.argv[1], str(os.getpid()), sys.executable, "-c",
                          "import time; time.sleep(60)"], process_group=0)
print(child.pid, flush=True)
time.sleep(60)
"""


def test_the_child_of_a_killed_parent_dies_too() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, TETHER], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        eventually(lambda: b"sleep(60)" in Path(f"/proc/{pid}/cmdline").read_bytes())
        assert not gone(pid)
        os.kill(parent.pid, signal.SIGKILL)
        eventually(lambda: gone(pid))


def test_a_program_whose_parent_died_before_it_began_does_not_run(tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    code = f"open({str(trace)!r}, 'w')"
    ended = subprocess.run([sys.executable, TETHER, "1", sys.executable, "-c", code], check=False)
    assert ended.returncode == 1
    assert not trace.exists()


def test_a_large_log_is_set_aside_while_the_child_goes_on_writing(tmp_path: Path) -> None:
    log = Log(tmp_path / "rasa.log", limit=100, keep=2)
    output = log.open()
    for part in (b"first", b"second", b"third"):
        os.write(output, part * 30)
        log.trim()
    os.write(output, b"fourth")
    os.close(output)
    assert log.path.read_bytes() == b"fourth"
    assert (tmp_path / "rasa.log.1").read_bytes() == b"third" * 30
    assert (tmp_path / "rasa.log.2").read_bytes() == b"second" * 30
    assert not (tmp_path / "rasa.log.3").exists()


def test_a_small_log_is_left_alone(tmp_path: Path) -> None:
    log = Log(tmp_path / "rasa.log", limit=100)
    log.trim()
    (tmp_path / "rasa.log").write_text("short")
    log.trim()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["rasa.log"]
