"""Reads files in a process of their own, so that a hostile file costs a clear error and nothing else."""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

from retrieval.documents.model import QuestionTable, Reading
from retrieval.documents.reading.errors import UnreadableError
from retrieval.documents.reading.limits import MIB, Limits, Scans
from retrieval.documents.reading.wire import decode

_ROOT = Path(__file__).resolve().parents[3]
_LONGEST_ANSWER = 128 * MIB
_PATIENCE = 3  # a machine may do other things meanwhile
_RETRY = frozenset({"out_of_memory", "crashed"})


class Reader:
    """Reads a batch of files one after the other in one process, replaced when it dies or overruns.

    Use it as a context manager; one thread at a time.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._recognises = can_recognise() and self.limits.scanned_pages > 0
        self._plain = _Process(self.limits, Scans.DEFER if self._recognises else Scans.NOTE)
        self._scans = _Process(self.limits, Scans.READ)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._plain.stop()
        self._scans.stop()

    def read(self, path: Path, *, columns: Mapping[str, str] | None = None) -> Reading | QuestionTable:
        """Read a file of any format. Raises UnreadableError, or OSError when there is no such file.

        `columns` says which heading of a question table is what (question, other, answer, topic, basis)
        instead of guessing.
        """
        size = path.stat().st_size
        if path.is_dir():
            raise IsADirectoryError(path)
        if size == 0:
            raise UnreadableError("empty")
        if size > self.limits.file_bytes:
            most = f"{self.limits.file_bytes // MIB} MB"
            raise UnreadableError("too_large", size=f"{size // MIB} MB", most=most)
        try:
            return self._tried(self._plain, path, columns or {}, self.limits.seconds)
        except UnreadableError as error:
            if error.code != "needs_ocr" or not self._recognises:
                raise
            scans = min(int(error.values.get("pages", "1")), self.limits.scanned_pages)
        seconds = self.limits.seconds + scans * self.limits.seconds_per_scan
        return self._tried(self._scans, path, columns or {}, seconds)

    def _tried(
        self, process: "_Process", path: Path, columns: Mapping[str, str], seconds: float
    ) -> Reading | QuestionTable:
        fresh, began = not process.used, time.monotonic()
        try:
            return process.ask(path, columns, seconds)
        except UnreadableError as error:
            # What earlier files left behind in the process may be to blame.
            if fresh or error.code not in _RETRY:
                raise
        process.stop()
        return process.ask(path, columns, max(seconds - (time.monotonic() - began), 0.0))


def can_recognise() -> bool:
    """Whether the optional recognition of print is installed."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


class _Process:
    """The parsing process, started when first needed."""

    def __init__(self, limits: Limits, scans: Scans) -> None:
        self._limits = limits
        self._settings = json.dumps({"limits": asdict(limits), "scans": scans})
        self._process: subprocess.Popen[bytes] | None = None
        self.used = False

    def ask(self, path: Path, columns: Mapping[str, str], seconds: float) -> Reading | QuestionTable:
        """Have `path` read in `seconds` of a processor. A process that fails to answer is gone afterwards."""
        process = self._process or self._start()
        request = {"path": str(path.absolute()), "columns": dict(columns), "seconds": seconds}
        self.used = True
        try:
            assert process.stdin is not None  # noqa: S101 - a pipe, see _start
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            return decode(self._line(process, seconds))
        except UnreadableError as error:
            if error.code in ("timed_out", "crashed", "out_of_memory"):
                self.stop()
            raise
        except (OSError, ValueError) as error:
            self.stop()
            raise UnreadableError("crashed") from error

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        process, self._process, self.used = self._process, None, False
        if process:
            process.kill()
            process.communicate()

    def _start(self) -> "subprocess.Popen[bytes]":
        # Without the service's settings and secrets; -B because it cannot write anyway, -P
        # because the folder it is started in may hold anything.
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(_ROOT),
            "PYTHONIOENCODING": "utf-8",
            "OMP_NUM_THREADS": str(os.cpu_count() or 1),
            "OPENBLAS_NUM_THREADS": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-BP", "-m", "retrieval.documents.reading.worker", self._settings],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        # Starting up is not the file's fault: on a loaded machine it may take longer than reading.
        try:
            self._line(self._process, 20.0)
        except UnreadableError as error:
            self.stop()
            raise RuntimeError("the parsing process does not start") from error
        return self._process

    def _line(self, process: "subprocess.Popen[bytes]", seconds: float) -> bytes:
        assert process.stdout is not None  # noqa: S101 - a pipe, see _start
        ends = time.monotonic() + _PATIENCE * seconds
        overrun = UnreadableError("timed_out", seconds=f"{seconds:.0f}")
        line = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while not line.endswith(b"\n"):
                left = ends - time.monotonic()
                if left <= 0 or not selector.select(left):
                    raise overrun
                part = os.read(process.stdout.fileno(), MIB)
                line += part
                if not part and process.wait() == -signal.SIGXCPU:
                    raise overrun
                if not part or len(line) > _LONGEST_ANSWER:
                    raise UnreadableError("crashed")
        return bytes(line[:-1])
