"""Progress lines with elapsed time, one a step, and a sign of life while a long one works."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from bootstrap.messages import say


def duration(seconds: float) -> str:
    """Return `seconds` the way a person says them: 8 秒, 2 分 05 秒."""
    if seconds < 60:
        return say("seconds", seconds=f"{seconds:.0f}")
    return say("minutes", minutes=int(seconds) // 60, seconds=f"{int(seconds) % 60:02d}")


class Progress:
    """Writes lines such as `[  12.3 s] …`, counted from its creation."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream
        self._start = time.monotonic()

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._start

    def line(self, text: str) -> None:
        print(f"[{self.elapsed:7.1f} s] {text}", file=self._stream, flush=True)

    def say(self, key: str, **fields: object) -> None:
        self.line(say(key, **fields))
