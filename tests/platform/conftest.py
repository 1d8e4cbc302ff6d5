"""What the tests of the platform share: free ports, real processes, waiting without guessing."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from api.serving.child import Child, Log
from api.serving.rasa_process import Pace, RasaSupervisor

FAKE_RASA = Path(__file__).with_name("fake_rasa.py")
QUICK = Pace(
    start=10,
    poll_starting=0.02,
    poll_ready=0.05,
    answer=0.3,
    misses=2,
    grace=1,
    first_wait=0.05,
    last_wait=0.2,
)


@pytest.fixture
def port() -> int:
    """A port of the loopback interface that nobody uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    return number


@pytest.fixture
def listener() -> Iterator[int]:
    """The port of a program that listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def gone(pid: int) -> bool:
    """Tell whether the process is no more, or is only waiting to be collected."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


def eventually(condition: Callable[[], bool], *, seconds: float = 10) -> None:
    """Wait until `condition` holds; fail when it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


async def soon(condition: Callable[[], bool], *, seconds: float = 10) -> None:
    """`eventually` for tests on an event loop."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        await asyncio.sleep(0.02)


@dataclass
class FakeRasa:
    """A supervisor over the stand-in, and what it said."""

    folder: Path
    port: int
    pace: Pace = QUICK
    said: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def note(self, key: str, /, **fields: object) -> None:
        self.said.append((key, fields))

    @property
    def pids(self) -> list[int]:
        file = self.folder / "pids"
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    def tell(self, behaviour: str) -> None:
        (self.folder / behaviour).touch()

    def untell(self, behaviour: str) -> None:
        (self.folder / behaviour).unlink()

    @asynccontextmanager
    async def supervised(self) -> AsyncIterator[RasaSupervisor]:
        """Run the supervisor while the block lasts."""
        log = Log(self.folder / "rasa.log")
        supervisor = RasaSupervisor(
            ready_url=f"http://127.0.0.1:{self.port}/ready",
            log=log,
            notify=self.note,
            pace=self.pace,
            chance=random.Random(7),
        )

        async def start() -> Child:
            command = [sys.executable, str(FAKE_RASA), str(self.port), str(self.folder)]
            return await Child.start(
                command, python=Path(sys.executable), env=os.environ, cwd=self.folder, log=log
            )

        running = asyncio.create_task(supervisor.run(start))
        try:
            yield supervisor
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


@pytest.fixture
def rasa(tmp_path: Path, port: int) -> FakeRasa:
    return FakeRasa(tmp_path, port)


@dataclass
class ServingModel:
    """The stand-in for Rasa, running by itself, with a model that answers."""

    folder: Path

    def becomes(self, model_id: str, *, after: float) -> None:
        """Let another model answer, `after` seconds from now."""
        change = threading.Timer(after, (self.folder / "model").write_text, [model_id])
        change.start()
        if not after:
            change.join()


@contextmanager
def serving_model(port: int, folder: Path, model_id: str) -> Iterator[ServingModel]:
    """Run the stand-in for Rasa on `port` while the block lasts."""
    folder.mkdir()
    (folder / "model").write_text(model_id)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, FAKE_RASA, str(port), str(folder)], stdout=log, stderr=subprocess.STDOUT
        )
    try:
        eventually(lambda: _accepts(port))
        yield ServingModel(folder)
    finally:
        process.kill()
        process.wait()


def _accepts(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0
