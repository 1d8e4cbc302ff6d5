"""An employee who talks to the product over HTTP, for journeys and failures."""

from __future__ import annotations

import itertools
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

Json = dict[str, Any]


class Talk:
    """One conversation. Every call returns what the server answered."""

    def __init__(
        self, url: str, *, org: str | None = None, identity: str | None = None, timeout: float = 20.0
    ) -> None:
        self.http = httpx.Client(base_url=f"{url}/api/v1", timeout=timeout, trust_env=False)
        opened = self.http.post(
            "/conversations",
            json={"channel": "web", "org": org} if org else {},
            headers={"Authorization": f"Bearer {identity}"} if identity else {},
        )
        assert opened.status_code == 201, opened.text
        self._take(opened.json())

    @classmethod
    def of(cls, url: str, opened: Json, *, timeout: float = 20.0) -> Talk:
        """Talk in a conversation that was not opened over HTTP: its `id`, `token` and first `messages`."""
        talk = cls.__new__(cls)
        talk.http = httpx.Client(base_url=f"{url}/api/v1", timeout=timeout, trust_env=False)
        talk._take(opened)
        return talk

    @classmethod
    def again(cls, url: str, earlier: Talk) -> Talk:
        """Return to the conversation of `earlier`, perhaps at another address."""
        talk = cls.__new__(cls)
        talk.__dict__ = {
            **earlier.__dict__,
            "http": httpx.Client(base_url=f"{url}/api/v1", timeout=earlier.http.timeout, trust_env=False),
        }
        return talk

    def post(self, **body: object) -> httpx.Response:
        return self.http.post(f"/conversations/{self.id}/messages", json=body, headers=self.headers)

    def say(self, text: str, *, client_id: str | None = None) -> Json:
        """Send a text and return the answer to it."""
        return self._taken(self.post(client_id=client_id or f"c{next(self._numbers)}", text=text))

    def press(self, title: str) -> Json:
        """Press an option of the last messages, by its title or the first that begins so."""
        offered = {option["title"]: option["id"] for message in self.last for option in message["options"]}
        found = title if title in offered else next((at for at in offered if at.startswith(title)), None)
        assert found is not None, f"{title} is not among {list(offered)}"
        return self._taken(self.post(client_id=f"c{next(self._numbers)}", option=offered[found]))

    def messages(self, after: int = 0) -> list[Json]:
        answer = self.http.get(
            f"/conversations/{self.id}/messages", params={"after": after}, headers=self.headers
        )
        assert answer.status_code == 200, answer.text
        messages: list[Json] = answer.json()["messages"]
        return messages

    def _take(self, opened: Json) -> None:
        self.opened = opened
        self.id: str = opened["id"]
        self.headers = {"Authorization": f"Bearer {opened['token']}"}
        self._numbers = itertools.count(1)
        self.last: list[Json] = opened["messages"]

    def _taken(self, answer: httpx.Response) -> Json:
        assert answer.status_code == 200, answer.text
        body: Json = answer.json()
        assert body["pending"] is False, body
        self.last = body["messages"]
        return body


def open_stream(url: str, talk: Talk, *, after: int = 0, token: str | None = None) -> ClientConnection:
    token = token or talk.opened["token"]
    return connect(
        f"{url.replace('http', 'ws')}/api/v1/conversations/{talk.id}/stream?after={after}",
        subprotocols=["union-assistant", f"token.{token}"],  # type: ignore[list-item]
        proxy=None,
    )
