"""What the person at the terminal is told while the service starts, runs and stops."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from service.texts import Texts


class StartFailure(Exception):
    """The service cannot start: `operator.failures.<key>` says what is wrong and what cures it."""

    def __init__(self, key: str, **fields: object) -> None:
        super().__init__(key)
        self.key = key
        self.fields = fields


class Notices:
    """Prints lines such as `[   3.1 s] …`, counted from its creation."""

    def __init__(self, texts: Texts, *, stream: TextIO | None = None) -> None:
        self._texts = texts
        self._stream = stream or sys.stdout
        self._start = time.monotonic()

    @property
    def texts(self) -> Texts:
        """The sentences it prints from."""
        return self._texts

    def say(self, key: str, /, **fields: object) -> None:
        """Print the sentence `operator.notices.<key>`."""
        self._line(self._texts(f"operator.notices.{key}", **fields))

    def failure(self, failure: StartFailure) -> None:
        """Print why the service stops: one line with the cure."""
        self._line("✗ " + self._texts(f"operator.failures.{failure.key}", **failure.fields))

    def _line(self, text: str) -> None:
        print(f"[{time.monotonic() - self._start:7.1f} s] {text}", file=self._stream, flush=True)
