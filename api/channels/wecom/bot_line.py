"""One connection of the AI bot: commands and their acknowledgements, from its opening until it is lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakValueDictionary

import structlog
from pydantic import SecretStr
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from api.channels.wecom.bot_frames import (
    NOT_SUBSCRIBED,
    PING,
    SUBSCRIBE,
    Ack,
    Callback,
    FrameMalformed,
    new_req_id,
    read_frame,
    write_frame,
)
from api.channels.wecom.pacing import Trouble

log = structlog.get_logger()


class RequestFailed(Exception):
    """A command was not taken, or it is not known whether it was."""


class NotConnected(RequestFailed):
    """There is no subscribed connection: the command surely had no effect and may be tried again."""


class Unacknowledged(RequestFailed):
    """It was written, and no acknowledgement came: whether it had an effect is not known."""


class Refused(RequestFailed):
    """The platform says no. `errmsg` is its text, for the log."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(f"errcode {errcode}")
        self.errcode = errcode
        self.errmsg = errmsg


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the client waits, seconds; how much it takes."""

    open: float = 10.0
    """From the first packet to the end of the handshake, a proxy and TLS included."""
    close: float = 3.0
    acknowledge: float = 10.0
    """From writing a command to its acknowledgement. The vendor's client waits 5."""
    ping: float = 30.0
    silence: float = 75.0
    """Without an acknowledgement for so long, two pings at least, the connection is given up."""
    frame_bytes: int = 1024 * 1024


class Line:
    """A connection that was opened; after `run` it is over. `heard_at` is when the latest frame came.

    `took` is called for every callback and must not wait.
    """

    def __init__(
        self,
        socket: ClientConnection,
        *,
        patience: Patience,
        now: Callable[[], datetime],
        took: Callable[[Callback], None],
    ) -> None:
        self._socket = socket
        self._patience = patience
        self._now = now
        self._took = took
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[Trouble] = self._loop.create_future()
        self._waiting: dict[str, asyncio.Future[Ack | None]] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._owed: Counter[str] = Counter()
        self._acknowledged = self._loop.time()
        self.heard_at: datetime | None = None

    @property
    def healthy(self) -> bool:
        """No acknowledgement of a ping is overdue."""
        patience = self._patience
        return self._loop.time() - self._acknowledged <= patience.ping + patience.acknowledge

    async def run(self, bot_id: str, secret: SecretStr, *, subscribed: Callable[[], None]) -> Trouble:
        """Subscribe, call `subscribed` and keep the connection alive; return why it ended."""
        async with asyncio.TaskGroup() as tasks:
            jobs = [tasks.create_task(self._read())]
            try:
                if (trouble := await self._subscribe(bot_id, secret)) is not None:
                    return trouble
                subscribed()
                jobs += [tasks.create_task(self._ping()), tasks.create_task(self._watch())]
                return await self._over
            finally:
                self._end(Trouble.LOST)
                for job in jobs:
                    job.cancel()

    async def ask(self, cmd: str, body: Mapping[str, object] | None, *, req_id: str) -> Ack:
        """Send a command and return its acknowledgement, one at a time for a req_id.

        Raises NotConnected, Unacknowledged, Refused.
        """
        async with self._turns.setdefault(req_id, asyncio.Lock()):
            ack = await self._exchange(write_frame(cmd, body, req_id=req_id), req_id)
        if ack.errcode == NOT_SUBSCRIBED:
            # The connection looks well and carries nothing; only another one helps.
            self._end(Trouble.LOST)
            raise NotConnected
        if ack.errcode != 0:
            raise Refused(ack.errcode, ack.errmsg)
        return ack

    async def _exchange(self, frame: str, req_id: str) -> Ack:
        if self._over.done() or self._socket.state is not State.OPEN:
            raise NotConnected
        answer: asyncio.Future[Ack | None] = self._loop.create_future()
        self._waiting[req_id] = answer
        try:
            async with asyncio.timeout(self._patience.acknowledge):
                await self._socket.send(frame)
                ack = await answer
        except (TimeoutError, ConnectionClosed) as error:
            raise Unacknowledged from error
        finally:
            del self._waiting[req_id]
            if not answer.done() or answer.cancelled():
                self._owed[req_id] += 1
        if ack is None:
            raise Unacknowledged
        return ack

    async def _subscribe(self, bot_id: str, secret: SecretStr) -> Trouble | None:
        body = {"bot_id": bot_id, "secret": secret.get_secret_value()}
        try:
            await self.ask(SUBSCRIBE, body, req_id=new_req_id(SUBSCRIBE))
        except Refused as refusal:
            # Also when the connection was closed since: it is the refusal that must slow us down.
            log.error("wecom_bot_subscription_refused", errcode=refusal.errcode)
            return Trouble.BAD_SECRET
        except (Unacknowledged, NotConnected):
            return self._over.result() if self._over.done() else Trouble.SILENT
        return None

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                self._heard(await self._socket.recv())
        log.warning("wecom_bot_connection_closed", close_code=self._socket.close_code)
        self._end(Trouble.LOST)

    def _heard(self, data: str | bytes) -> None:
        self.heard_at = self._now()
        try:
            frame = read_frame(data)
        except FrameMalformed:
            log.warning("wecom_bot_frame_malformed", size=len(data))
            return
        match frame:
            case Ack():
                self._acknowledge(frame)
            case Callback() if frame.kicks:
                self._end(Trouble.KICKED)
            case Callback():
                self._took(frame)
            case None:
                pass

    def _acknowledge(self, ack: Ack) -> None:
        self._acknowledged = self._loop.time()
        if self._owed[ack.req_id] > 0:
            # It belongs to an earlier command of this req_id that nobody waits for any more.
            self._owed[ack.req_id] -= 1
            return
        del self._owed[ack.req_id]
        answer = self._waiting.get(ack.req_id)
        if answer is not None and not answer.done():
            answer.set_result(ack)

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(self._patience.ping)
            with suppress(RequestFailed):  # whether the connection still lives is for the watch to say
                await self.ask(PING, None, req_id=new_req_id(PING))

    async def _watch(self) -> None:
        while True:
            left = self._acknowledged + self._patience.silence - self._loop.time()
            if left <= 0:
                return self._end(Trouble.SILENT)
            await asyncio.sleep(left)

    def _end(self, trouble: Trouble) -> None:
        """Nothing more is sent or waited for. The first reason counts."""
        if self._over.done():
            return
        self._over.set_result(trouble)
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_result(None)
