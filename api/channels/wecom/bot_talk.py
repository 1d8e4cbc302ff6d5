"""What the AI bot says over its long connection: answers in the stream of their question, the rest pushed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from api.channels.wecom.bot_frames import RESPOND, RESPOND_UPDATE, RESPOND_WELCOME, SEND, Ack
from api.channels.wecom.bot_line import NotConnected, Refused, RequestFailed, Unacknowledged
from api.channels.wecom.outcomes import Again, Done, Gone, Lost, Outcome
from api.channels.wecom.rendering import Rendering, Shown
from api.channels.wecom.splitting import split_utf8
from api.channels.wecom.tempo import StreamTimes
from service.messengers.handing_over import Prospect
from service.messengers.sending import Batch, Place
from service.texts import Texts

log = structlog.get_logger()

CONTENT_BYTES = 20_480
"""UTF-8 bytes of a stream's content, or of a markdown message."""
INVALID_REQ_ID, STREAM_EXPIRED = 846605, 846608
"""The stream cannot be written to any more: surely nothing was shown. Reported by users, in no document."""
BUSY = frozenset({-1, 45009, 45033})
BUSY_PAUSE = 30.0
NEVER_WROTE = "never_wrote"
NO_CONNECTION_PAUSE = 2.0
SINGLE, GROUP = 1, 2
_SENTENCES = ("thinking", "still_thinking", "comes_later", "with_a_person", "not_shown", "not_taken", "part")


class Request(Protocol):
    """`BotConnection.request`."""

    async def __call__(self, cmd: str, body: Mapping[str, object], *, req_id: str | None = None) -> Ack: ...


@dataclass(slots=True)
class _Stream:
    """The place for one answer, to `userid` in `group_id`. `shown`: something has been written into it."""

    req_id: str
    turn_id: str
    userid: str
    group_id: str | None
    shown: bool = False
    keeper: asyncio.Task[None] | None = field(default=None, repr=False)


