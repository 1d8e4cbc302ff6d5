"""The console's stream: the queue, the conversation on the screen, and that tickets have changed.

The session cookie says who listens; it is asked again with every change, so that a closed account or a
session that ended stops the stream. Only pages of this service are let in: a browser sends cookies along
with a WebSocket from anywhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import BaseModel

from api.channels.desk.hub import DeskListener
from api.channels.widget.stream import CLOSE_SLOW, PING_SECONDS, SEND_SECONDS, first_of
from api.metrics import STREAMS
from api.parts import Parts
from api.routes.desk.access import COOKIE
from api.routes.desk.schemas import (
    ConversationFrame,
    DeskTypingFrame,
    PingFrame,
    Queue,
    QueueFrame,
    TicketsFrame,
)
from api.routes.desk.views import deliveries_view, messages_view, owner_of, queue_view
from service.conversations.queries import messages_after
from service.errors import ConversationNotFound, LoginRequired
from service.handover.queries import visible_conversation
from service.people.staff import signed_in

CLOSE_LOGIN = 4401
AT_MOST_EVERY = 0.2
"""Seconds between two looks at the database for one console."""

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Look:
    """What a console shows now. `conversation` is None when none is watched or it may not be read."""

    queue: Queue
    conversation: ConversationFrame | None


@router.websocket("/desk/stream")
async def stream(socket: WebSocket) -> None:
    parts: Parts = socket.app.state.parts
    await socket.accept()
    if not _same_origin(socket):
        await socket.close(CLOSE_LOGIN)
        return
    STREAMS.inc()
    try:
        with parts.desk_hub.listen() as listener:
            await first_of(
                _send_news(socket, parts, listener, socket.cookies.get(COOKIE)),
                _receive(socket, parts, listener),
            )
    except LoginRequired:
        with contextlib.suppress(RuntimeError):
            await socket.close(CLOSE_LOGIN)
    except TimeoutError:
        with contextlib.suppress(RuntimeError):
            await socket.close(CLOSE_SLOW)
    except (WebSocketDisconnect, RuntimeError):
        pass  # the browser went away; RuntimeError is Starlette's word for sending to a closed socket
    finally:
        STREAMS.dec()


def _same_origin(socket: WebSocket) -> bool:
    """Tell whether the page that connects is one of this service; programs that send no origin may."""
    origin = socket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == socket.headers.get("host")


async def _send_news(socket: WebSocket, parts: Parts, listener: DeskListener, token: str | None) -> None:
    listener.woken.set()
    shown: Queue | None = None
    conversation: ConversationFrame | None = None
    while True:
        try:
            await asyncio.wait_for(listener.woken.wait(), PING_SECONDS)
        except TimeoutError:
            await _send(socket, PingFrame())
            continue
        began = time.monotonic()
        listener.woken.clear()
        typing, listener.typing = listener.typing, False
        tickets, listener.tickets = listener.tickets, False
        watched, sent = listener.watched, listener.sent
        look = await asyncio.to_thread(_look, parts, token, watched, sent)
        shows = _shown(look.queue, watched)
        if shows - listener.shown:
            listener.woken.set()  # what happened in these between the look and now was not listened to
        listener.shown = shows
        if look.queue != shown:
            shown = look.queue
            await _send(socket, QueueFrame.model_validate(shown.model_dump()))
        if look.conversation is not None and look.conversation != conversation:
            await _send(socket, look.conversation)
            if listener.watched == watched and look.conversation.messages:
                listener.sent = look.conversation.messages[-1].seq
            conversation = look.conversation.model_copy(update={"messages": []})
        if typing and watched is not None:
            await _send(socket, DeskTypingFrame(conversation_id=watched))
        if tickets:
            await _send(socket, TicketsFrame())
        await asyncio.sleep(max(0.0, AT_MOST_EVERY - (time.monotonic() - began)))


def _shown(queue: Queue, watched: str | None) -> frozenset[str]:
    listed = (item.conversation_id for item in (*queue.waiting, *queue.mine, *queue.others))
    return frozenset(listed) | ({watched} if watched is not None else set())


async def _receive(socket: WebSocket, parts: Parts, listener: DeskListener) -> None:
    while True:
        try:
            frame = await socket.receive_json()
        except ValueError:
            frame = None
        match frame:
            case {"type": "watch", "conversation_id": str(watched), "after": int(after)}:
                listener.watched, listener.sent = watched, after
                listener.woken.set()
            case {"type": "watch", "conversation_id": None}:
                listener.watched = None
            case {"type": "typing", "conversation_id": str(conversation_id)}:
                if conversation_id == listener.watched:
                    parts.hub.typing(conversation_id, "staff")
            case _:
                detail = parts.texts("errors.bad_request")
                await asyncio.wait_for(
                    socket.send_json({"type": "error", "code": "bad_request", "detail": detail}), SEND_SECONDS
                )


async def _send(socket: WebSocket, frame: BaseModel) -> None:
    body: dict[str, Any] = frame.model_dump(mode="json")
    await asyncio.wait_for(socket.send_json(body), SEND_SECONDS)


def _look(parts: Parts, token: str | None, watched: str | None, sent: int) -> Look:
    with parts.database.read() as db:
        _, viewer = signed_in(db, token, now=parts.clock.now())
        queue = queue_view(parts, viewer)
        if watched is None:
            return Look(queue, None)
        try:
            chat = visible_conversation(db, watched, viewer=viewer)
        except ConversationNotFound:
            return Look(queue, None)
        return Look(
            queue,
            ConversationFrame.model_validate(
                {
                    "conversation_id": chat.id,
                    "state": chat.state,
                    "staff": owner_of(db, chat),
                    "read_seq": chat.read_seq,
                    "messages": messages_view(parts, db, messages_after(db, chat.id, sent), chat.id),
                    "deliveries": deliveries_view(parts, db, chat.id),
                }
            ),
        )
