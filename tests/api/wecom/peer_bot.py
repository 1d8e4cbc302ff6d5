"""A bot on the vendor's own SDK, run by node: what it meets comes as lines, see `peer_bot.mjs`."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.node import environment, node

SCRIPT = Path(__file__).with_name("peer_bot.mjs")


class PeerBot:
    """Use it as a context; `next` waits for what the bot meets."""

    def __init__(self, url: str, *, bot_id: str, secret: str, ping: float = 30.0) -> None:
        self._process = subprocess.Popen(
            [node(), str(SCRIPT), url, bot_id, secret, str(round(ping * 1000))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment(),
        )
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def next(self, what: str, *, within: float = 10.0) -> dict[str, Any]:
        """Return the next line that tells of `what`, passing over others."""
        until = time.monotonic() + within
        passed: list[dict[str, Any]] = []
        while (left := until - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=left)
            except queue.Empty:
                break
            if line["what"] == what:
                return line
            passed.append(line)
        raise AssertionError(f"the bot said nothing of {what} but {passed}")

    def quiet(self, seconds: float) -> bool:
        """Tell whether the bot meets nothing for so long."""
        try:
            self._lines.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(json.loads(line))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(5)
