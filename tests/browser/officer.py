"""An officer of a union, who works by HTTP: the console has tests of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

import httpx

from tests.stack import HOME, Stack

PASSWORD = "a password of the tests"


class Officer:
    """One account of the console, signed in."""

    def __init__(self, stack: Stack, *, name: str, org: str) -> None:
        login = f"officer-{uuid4().hex[:8]}"
        program = Path(sys.executable).with_name("union-assistant")
        subprocess.run(
            [program, "staff", "add", login, "--name", name, "--role", "officer", "--org", org],
            input=PASSWORD,
            text=True,
            check=True,
            capture_output=True,
            cwd=HOME,
            env={**os.environ, "UA_HOME": str(HOME), "UA_DATA_DIR": str(stack.data)},
        )
        self._desk = httpx.Client(base_url=f"{stack.url}/api/v1/desk", trust_env=False, timeout=20)
        self._post("/login", {"login": login, "password": PASSWORD})

    def __enter__(self) -> Officer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._desk.close()

    def claim(self, conversation: str) -> None:
        self._post(f"/conversations/{conversation}/claim")

    def say(self, conversation: str, text: str) -> None:
        self._post(f"/conversations/{conversation}/messages", {"client_id": uuid4().hex, "text": text})

    def hand_back(self, conversation: str) -> None:
        self._post(f"/conversations/{conversation}/hand-back")

    def read_up_to(self, conversation: str) -> int:
        """Return the number of the last message the employee has had on the screen."""
        answer = self._desk.get(f"/conversations/{conversation}")
        return int(answer.raise_for_status().json()["read_seq"])

    def _post(self, address: str, body: dict[str, Any] | None = None) -> None:
        self._desk.post(address, json=body).raise_for_status()
