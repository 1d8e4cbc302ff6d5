"""What the platform takes from an AI bot and what it refuses: the rules of the modelled gateway.

What nobody has seen documented is a choice, marked so.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

Body = dict[str, Any]

CONTENT_BYTES = 20480

OK = 0
BAD_CREDENTIALS = 853000  # "invalid bot_id or secret", as others report
BAD_REQ_ID = 846605
STREAM_EXPIRED = 846608
NOT_SUBSCRIBED = 846609
BAD_PARAMETER = 40058
TOO_LATE = 846604  # a choice: nobody reports the number for a welcome after five seconds
NO_CHAT = 846606  # a choice: nobody reports the number for a chat that nobody wrote in

MESSAGES = {
    OK: "ok",
    BAD_CREDENTIALS: "invalid bot_id or secret",
    BAD_REQ_ID: "invalid req_id",
    STREAM_EXPIRED: "stream message update expired",
    NOT_SUBSCRIBED: "aibot websocket not subscribed",
}


@dataclass(eq=False, slots=True)
class _Call:
    """A callback that may be answered, `event` None for a message."""

    event: str | None
    at: float
    began: dict[str, float] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)


class Rules:
    """Remembers what was pushed to a bot and judges what it answers. Seconds as for `Gateway`."""

    def __init__(self, *, stream_seconds: float, reply_seconds: float) -> None:
        self._stream_seconds = stream_seconds
        self._reply_seconds = reply_seconds
        self._calls: dict[str, _Call] = {}
        self._chats: set[str] = set()

    def pushed(self, req_id: str, body: Body) -> None:
        """A callback goes out, and its chat may be written to from now on."""
        event = body.get("event")
        self._calls[req_id] = _Call(event["eventtype"] if event else None, time.monotonic())
        self._chats.update(filter(None, (body.get("chatid"), body["from"]["userid"])))

    def verdict(self, cmd: str, req_id: str, body: Body) -> int:
        """Return the errcode for a command of a subscribed bot."""
        match cmd:
            case "ping":
                return OK
            case "aibot_respond_msg":
                return self._respond(self._calls.get(req_id), body)
            case "aibot_respond_welcome_msg":
                return self._reply(self._calls.get(req_id), "enter_chat", body.get("msgtype") is not None)
            case "aibot_respond_update_msg":
                fitting = body.get("response_type") == "update_template_card" and "template_card" in body
                return self._reply(self._calls.get(req_id), "template_card_event", fitting)
            case "aibot_send_msg":
                return self._send(body)
            case _:
                return BAD_PARAMETER

    def _respond(self, call: _Call | None, body: Body) -> int:
        if call is None:
            return BAD_REQ_ID
        kind = body.get("msgtype")
        if kind in ("stream", "stream_with_template_card"):
            return self._stream(call, body.get("stream") or {})
        return OK if isinstance(kind, str) and kind in body else BAD_PARAMETER

    def _stream(self, call: _Call, stream: Body) -> int:
        name, content, finish = stream.get("id"), stream.get("content", ""), stream.get("finish", False)
        if not isinstance(name, str) or not isinstance(content, str) or not isinstance(finish, bool):
            return BAD_PARAMETER
        if len(content.encode()) > CONTENT_BYTES:
            return BAD_PARAMETER
        now = time.monotonic()
        if name in call.finished or now - call.began.setdefault(name, now) > self._stream_seconds:
            return STREAM_EXPIRED
        if finish:
            call.finished.add(name)
        return OK

    def _reply(self, call: _Call | None, event: str, fitting: bool) -> int:
        if call is None or call.event != event:
            return BAD_REQ_ID
        if time.monotonic() - call.at > self._reply_seconds:
            return TOO_LATE
        return OK if fitting else BAD_PARAMETER

    def _send(self, body: Body) -> int:
        kind = body.get("msgtype")
        if not isinstance(kind, str) or kind not in body or body.get("chat_type", 1) not in (0, 1, 2):
            return BAD_PARAMETER
        if len(str(body[kind].get("content", "")).encode()) > CONTENT_BYTES:
            return BAD_PARAMETER
        return OK if body.get("chatid") in self._chats else NO_CHAT
