"""The platform as it calls our addresses, on the vendor's crypto, run by node: see `peer_platform.mjs`."""

from __future__ import annotations

import itertools
import json
import subprocess
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.node import environment, node

SCRIPT = Path(__file__).with_suffix(".mjs")
Json = dict[str, Any]


@dataclass(frozen=True)
class Door:
    """An address with what it is signed and encrypted by; `receive_id` is '' for a bot."""

    url: str
    token: str
    aes_key: str
    receive_id: str


@dataclass(frozen=True)
class Answered:
    """What came back: `opened` is what a bot's answer says, decrypted by the vendor's crypto."""

    status: int
    body: str
    seconds: float
    opened: Json | None


class PeerPlatform:
    """Use it as a context. Every call is a delivery over HTTP."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [node(), str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment(),
        )
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Future[Answered]] = {}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def begin(self, door: Door, text: str, *, kind: str, timestamp: int, **more: Any) -> Future[Answered]:
        """Deliver, without waiting for the answer; `kind`, `more`: `as` and the rest in the script."""
        number, answered = next(self._numbers), Future[Answered]()
        self._waiting[number] = answered
        asked = {
            "id": number, "url": door.url, "token": door.token, "aesKey": door.aes_key,
            "receiveId": door.receive_id, "text": text, "as": kind, "timestamp": timestamp, **more,
        }  # fmt: skip
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return answered

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            waiting = self._waiting.pop(told["id"])
            if "error" in told:
                waiting.set_exception(ConnectionError(told["error"]))
                continue
            opened = told["opened"]
            if opened is not None:
                assert (opened["signed"], opened["receiveId"]) == (True, ""), opened
            waiting.set_result(
                Answered(
                    told["status"],
                    told["body"],
                    told["ms"] / 1000,
                    json.loads(opened["text"]) if opened else None,
                )
            )

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


def all_of(begun: Sequence[Future[Answered]], *, within: float = 30.0) -> list[Answered]:
    return [one.result(within) for one in begun]