class BotTalk:
    """Writes what is to be said as frames. Use it on the event loop.

    `prospect` tells what is still to come for a turn; `connected`, whether there is a connection.
    """

    def __init__(
        self,
        *,
        request: Request,
        rendering: Rendering,
        texts: Texts,
        prospect: Callable[[str], Awaitable[Prospect]],
        connected: Callable[[], bool],
        times: StreamTimes,
    ) -> None:
        texts.require(f"messenger.{key}" for key in _SENTENCES)
        self._request = request
        self._rendering = rendering
        self._texts = texts
        self._prospect = prospect
        self._connected = connected
        self._times = times
        self._streams: dict[str, _Stream] = {}
        self._welcomes: dict[str, tuple[str, float]] = {}

    @property
    def ready(self) -> bool:
        return self._connected()

    def expect(self, turn_id: str, req_id: str, *, userid: str, group_id: str | None) -> None:
        """The callback `req_id` began a turn whose answer is to go into its stream."""
        if turn_id in self._streams:
            return  # delivered again: the first stream is the one that is answered
        stream = self._streams[turn_id] = _Stream(req_id, turn_id, userid, group_id)
        stream.keeper = asyncio.create_task(self._keep(stream))

    def greet(self, message_id: str, req_id: str) -> None:
        """The message is the answer to the callback `req_id`, by which somebody opened the chat."""
        self._welcomes[message_id] = (req_id, asyncio.get_running_loop().time() + self._times.welcome_within)

    async def not_taken(self, req_id: str) -> None:
        """Tell somebody whose message could not be stored; there is no turn to answer."""
        body = stream_body(req_id, self._texts("messenger.not_taken"), finish=True)
        await self._try(RESPOND, body, req_id)

    async def change_card(self, req_id: str, card: Mapping[str, object]) -> None:
        """Show on a card what was pressed; best effort, within five seconds of the press."""
        body = {"response_type": "update_template_card", "template_card": card}
        await self._try(RESPOND_UPDATE, body, req_id)

    async def close(self) -> None:
        """Let go of every stream: this process does not lead any more."""
        keepers = [stream.keeper for stream in self._streams.values() if stream.keeper is not None]
        self._streams.clear()
        self._welcomes.clear()
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)

    async def deliver(self, batch: Batch) -> Outcome:
        """Send a batch: into the stream of its turn or as a welcome where that can be, else pushed."""
        shown = self._rendering.show(batch.messages, heading=batch.heading)
        welcome, until = self._welcomes.pop(batch.messages[0].id, (None, 0.0))
        if welcome is not None and asyncio.get_running_loop().time() < until:
            return await _learnt(self._welcome(welcome, shown, batch.place))
        stream = self._let_go(batch)
        if stream is None:
            return await _learnt(self._push(batch.place, shown))
        outcome = await _learnt(self._answer(stream, shown, batch.place))
        if isinstance(outcome, Again):
            self._streams.setdefault(stream.turn_id, stream)  # it may still be open then
        elif isinstance(outcome, Gone) and stream.shown:
            await self._end(stream, "not_shown")
        return outcome

    async def _welcome(self, req_id: str, shown: Shown, place: Place) -> Outcome:
        body: dict[str, object] = {"msgtype": "text", "text": {"content": shown.plain}}
        if shown.card is not None:
            body = {"msgtype": "template_card", "template_card": shown.card}
        try:
            await self._request(RESPOND_WELCOME, body, req_id=req_id)
        except Refused:  # too late, perhaps: surely not shown
            return await self._push(place, shown)
        return Done(req_id)

    async def _answer(self, stream: _Stream, shown: Shown, place: Place) -> Outcome:
        text = shown.markdown if shown.buttons is not None else shown.lettered
        first, *rest = self._parts(text)
        body = stream_body(stream.turn_id, first, finish=True, judged=not stream.shown)
        if shown.buttons is not None:
            body |= {"msgtype": "stream_with_template_card", "template_card": shown.buttons}
        try:
            await self._request(RESPOND, body, req_id=stream.req_id)
        except Refused as refused:
            if refused.errcode in (INVALID_REQ_ID, STREAM_EXPIRED):
                return await self._push(place, shown)
            raise
        for part in rest:
            try:
                await self._push_markdown(place, part)
            except RequestFailed as error:
                return Lost(f"cut off: {type(error).__name__}")
        return Done(stream.turn_id)

    async def _push(self, place: Place, shown: Shown) -> Outcome:
        if place.wrote_at is None:
            return Gone(NEVER_WROTE)
        if shown.card is not None and place.group_id is None:
            body = {"msgtype": "template_card", "template_card": shown.card}
            ack = await self._request(SEND, _address(place) | body)
            return Done(ack.req_id)
        first, *rest = self._parts(shown.lettered)
        ack = await self._push_markdown(place, first)
        for part in rest:
            try:
                await self._push_markdown(place, part)
            except RequestFailed as error:
                return Lost(f"cut off: {type(error).__name__}")
        return Done(ack.req_id)

    async def _push_markdown(self, place: Place, text: str) -> Ack:
        if place.group_id is not None:
            text = f"<@{place.userid}> {text}"
        return await self._request(
            SEND, _address(place) | {"msgtype": "markdown", "markdown": {"content": text}}
        )

    def _parts(self, text: str) -> list[str]:
        room = CONTENT_BYTES - 200  # for the name in front of what is pushed to a group
        return split_utf8(
            text, limit=room, numbering=self._texts("messenger.part", number="{number}", total="{total}")
        )

    def _let_go(self, batch: Batch) -> _Stream | None:
        """Return the stream that a batch is to go into, which nobody else writes into from here on."""
        stream = self._streams.get(batch.turn_id) if batch.turn_id is not None else None
        place = batch.place
        if stream is None or (stream.userid, stream.group_id) != (place.userid, place.group_id):
            return None  # of a turn others are told of as well, for one
        del self._streams[stream.turn_id]
        if stream.keeper is not None:
            stream.keeper.cancel()
            stream.keeper = None
        return stream

    async def _keep(self, stream: _Stream) -> None:
        """Show that the answer is on its way, until it comes, nobody owes one, or the stream is too old."""
        loop, times = asyncio.get_running_loop(), self._times
        began = loop.time()
        await asyncio.sleep(times.shown_after)
        while (prospect := await self._prospect(stream.turn_id)) is Prospect.COMES:
            waited = round(loop.time() - began)
            if loop.time() - began >= times.lasts:
                await self._end(stream, "comes_later")
                return
            text = (
                self._texts("messenger.still_thinking", seconds=waited)
                if stream.shown
                else self._texts("messenger.thinking")
            )
            body = stream_body(stream.turn_id, text, finish=False, judged=not stream.shown)
            stream.shown = True  # from here on it may be on the screen, acknowledged or not
            await self._try(RESPOND, body, stream.req_id)
            await asyncio.sleep(times.kept_alive)
        if stream.shown:
            await self._end(stream, "with_a_person" if prospect is Prospect.PERSON else "not_shown")
        self._streams.pop(stream.turn_id, None)

    async def _end(self, stream: _Stream, key: str) -> None:
        self._streams.pop(stream.turn_id, None)
        body = stream_body(stream.turn_id, self._texts(f"messenger.{key}"), finish=True)
        await self._try(RESPOND, body, stream.req_id)

    async def _try(self, cmd: str, body: Mapping[str, object], req_id: str) -> None:
        """Send what nothing hangs on."""
        try:
            await self._request(cmd, body, req_id=req_id)
        except RequestFailed as error:
            log.info("wecom_bot_frame_not_taken", cmd=cmd, error=type(error).__name__)


def stream_body(stream_id: str, text: str, *, finish: bool, judged: bool = False) -> dict[str, object]:
    """Return a stream's content; `judged`: the first of it, which says under which name it is judged."""
    stream: dict[str, object] = {"id": stream_id, "finish": finish, "content": text}
    if judged:
        stream["feedback"] = {"id": stream_id}
    return {"msgtype": "stream", "stream": stream}


def _address(place: Place) -> dict[str, object]:
    if place.group_id is not None:
        return {"chatid": place.group_id, "chat_type": GROUP}
    return {"chatid": place.userid, "chat_type": SINGLE}


async def _learnt(sending: Awaitable[Outcome]) -> Outcome:
    """Return what came of a send, failures included."""
    try:
        return await sending
    except NotConnected:
        return Again(NO_CONNECTION_PAUSE)
    except Unacknowledged:
        return Lost("unacknowledged")
    except Refused as refused:
        error = f"errcode {refused.errcode}"
        log.warning("wecom_bot_refused", errcode=refused.errcode, errmsg=refused.errmsg)
        return Again(BUSY_PAUSE, error) if refused.errcode in BUSY else Gone(error)
