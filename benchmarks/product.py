"""The product in a process of its own, for benchmarks: started on free ports, timed, stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

HOME = Path(__file__).resolve().parent.parent
START = 600.0
STOP = 30.0


@dataclass(frozen=True, slots=True)
class Product:
    """A running product, its data in `data`, that took `start_seconds` from its start to /readyz."""

    data: Path
    port: int
    rasa_port: int
    start_seconds: float

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @classmethod
    @contextmanager
    def start(cls, data: Path, *, settings: Mapping[str, str] | None = None) -> Iterator[Product]:
        """Run `union-assistant serve` with the data folder `data` while the block lasts."""
        port, rasa_port = free_ports(2)
        env = {name: value for name, value in os.environ.items() if not name.startswith("UA_")}
        env |= {"UA_DATA_DIR": str(data), "UA_PORT": str(port), "UA_RASA_PORT": str(rasa_port)}
        env |= settings or {}
        began = time.monotonic()
        command = [str(Path(sys.executable).with_name("union-assistant")), "serve"]
        with (data / "serve.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=HOME, env=env, stdout=log, stderr=log)
        try:
            wait_until_ready(process, f"http://127.0.0.1:{port}/readyz", data / "serve.log")
            yield cls(data, port, rasa_port, time.monotonic() - began)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(STOP)


def listener(port: int) -> psutil.Process:
    """Return the process that listens on `port`."""
    for connection in psutil.net_connections("tcp"):
        local = connection.laddr
        if connection.status == psutil.CONN_LISTEN and local and local.port == port and connection.pid:
            return psutil.Process(connection.pid)
    raise LookupError(f"nobody listens on {port}")


def memory_of_port(port: int) -> int:
    """Return the resident memory, in MiB, of whatever listens on `port`."""
    return int(listener(port).memory_info().rss) // 1024**2


def free_ports(count: int) -> list[int]:
    """Return so many different ports of the loopback interface that nobody has."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Wait for 200 at `url`, START seconds at most. Raises RuntimeError when `process` ends or is late."""
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the service ended: {log.read_text(encoding='utf-8')[-2000:]}")
        try:
            if httpx.get(url, trust_env=False, timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"not ready after {START:.0f} s; see {log}")
