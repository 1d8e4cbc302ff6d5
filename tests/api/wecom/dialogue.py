"""A stand-in for the dialogue: it says at once what was said to it, or holds its answers back."""

from __future__ import annotations

import http.server
import json
import threading
from types import TracebackType
from typing import Any, Self


class _Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128  # as many turns as may begin at once; with five some would be refused


class Dialogue:
    """Use it as a context. `holding` keeps every answer back until it is `release`d."""

    ready = ever_ready = True
    model: str | None = "stand-in"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._free = threading.Event()
        self._free.set()
        dialogue = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                turn = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                dialogue.asked.append(turn["message"])
                dialogue._free.wait(30)
                body = json.dumps(_answer(turn["message"])).encode()
                head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
                self.wfile.write(head.encode() + body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def hold(self) -> None:
        self._free.clear()

    def release(self) -> None:
        self._free.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._free.set()
        self._server.shutdown()
        self._server.server_close()


def _answer(message: str) -> dict[str, Any]:
    # As a text that is the same on every channel, groups included.
    said: dict[str, Any] = {"text": f"答：{message}", "action": "utter_stay"}
    if message == "办事":
        said["buttons"] = [{"title": "困难帮扶", "payload": "/apply_hardship"}]
    return {
        "intent": {"name": "greet", "confidence": 0.9},
        "ranking": [],
        "entities": [],
        "steps": [],
        "messages": [said],
    }
