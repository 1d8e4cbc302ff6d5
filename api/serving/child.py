"""A child process, tied to this one, in a session of its own, its output in a log that stays small."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

TETHER = Path(__file__).with_name("tether.py")


class Log:
    """A file that a child appends to; `trim` sets it aside at `limit` bytes and keeps `keep` older parts."""

    def __init__(self, path: Path, *, limit: int = 10 * 1024**2, keep: int = 3) -> None:
        self.path = path
        self._limit = limit
        self._keep = keep

    def open(self) -> int:
        """Return a descriptor that always writes at the end, wherever that is by then."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)

    def trim(self) -> None:
        """Copy what is there aside once it is large, then empty the file: the child keeps its descriptor."""
        if not self.path.exists() or self.path.stat().st_size < self._limit:
            return
        for number in range(self._keep - 1, 0, -1):
            with suppress(FileNotFoundError):
                self._part(number).replace(self._part(number + 1))
        shutil.copyfile(self.path, self._part(1))
        os.truncate(self.path, 0)

    def _part(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")


class Child:
    """One run of a program."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(
        cls, command: Sequence[str], *, python: Path, env: Mapping[str, str], cwd: Path, log: Log
    ) -> Child:
        """Start `command` (an absolute path first) under `python`'s tether. Raises OSError."""
        output = log.open()
        try:
            # Started from the main thread: the kernel's wish is about the thread that forked.
            process = await asyncio.create_subprocess_exec(
                python,
                TETHER,
                str(os.getpid()),
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=cwd,
                env=dict(env),
                start_new_session=True,
            )
        finally:
            os.close(output)
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def wait(self) -> int:
        """Wait for the end; return the exit status, negative for a signal."""
        return await self._process.wait()

    async def stop(self, *, grace: float) -> None:
        """End the program and what it started: asked first, after `grace` seconds by force."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)
            try:
                await asyncio.wait_for(self.wait(), grace)
            except TimeoutError:
                continue
            if number is signal.SIGTERM:
                with suppress(ProcessLookupError):  # something it started may have stayed
                    os.killpg(self.pid, signal.SIGKILL)
            return

    def kill(self) -> None:
        """End it now, without waiting."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
