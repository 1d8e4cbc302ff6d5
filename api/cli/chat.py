"""`union-assistant chat`: a conversation in the terminal, over the same HTTP as every other client."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import typer

from api.cli.context import fail
from api.cli.words import word, words

SENDING = 30.0
LATE = 60.0
"""Seconds that a late answer is waited for after the server said that it is not ready."""

Message = dict[str, Any]
Explain = Callable[[str, str], list[str]]
"""Returns the lines that explain a message, by its conversation and its id."""


def _unexplained(_conversation_id: str, _message_id: str) -> list[str]:
    return []


def converse(url: str, *, org: str | None, explain: Explain = _unexplained) -> int:
    """Talk until the person leaves; return 0, or 1 when the service cannot be reached.

    What `explain` says of a message of the assistant stands below it.
    """
    with httpx.Client(base_url=f"{url}/api/v1", timeout=SENDING, trust_env=url_is_remote(url)) as http:
        try:
            return _Conversation(http, org=org, explain=explain).run()
        except httpx.TransportError:
            fail(word("chat.unreachable", url=url))
        except _Refused as refused:
            fail(str(refused))


def url_is_remote(url: str) -> bool:
    """Tell whether a proxy from the environment may lie between here and `url`."""
    return httpx.URL(url).host not in ("127.0.0.1", "localhost", "::1")


class _Conversation:
    def __init__(self, http: httpx.Client, *, org: str | None, explain: Explain) -> None:
        self._http = http
        self._org = org
        self._explain = explain
        self._path = ""
        self._seq = 0
        self._options: list[dict[str, str]] = []

    def run(self) -> int:
        opened = self._call("POST", "/conversations", {"channel": "terminal", "org": self._org})
        self._path = f"/conversations/{opened['id']}/messages"
        self._http.headers["Authorization"] = f"Bearer {opened['token']}"
        self._show(opened["messages"])
        while True:
            try:
                typed = input(f"\n{word('chat.you')}> ").strip()
            except (EOFError, KeyboardInterrupt):
                typer.echo()
                break
            if typed in _leaving():
                break
            if typed:
                self._turn(typed)
        typer.echo(word("chat.bye"))
        return 0

    def _turn(self, typed: str) -> None:
        body: dict[str, object] = {"client_id": uuid.uuid4().hex}
        if typed.isdecimal() and 1 <= int(typed) <= len(self._options):
            body["option"] = self._options[int(typed) - 1]["id"]
        else:
            body["text"] = typed
        try:
            sent = self._call("POST", self._path, body)
        except _Refused as refused:
            typer.echo(str(refused), err=True)
            return
        self._seq = max(self._seq, sent["accepted"]["seq"])
        self._show(sent["messages"] or (self._late() if sent["pending"] else []))

    def _late(self) -> list[Message]:
        typer.echo(word("chat.waiting"))
        deadline = time.monotonic() + LATE
        while time.monotonic() < deadline:
            came = self._call("GET", f"{self._path}?after={self._seq}", None)["messages"]
            if came:
                answers: list[Message] = came
                return answers
            time.sleep(0.5)
        typer.echo(word("chat.late"))
        return []

    def _show(self, messages: list[Message]) -> None:
        for message in messages:
            self._seq = max(self._seq, message["seq"])
            if message["sender"] == "employee":
                continue
            typer.echo(f"\n{word('chat.bot')}> {message['text']}")
            laws = [
                f"{cited['law']} {cited['article'] or ''}".strip()
                for cited in message["citations"]
                if cited["law"]
            ]
            if laws:
                typer.echo(f"{word('chat.cited')}：{'；'.join(laws)}")
            self._options = message["options"]
            for number, option in enumerate(self._options, 1):
                typer.echo(f"  {number}. {option['title']}")
            if message["sender"] == "bot":
                for line in self._explain(message["conversation_id"], message["id"]):
                    typer.echo(line)

    def _call(self, method: str, path: str, body: dict[str, object] | None) -> dict[str, Any]:
        response = self._http.request(method, path, json=body)
        if response.is_success:
            answer: dict[str, Any] = response.json()
            return answer
        try:
            problem = response.json()
            refused = _Refused(problem["detail"], problem["code"])
        except (ValueError, KeyError, TypeError):
            refused = _Refused(response.reason_phrase, str(response.status_code))
        raise refused


class _Refused(Exception):
    def __init__(self, detail: str, code: str) -> None:
        super().__init__(word("chat.refused", detail=detail, code=code))


def _leaving() -> set[str]:
    listed = words().value("cli.chat.leave")
    return {str(item) for item in listed} if isinstance(listed, list) else set()
