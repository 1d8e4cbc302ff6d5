"""The modelled gateway's own side: connections, subscriptions, acknowledgements; on its event loop only."""

from __future__ import annotations

import asyncio
import itertools
import json
import ssl
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request

from tests.api.wecom.gateway_rules import BAD_CREDENTIALS, MESSAGES, NOT_SUBSCRIBED, OK, Body, Rules

BOT, SECRET = "aib-union", "the-secret-of-the-bot"


@dataclass(frozen=True, slots=True)
class Subscription:
    """An attempt to subscribe; `at` is of `time.monotonic`."""

    at: float
    bot_id: str
    taken: bool


@dataclass(frozen=True, slots=True)
class Command:
    """A command that came from a client, and what was decided of it; `at` is of `time.monotonic`."""

    cmd: str
    req_id: str
    body: Body
    errcode: int
    at: float


@dataclass(eq=False, slots=True)
class Peer:
    """A connection; `bot_id` is None until it is subscribed."""

    socket: ServerConnection
    bot_id: str | None = None


class GatewayServer:
    """Serves connections by `rules`; what tests may see and have go wrong are its plain attributes."""

    def __init__(
        self, rules: Rules, *, replay: bool, refusal_closes: bool, tls: ssl.SSLContext | None
    ) -> None:
        self.connections: list[float] = []
        self.subscriptions: list[Subscription] = []
        self.commands: list[Command] = []
        self.acknowledged: list[tuple[float, str]] = []
        self.ended: list[float] = []
        self.peers: set[Peer] = set()
        self.mute: Counter[str] = Counter()
        self.cut: Counter[str] = Counter()
        self.refuse: dict[str, deque[int]] = {}
        self.delay = 0.0
        self._rules = rules
        self._replay = replay
        self._refusal_closes = refusal_closes
        self._tls = tls
        self._missed: deque[str] = deque()
        self._withheld: list[tuple[Peer, str, int]] = []
        self._jobs: set[asyncio.Task[None]] = set()
        self._numbers = itertools.count(1)
        self._thawed = asyncio.Event()
        self._thawed.set()
        self._server: Server | None = None

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = next(iter(self._server.sockets)).getsockname()[1]
        return port

    def name(self, kind: str) -> str:
        return f"{kind}-{next(self._numbers)}"

    async def start(self) -> None:
        self._server = await serve(
            self._meet,
            "127.0.0.1",
            0,
            ssl=self._tls,
            process_request=self._greet,
            ping_interval=None,
            open_timeout=None,
            close_timeout=0.2,
        )

    async def stop(self) -> None:
        assert self._server is not None
        self._thawed.set()
        await self.each(self.abort)
        self._server.close()
        await self._server.wait_closed()

    async def push(self, req_id: str, body: Body) -> None:
        """Push a callback to whoever is subscribed."""
        cmd = "aibot_event_callback" if body["msgtype"] == "event" else "aibot_msg_callback"
        frame = json.dumps({"cmd": cmd, "headers": {"req_id": req_id}, "body": body})
        self._rules.pushed(req_id, body)
        there = [peer for peer in self.peers if peer.bot_id is not None]
        if not there and self._replay:
            self._missed.append(frame)
        for peer in there:
            with suppress(ConnectionClosed):
                await peer.socket.send(frame)

    async def each(self, act: Callable[[Peer], Awaitable[None]]) -> None:
        await asyncio.gather(*(act(peer) for peer in self.peers.copy()))

    async def abort(self, peer: Peer) -> None:
        peer.bot_id = None
        peer.socket.transport.abort()

    async def freeze(self) -> None:
        self._thawed.clear()
        for peer in self.peers:
            peer.bot_id = None
            peer.socket.transport.pause_reading()

    async def thaw(self) -> None:
        self._thawed.set()

    async def release(self) -> None:
        """Send what was withheld, in the order it should have been sent."""
        kept, self._withheld = self._withheld, []
        for peer, req_id, errcode in kept:
            await self._acknowledge(peer, req_id, errcode)

    async def _greet(self, _connection: ServerConnection, _request: Request) -> None:
        """Note a connection and answer its handshake, once this gateway is not frozen."""
        self.connections.append(time.monotonic())
        await self._thawed.wait()

    async def _meet(self, socket: ServerConnection) -> None:
        peer = Peer(socket)
        self.peers.add(peer)
        try:
            async for data in socket:
                await self._command(peer, json.loads(data))
        except ConnectionClosed:
            pass
        finally:
            self.peers.discard(peer)
            self.ended.append(time.monotonic())

    async def _command(self, peer: Peer, frame: Body) -> None:
        cmd, req_id, body = frame["cmd"], frame["headers"]["req_id"], frame.get("body") or {}
        at = time.monotonic()
        errcode = await self._decide(peer, cmd, req_id, body)
        self.commands.append(Command(cmd, req_id, body, errcode, at))
        if self.cut[cmd] > 0:
            self.cut[cmd] -= 1
            await self.abort(peer)
        elif self.mute[cmd] > 0:
            self.mute[cmd] -= 1
            self._withheld.append((peer, req_id, errcode))
        elif cmd == "aibot_subscribe":
            await self._acknowledge(peer, req_id, errcode)
            while self._missed and errcode == OK:
                await peer.socket.send(self._missed.popleft())
            if errcode != OK and self._refusal_closes:
                await peer.socket.close(1000, "refused")
        else:
            # A job of its own: a delay keeps no other command waiting.
            job = asyncio.create_task(self._acknowledge(peer, req_id, errcode))
            self._jobs.add(job)
            job.add_done_callback(self._jobs.discard)

    async def _decide(self, peer: Peer, cmd: str, req_id: str, body: Body) -> int:
        if scripted := self.refuse.get(cmd):
            return scripted.popleft()
        if cmd == "aibot_subscribe":
            return await self._subscribe(peer, body)
        return NOT_SUBSCRIBED if peer.bot_id is None else self._rules.verdict(cmd, req_id, body)

    async def _subscribe(self, peer: Peer, body: Body) -> int:
        taken = (body.get("bot_id"), body.get("secret")) == (BOT, SECRET)
        self.subscriptions.append(Subscription(time.monotonic(), str(body.get("bot_id")), taken))
        if not taken:
            return BAD_CREDENTIALS
        older = [other for other in self.peers if other.bot_id is not None and other is not peer]
        peer.bot_id = BOT
        for other in older:
            other.bot_id = None
            await self._kick(other)
        return OK

    async def _kick(self, peer: Peer) -> None:
        body = {
            "msgid": self.name("msg"),
            "create_time": int(time.time()),
            "aibotid": BOT,
            "from": {"userid": ""},
            "msgtype": "event",
            "event": {"eventtype": "disconnected_event"},
        }
        frame = {"cmd": "aibot_event_callback", "headers": {"req_id": self.name("req")}, "body": body}
        with suppress(ConnectionClosed):
            await peer.socket.send(json.dumps(frame))
            await peer.socket.close(1000, "kicked")

    async def _acknowledge(self, peer: Peer, req_id: str, errcode: int) -> None:
        await asyncio.sleep(self.delay)
        ack = {"headers": {"req_id": req_id}, "errcode": errcode, "errmsg": MESSAGES.get(errcode, "refused")}
        with suppress(ConnectionClosed):
            await peer.socket.send(json.dumps(ack))
            self.acknowledged.append((time.monotonic(), req_id))
