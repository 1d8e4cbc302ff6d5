"""A member of staff of a union, who works by HTTP: the console has tests of its own."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from tests.commands import command
from tests.stack import Stack

Json = dict[str, Any]
PASSWORD = "a password of the tests"


class Officer:
    """One account of the console, made by the command line and signed in."""

    def __init__(self, stack: Stack, *, name: str, org: str, roles: Sequence[str] = ("officer",)) -> None:
        self.login = f"{name}-{uuid4().hex[:8]}"
        self._stack = stack
        granted = [part for role in roles for part in ("--role", role)]
        self._command("add", self.login, "--name", name, *granted, "--org", org)
        self._desk = httpx.Client(base_url=f"{stack.url}/api/v1/desk", trust_env=False, timeout=20)
        self.sign_in()

    def sign_in(self) -> None:
        self._post("/login", {"login": self.login, "password": PASSWORD})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the account too, so that nobody is handed to somebody who has left."""
        self._desk.close()
        self._command("disable", self.login)

    def _command(self, *arguments: str) -> None:
        ended = command("staff", *arguments, typed=PASSWORD, UA_DATA_DIR=str(self._stack.data))
        assert ended.returncode == 0, ended.stderr

    def call(self, method: str, address: str, body: Json | None = None) -> httpx.Response:
        """Return whatever the desk answers."""
        return self._desk.request(method, address, json=body)

    def get(self, address: str) -> Any:
        return self.call("GET", address).raise_for_status().json()

    def post(self, address: str, body: Json | None = None) -> Any:
        return self.call("POST", address, body).raise_for_status().json()

    def waiting(self) -> list[str]:
        """Return the conversations that wait, in order."""
        return [item["conversation_id"] for item in self.get("/queue")["waiting"]]

    def cookie(self) -> str:
        return str(self._desk.cookies["ua_desk"])

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

    def _post(self, address: str, body: Json | None = None) -> None:
        self._desk.post(address, json=body).raise_for_status()
