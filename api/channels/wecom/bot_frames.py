"""The frames of the AI bot's long connection: what is read from it and what is written to it.

A frame is JSON, `{cmd, headers: {req_id}, body}`. What the platform pushes has a `cmd`; an acknowledgement
has none, only the req_id of what it acknowledges and an `errcode`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

SUBSCRIBE = "aibot_subscribe"
PING = "ping"
RESPOND = "aibot_respond_msg"
RESPOND_WELCOME = "aibot_respond_welcome_msg"
RESPOND_UPDATE = "aibot_respond_update_msg"
SEND = "aibot_send_msg"
"""Commands that we send."""

NOT_SUBSCRIBED = 846609
"""aibot websocket not subscribed: reported by many users, in no document of the vendor's."""

_PUSHED = ("aibot_msg_callback", "aibot_event_callback")
_DISCONNECTED = "disconnected_event"


@dataclass(frozen=True, slots=True)
class Ack:
    """What the platform says to a command; `errcode` 0 is yes. `errmsg` is the platform's, for the log."""

    req_id: str
    errcode: int
    errmsg: str


@dataclass(frozen=True, slots=True)
class Callback:
    """A message or an event of a member. `req_id` is what an answer to it has to name."""

    cmd: Literal["aibot_msg_callback", "aibot_event_callback"]
    req_id: str
    body: Mapping[str, object]

    @property
    def sender(self) -> str:
        """The group or the member it comes from, '' when it names none."""
        chatid, sender = self.body.get("chatid"), self.body.get("from")
        userid = sender.get("userid") if isinstance(sender, Mapping) else None
        return next((name for name in (chatid, userid) if isinstance(name, str)), "")

    @property
    def kicks(self) -> bool:
        """Somebody else subscribed for the same bot, and the platform is about to close this connection."""
        event = self.body.get("event")
        return isinstance(event, Mapping) and event.get("eventtype") == _DISCONNECTED


class FrameMalformed(Exception):
    """What came is no frame. Never carries what came."""


class _Headers(BaseModel):
    req_id: str


class _Acknowledgement(BaseModel):
    headers: _Headers
    errcode: int
    errmsg: str = ""


class _Push(BaseModel):
    cmd: Literal["aibot_msg_callback", "aibot_event_callback"]
    headers: _Headers
    body: dict[str, object]


def read_frame(data: str | bytes) -> Ack | Callback | None:
    """Return what a frame says, None for a command that is not for us. Raises FrameMalformed."""
    try:
        # Not strict: there are control characters inside strings, which the vendor's own client strips.
        frame = json.loads(data, strict=False)
        if not isinstance(frame, dict):
            raise FrameMalformed
        if frame.get("cmd") in _PUSHED:
            push = _Push.model_validate(frame)
            return Callback(push.cmd, push.headers.req_id, push.body)
        if "errcode" in frame:
            ack = _Acknowledgement.model_validate(frame)
            return Ack(ack.headers.req_id, ack.errcode, ack.errmsg)
    except (ValueError, RecursionError):
        raise FrameMalformed from None  # their texts quote what somebody wrote
    return None


def write_frame(cmd: str, body: Mapping[str, object] | None, *, req_id: str) -> str:
    """Return a frame; a ping has no body."""
    frame: dict[str, object] = {"cmd": cmd, "headers": {"req_id": req_id}}
    if body is not None:
        frame["body"] = body
    return json.dumps(frame, ensure_ascii=False)


def new_req_id(cmd: str) -> str:
    """Return a req_id that no other command has."""
    return f"{cmd}_{secrets.token_hex(12)}"
