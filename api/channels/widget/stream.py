"""The stream: messages, state and typing of one conversation over a WebSocket.

Every message is read from the database by its number, so nothing is lost between two connections. The
token comes as a sub-protocol (`token.<token>`), never in the address, which is logged on the way.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

import structlog
from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect
from sqlalchemy.exc import SQLAlchemyError

from api.channels.widget.hub import Listener
from api.metrics import STREAMS
from api.parts import Parts
from api.routes.situation import Stand, stand
from api.schemas import Message
from service.conversations import delivery, operations, queries
from service.errors import ConversationNotFound, TokenInvalid

log = structlog.get_logger()

PROTOCOL = "union-assistant"
TOKEN_PREFIX = "token."  # noqa: S105 - the name of a sub-protocol
PING_SECONDS = 25.0
SEND_SECONDS = 10.0
"""A browser that takes longer to take a frame is let go; it comes back and misses nothing."""
CLOSE_TOKEN, CLOSE_GONE, CLOSE_SLOW = 4401, 4404, 4408

router = APIRouter()


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a conversation; `stand` is None when the conversation is gone.

    `unsent` are the messages that no browser has had before.
    """

    messages: list[Message]
    unsent: list[str]
    stand: Stand | None


@router.websocket("/conversations/{conversation_id}/stream")
async def stream(socket: WebSocket, conversation_id: str, after: int = Query(0, ge=0)) -> None:
    parts: Parts = socket.app.state.parts
    offered = socket.scope.get("subprotocols", [])
    await socket.accept(subprotocol=PROTOCOL if PROTOCOL in offered else None)
    token = next((item.removeprefix(TOKEN_PREFIX) for item in offered if item.startswith(TOKEN_PREFIX)), "")
    try:
        await asyncio.to_thread(_check, parts, conversation_id, token)
    except ConversationNotFound:
        await socket.close(CLOSE_GONE)
        return
    except TokenInvalid:
        await socket.close(CLOSE_TOKEN)
        return
    STREAMS.inc()
    try:
        with parts.hub.listen(conversation_id) as listener:
            await first_of(
                _send_news(socket, parts, conversation_id, after, listener),
                _receive(socket, parts, conversation_id),
            )
    except TimeoutError:
        with contextlib.suppress(RuntimeError):
            await socket.close(CLOSE_SLOW)
    except (WebSocketDisconnect, RuntimeError):
        pass  # the browser went away; RuntimeError is Starlette's word for sending to a closed socket
    finally:
        STREAMS.dec()


async def first_of(*jobs: Awaitable[None]) -> None:
    """Run `jobs` until one ends, end the others and raise what it raised."""
    tasks = [asyncio.ensure_future(job) for job in jobs]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def _send_news(
    socket: WebSocket, parts: Parts, conversation_id: str, after: int, listener: Listener
) -> None:
    listener.woken.set()
    shown: Stand | None = None
    while True:
        try:
            await asyncio.wait_for(listener.woken.wait(), PING_SECONDS)
        except TimeoutError:
            await _send(socket, {"type": "ping"})
            continue
        listener.woken.clear()
        typing, listener.typing = listener.typing, None
        news = await asyncio.to_thread(_news, parts, conversation_id, after)
        if news.stand is None:
            await socket.close(CLOSE_GONE)
            return
        for message in news.messages:
            await _send(socket, {"type": "message", "message": message.model_dump(mode="json")})
            after = message.seq
        if news.unsent:
            await asyncio.to_thread(_mark_delivered, parts, news.unsent)
        if news.stand != shown:
            shown = news.stand
            await _send(socket, shown.frame())
        if typing is not None:
            await _send(socket, {"type": "typing", "by": typing})


async def _receive(socket: WebSocket, parts: Parts, conversation_id: str) -> None:
    while True:
        try:
            frame = await socket.receive_json()
        except ValueError:
            frame = None
        match frame:
            case {"type": "read", "seq": int(seq)}:
                await asyncio.to_thread(_mark_read, parts, conversation_id, seq)
                parts.desk_hub.announce([conversation_id])
            case {"type": "typing"}:
                parts.desk_hub.typing(conversation_id)
            case _:
                detail = parts.texts("errors.bad_request")
                await _send(socket, {"type": "error", "code": "bad_request", "detail": detail})


async def _send(socket: WebSocket, frame: dict[str, Any]) -> None:
    await asyncio.wait_for(socket.send_json(frame), SEND_SECONDS)


def _check(parts: Parts, conversation_id: str, token: str) -> None:
    with parts.database.read() as db:
        queries.own_conversation(db, conversation_id, token=token)


def _news(parts: Parts, conversation_id: str, after: int) -> News:
    with parts.database.read() as db:
        try:
            chat = queries.conversation(db, conversation_id)
        except ConversationNotFound:
            return News([], [], None)
        messages = [Message.of(message) for message in queries.messages_after(db, conversation_id, after)]
        unsent = delivery.pending_messages(db, [message.id for message in messages])
        return News(messages, unsent, stand(parts, db, chat))


def _mark_delivered(parts: Parts, message_ids: list[str]) -> None:
    try:
        with parts.database.write() as db:
            delivery.mark_delivered(db, message_ids, now=parts.clock.now())
    except SQLAlchemyError as error:
        # The browser has them; to the outbox they count as sent once they are fetched again.
        log.warning("delivery_mark_lost", error=type(error).__name__)


def _mark_read(parts: Parts, conversation_id: str, seq: int) -> None:
    try:
        with parts.database.write() as db:
            operations.mark_read(db, conversation_id, seq)
    except SQLAlchemyError as error:
        # A lost reading mark harms nobody; losing the stream for it would.
        log.warning("reading_mark_lost", error=type(error).__name__)
