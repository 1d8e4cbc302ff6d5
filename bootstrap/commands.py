"""Runs other programs with their output in a log, and turns a failure into one line with its cure."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bootstrap.messages import Failure
from bootstrap.progress import Progress, duration

HEARTBEAT = 20.0  # seconds between signs of life
TAIL = 20_000  # bytes of output looked at for the reason of a failure

CREDENTIALS = re.compile(r"://[^/@\s]+@")  # a find-links address may carry some

# The first that matches names the failure; disk before network, because a full disk also breaks downloads.
REASONS = (
    ("disk_full", r"No space left on device|ENOSPC|os error 28|\[Errno 28\]|Disk quota exceeded"),
    (
        "no_network",
        r"dns error|name resolution|Could not resolve|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|"
        r"Connection refused|Network is unreachable|Failed to establish a new connection|"
        r"error sending request|Failed to fetch|tunnel error|Read timed out|Could not connect",
    ),
    ("no_version", r"No solution found|No matching distribution|were not found in the|ETARGET|notarget"),
    ("no_permission", r"Permission denied|EACCES|os error 13|\[Errno 13\]|Read-only file system"),
)


def reason(output: str) -> str | None:
    """Return the key of the failure that `output` shows, or None when it shows no known one."""
    for key, pattern in REASONS:
        if re.search(pattern, output):
            return key
    return None


class Runner:
    """Runs programs one at a time; everything they print goes to `log`."""

    def __init__(self, log: Path, progress: Progress, env: Mapping[str, str]) -> None:
        self.log = log
        self.env = dict(env)
        self._progress = progress

    def run(self, command: Sequence[str | Path], *, doing: str, cwd: Path | None = None) -> None:
        """Run `command` to its end. Raises Failure, which names `doing` and the log."""
        output, code = self._execute([str(part) for part in command], cwd)
        if code == 0:
            return
        known = reason(output)
        raise Failure(known or "command_failed", doing=doing, code=code, log=self.log)

    def succeeds(self, command: Sequence[str | Path]) -> bool:
        """Run `command`, which may fail. Raises Failure only when the disk is full."""
        output, code = self._execute([str(part) for part in command], None)
        if code != 0 and reason(output) == "disk_full":
            raise Failure("disk_full", doing=Path(command[0]).name, code=code, log=self.log)
        return code == 0

    def _execute(self, command: list[str], cwd: Path | None) -> tuple[str, int]:
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            with self.log.open("ab") as log:
                log.write(f"\n$ {CREDENTIALS.sub('://…@', ' '.join(command))}\n".encode())
                log.flush()
                start = log.tell()
                code = self._wait(command, cwd, log.fileno())
        except OSError as error:
            raise Failure("cannot_run", program=command[0], error=error.strerror or error) from error
        with self.log.open("rb") as log:
            log.seek(max(start, self.log.stat().st_size - TAIL))
            return log.read().decode(errors="replace"), code

    def _wait(self, command: list[str], cwd: Path | None, output: int) -> int:
        with subprocess.Popen(
            command,
            cwd=cwd,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            process_group=0,
            # The lock goes to the program too: when this process is killed, the next one waits for both.
            close_fds=False,
        ) as process:
            began = time.monotonic()
            try:
                while True:
                    try:
                        return process.wait(timeout=HEARTBEAT)
                    except subprocess.TimeoutExpired:
                        self._progress.say("still", time=duration(time.monotonic() - began))
            except BaseException:
                _end(process)
                raise


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop the program and what it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=5)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
