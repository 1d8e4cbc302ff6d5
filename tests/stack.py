"""The real product in a process of its own, for tests that speak HTTP to it."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from api.models.training import Training

HOME = Path(__file__).resolve().parent.parent
KEPT = HOME / ".pytest_cache"
TRAINED = KEPT / "models"
"""Models that earlier stacks trained; their names tell what they were trained on."""
INDEXED = KEPT / "index"
"""The index that was built last; one of other cards is brought up to date from it."""
PORTAL_SECRET = "what a portal signs its employees' tokens with"
START_SECONDS = 300.0
"""Training the model from nothing is part of the first start."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def take_over(models: Path, into: Path) -> None:
    """Copy the model that the tree makes, with its report, unless it is there already."""
    name = Training(HOME, models=models, log=models / "train.log", env={}).name()
    for file in models.glob(f"{name}.*"):
        into.mkdir(parents=True, exist_ok=True)
        if not (into / file.name).exists():
            shutil.copy2(file, into / f".{file.name}.{os.getpid()}")
            (into / f".{file.name}.{os.getpid()}").replace(into / file.name)


def take_index(into: Path) -> None:
    """Copy the index that is kept, if there is one and none is there already."""
    with _index_to_oneself():
        if INDEXED.is_dir() and not into.exists():
            shutil.copytree(INDEXED, into)


def keep_index(built: Path) -> None:
    """Keep an index for those who need one later, unless it is the one that is kept."""
    with _index_to_oneself():
        if names(built) != names(INDEXED):
            shutil.rmtree(INDEXED, ignore_errors=True)
            shutil.copytree(built, INDEXED)


@contextmanager
def _index_to_oneself() -> Iterator[None]:
    """Two runs of tests may be under way."""
    KEPT.mkdir(exist_ok=True)
    with (KEPT / "index.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()} if folder.is_dir() else set()


@dataclass
class Stack:
    """A running product: Rasa and the API under their supervisor."""

    data: Path
    port: int
    rasa_port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def rasa_pid(self) -> int:
        """Return the process that listens on Rasa's port."""
        for connection in psutil.net_connections("tcp"):
            address = connection.laddr
            if address and address.port == self.rasa_port and connection.status == psutil.CONN_LISTEN:
                assert connection.pid is not None
                return int(connection.pid)
        raise AssertionError("nobody listens on Rasa's port")

    def ready(self) -> dict[str, object]:
        body: dict[str, object] = httpx.get(f"{self.url}/readyz", trust_env=False).json()
        return body

    def wait_until(self, *, degraded: bool, seconds: float = START_SECONDS) -> None:
        """Wait for /readyz to be 200 with this `degraded`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the service stopped:\n{self.log()}")
            try:
                answer = httpx.get(f"{self.url}/readyz", timeout=5, trust_env=False)
            except httpx.HTTPError:
                time.sleep(0.3)
                continue
            if answer.status_code == 200 and answer.json()["degraded"] is degraded:
                take_over(self.data / "models", TRAINED)
                keep_index(self.data / "index")
                return
            time.sleep(0.3)
        raise AssertionError(f"not ready (degraded={degraded}) after {seconds} s:\n{self.log()}")

    def log(self) -> str:
        return (self.data / "stack.log").read_text(encoding="utf-8", errors="replace")[-4000:]

    def stop(self) -> int:
        """Stop as Ctrl-C does and return the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def start_stack(
    data: Path, *, program: Sequence[str] | None = None, settings: dict[str, str] | None = None
) -> Stack:
    """Start the product on free ports with `data` as its folder; model and index at hand are taken over."""
    data.mkdir(parents=True, exist_ok=True)
    for trained in (TRAINED, HOME / "var" / "models"):
        take_over(trained, data / "models")
    take_index(data / "index")
    if (HOME / "var" / "index").is_dir() and not (data / "index").exists():
        shutil.copytree(HOME / "var" / "index", data / "index")
    port, rasa_port = free_port(), free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("UA_")}
    environment |= {
        "UA_HOME": str(HOME),
        "UA_DATA_DIR": str(data),
        "UA_PORT": str(port),
        "UA_RASA_PORT": str(rasa_port),
        **(settings or {}),
    }
    command = list(program or (sys.executable, "-m", "tests.clocked_service", "serve"))
    with (data / "stack.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=HOME, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    return Stack(data, port, rasa_port, process)
