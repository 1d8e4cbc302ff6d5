"""A model on the loopback of the platform's gateway for long connections of AI bots, with faults on demand.

It speaks the frames of the vendor's own client, which `test_gateway.py` holds against it. It runs in a thread
of its own, so that programs of any kind can talk to it.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections import deque
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from tests.api.wecom.gateway_rules import OK, Body, Rules
from tests.api.wecom.gateway_server import BOT, Command, GatewayServer, Subscription


@dataclass(frozen=True, slots=True)
class Pushed:
    """A message or an event that was pushed; `req_ids` has one for each delivery."""

    msgid: str
    req_ids: tuple[str, ...]

    @property
    def req_id(self) -> str:
        return self.req_ids[0]


class Gateway:
    """Use it as a context; `url` is where it listens. Every method may be called from any thread.

    `stream_seconds` after its first update a stream can be updated no more, `reply_seconds` after the event a
    welcome or a changed card comes too late. `replay`: what comes while the bot is away waits for it instead
    of being lost. `refusal_closes`: a refused subscription ends the connection as well. A choice, for nobody
    knows it of the real platform: a req_id stays valid over a reconnect.
    """

    def __init__(
        self,
        *,
        stream_seconds: float = 360.0,
        reply_seconds: float = 5.0,
        replay: bool = False,
        refusal_closes: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        rules = Rules(stream_seconds=stream_seconds, reply_seconds=reply_seconds)
        self._server = GatewayServer(rules, replay=replay, refusal_closes=refusal_closes, tls=tls)
        self._scheme = "wss" if tls else "ws"
        self._askers: dict[str, str] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.port}"

    @property
    def connections(self) -> list[float]:
        """When connections were begun, by `time.monotonic`."""
        return self._server.connections.copy()

    @property
    def subscriptions(self) -> list[Subscription]:
        return self._server.subscriptions.copy()

    @property
    def commands(self) -> list[Command]:
        return self._server.commands.copy()

    @property
    def acknowledged(self) -> list[tuple[float, str]]:
        """The acknowledgements that were written: when, by `time.monotonic`, and their req_id."""
        return self._server.acknowledged.copy()

    @property
    def ended(self) -> list[float]:
        """When connections were over, by `time.monotonic`."""
        return self._server.ended.copy()

    @property
    def subscribed(self) -> int:
        """How many connections are subscribed now."""
        return sum(peer.bot_id is not None for peer in self._server.peers.copy())

    def taken(self, cmd: str) -> list[Body]:
        """Return the bodies of the commands of this name that were taken."""
        return [item.body for item in self.commands if item.cmd == cmd and item.errcode == OK]

    def refused(self) -> list[tuple[str, int]]:
        return [(item.cmd, item.errcode) for item in self.commands if item.errcode != OK]

    def asker(self, req_id: str) -> str | None:
        """Return who did what was pushed under this req_id, None for a req_id of the bot's own."""
        return self._askers.get(req_id)

    def streams(self) -> dict[str, list[tuple[str, bool]]]:
        """Return the updates of each stream: its content, and whether it ended with it."""
        found: dict[str, list[tuple[str, bool]]] = {}
        for body in self.taken("aibot_respond_msg"):
            if stream := body.get("stream"):
                found.setdefault(stream["id"], []).append((stream["content"], stream["finish"]))
        return found

    # What members do.

    def say(
        self,
        text: str,
        *,
        userid: str = "zhangsan",
        chatid: str | None = None,
        msgid: str | None = None,
        copies: int = 1,
    ) -> Pushed:
        """Let a member write to the bot, in a group if there is a `chatid`; `copies` are delivered."""
        content = {"msgtype": "text", "text": {"content": text}}
        return self.push(content, userid=userid, chatid=chatid, msgid=msgid, copies=copies)

    def enter(self, *, userid: str = "zhangsan") -> Pushed:
        """Let a member open the chat with the bot."""
        return self._event({"eventtype": "enter_chat"}, userid)

    def press(self, key: str, *, task_id: str, userid: str = "zhangsan") -> Pushed:
        """Let a member press a button of a card."""
        pressed = {"card_type": "button_interaction", "event_key": key, "task_id": task_id}
        return self._event({"eventtype": "template_card_event", "template_card_event": pressed}, userid)

    def rate(self, feedback_id: str, kind: int, *, userid: str = "zhangsan") -> Pushed:
        """Let a member rate an answer: 1 good, 2 bad, 3 withdrawn."""
        rated = {"id": feedback_id, "type": kind}
        return self._event({"eventtype": "feedback_event", "feedback_event": rated}, userid)

    def push(
        self,
        content: Body,
        *,
        userid: str = "zhangsan",
        chatid: str | None = None,
        msgid: str | None = None,
        copies: int = 1,
    ) -> Pushed:
        """Push `content` with what every callback has around it."""
        body = {
            "msgid": msgid or self._server.name("msg"),
            "create_time": int(time.time()),
            "aibotid": BOT,
            "chattype": "group" if chatid else "single",
            **({"chatid": chatid} if chatid else {}),
            "from": {"userid": userid},
            **content,
        }
        req_ids = tuple(self._server.name("req") for _ in range(copies))
        self._askers.update(dict.fromkeys(req_ids, userid))
        for req_id in req_ids:
            self._do(self._server.push(req_id, body))
        return Pushed(body["msgid"], req_ids)

    def push_raw(self, data: str) -> None:
        """Write `data` to every subscribed connection, whatever it is."""
        self._do(self._server.each(lambda peer: peer.socket.send(data)))

    # What goes wrong.

    def close_connections(self) -> None:
        """Close every connection with a closing handshake."""
        self._do(self._server.each(lambda peer: peer.socket.close(1001, "going away")))

    def cut_connections(self) -> None:
        """End every connection without a word."""
        self._do(self._server.each(self._server.abort))

    def freeze(self) -> None:
        """Take connections and bytes from now on, and send nothing at all."""
        self._do(self._server.freeze())

    def thaw(self) -> None:
        """Answer new connections again; those from before stay dead."""
        self._do(self._server.thaw())

    def withhold(self, cmd: str, *, times: int = 1) -> None:
        """Do what the next commands of this name say and do not acknowledge them until `release`."""
        self._server.mute[cmd] += times

    def release(self) -> None:
        """Acknowledge what was withheld, in the order it came."""
        self._do(self._server.release())

    def cut_before_ack(self, cmd: str) -> None:
        """Do what the next command of this name says and end the connection instead of acknowledging it."""
        self._server.cut[cmd] = 1

    def refuse(self, cmd: str, errcode: int) -> None:
        """Answer the next command of this name with `errcode`."""
        self._server.refuse.setdefault(cmd, deque()).append(errcode)

    def delay(self, seconds: float) -> None:
        """Acknowledge every command so much later."""
        self._server.delay = seconds

    def forget_subscriptions(self) -> None:
        """Keep the connections and forget that they are subscribed."""
        for peer in self._server.peers.copy():
            peer.bot_id = None

    # The thread's own part.

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._server.start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        done: Future[None] = asyncio.run_coroutine_threadsafe(work, self._loop)
        done.result(10)

    def _event(self, event: Body, userid: str) -> Pushed:
        return self.push({"msgtype": "event", "event": event}, userid=userid)
