"""The addresses that WeChat Work calls: of the self-built app, and of the AI bot in its webhook mode.

What is not signed and encrypted for this deployment is refused, always alike. A delivery is acknowledged once
it is stored; the platform repeats one that is not acknowledged within five seconds.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from api.channels.wecom.app_messages import read_app_message
from api.channels.wecom.bot_messages import read_callback
from api.channels.wecom.crypto import WecomCrypto
from api.channels.wecom.incoming import Incoming, Pressed, SentMedia
from api.channels.wecom.office import AppDoor, BotDoor, Office
from api.channels.wecom.rejected import Malformed, Rejected
from api.channels.wecom.xml import read_envelope
from api.parts import Part, Parts
from service.errors import CallbackRejected, ChannelNotConfigured, Unavailable
from service.messengers.taking_in import Taken

log = structlog.get_logger()

router = APIRouter(prefix="/wecom", tags=["wecom"])

Signature = Annotated[str, Query(max_length=100)]
Digits = Annotated[str, Query(max_length=20)]
Nonce = Annotated[str, Query(max_length=100)]
Echo = Annotated[str, Query(max_length=1000)]
STORED_WITHIN = 4.0
"""Seconds a delivery may take to be stored: after five the platform repeats it, three times in all."""
ANSWER_WITHIN = 0.8
"""Seconds after a delivery in which its answer goes at once; then the platform is told to ask for it."""


@router.get("/app/callback")
async def check_app_address(
    parts: Part, msg_signature: Signature, timestamp: Digits, nonce: Nonce, echostr: Echo
) -> PlainTextResponse:
    """Prove that this address is the app's: return what was encrypted."""
    door = _app(parts)
    return PlainTextResponse(_open(parts, door.crypto, msg_signature, timestamp, nonce, echostr))


@router.post("/app/callback")
async def app_callback(
    request: Request, parts: Part, msg_signature: Signature, timestamp: Digits, nonce: Nonce
) -> Response:
    """Keep what a member did in the app, to be taken in at once. The answer goes by a message of its own."""
    door = _app(parts)
    body = await request.body()
    try:
        envelope = read_envelope(body)
        opened = _open(parts, door.crypto, msg_signature, timestamp, nonce, envelope.encrypted)
        incoming = read_app_message(opened)
    except Rejected as rejected:
        raise _refusal(rejected) from rejected
    if incoming is not None:
        await door.arrivals.keep(incoming, opened)
    return Response(status_code=200)


@router.get("/bot/callback")
async def check_bot_address(
    parts: Part, msg_signature: Signature, timestamp: Digits, nonce: Nonce, echostr: Echo
) -> PlainTextResponse:
    """Prove that this address is the bot's: return what was encrypted."""
    door = _bot(parts)
    return PlainTextResponse(_open(parts, door.crypto, msg_signature, timestamp, nonce, echostr))


@router.post("/bot/callback")
async def bot_callback(
    request: Request, parts: Part, msg_signature: Signature, timestamp: Digits, nonce: Nonce
) -> Response:
    """Take in what somebody did with the bot, and answer in the stream the platform asks for."""
    office, door = _office(parts), _bot(parts)
    until = asyncio.get_running_loop().time() + ANSWER_WITHIN
    body = await request.body()
    try:
        encrypted = _encrypted(body)
        opened = _open(parts, door.crypto, msg_signature, timestamp, nonce, encrypted)
        callback = _json(opened)
        asked = _asked_stream(callback)
        incoming = read_callback(callback, bot_name=door.name) if asked is None else None
        if door.bot_id is not None and callback.get("aibotid", door.bot_id) != door.bot_id:
            raise Malformed("aibotid")
    except Rejected as rejected:
        raise _refusal(rejected) from rejected
    if asked is not None:
        return _sealed(parts, door.crypto, await door.polls.go_on(asked))
    if incoming is None:
        return Response(status_code=200)
    taken = await _taken(office, incoming)
    return _sealed(parts, door.crypto, await _reply(parts, office, door, incoming, taken, until=until))


async def _taken(office: Office, incoming: Incoming) -> Taken:
    """Take a delivery to the bot in, one with files within the time the platform gives.

    If they take longer it goes on; the platform is told to repeat the delivery, and finds it done.
    """
    if not isinstance(incoming.what, SentMedia):
        return await office.inbound.handle(incoming, polled=True)
    taking = asyncio.ensure_future(office.inbound.handle(incoming, polled=True))
    try:
        return await asyncio.wait_for(asyncio.shield(taking), STORED_WITHIN)
    except TimeoutError as error:
        taking.add_done_callback(_ended_late)
        raise Unavailable from error


def _ended_late(taking: asyncio.Future[Taken]) -> None:
    if not taking.cancelled() and (error := taking.exception()) is not None:
        log.error("wecom_delivery_not_stored", error=type(error).__name__)


async def _reply(
    parts: Parts, office: Office, door: BotDoor, incoming: Incoming, taken: Taken, *, until: float
) -> Mapping[str, object] | None:
    """Return what is answered at once; None: nothing, what there is to say comes by other ways.

    `until`: the loop's time at which an answer is no longer waited for.
    """
    if taken.welcome is not None:
        return await door.polls.welcome(taken.welcome)
    if taken.turn_id is None or taken.conversation_id is None:
        return None
    if isinstance(incoming.what, Pressed):
        card = await office.inbound.pressed_card(incoming.what)
        return {"response_type": "update_template_card", "template_card": card} if card is not None else None
    if taken.answering:
        within = max(0.0, until - asyncio.get_running_loop().time())
        # The intake wakes it, once nothing waits to be stored.
        if not await parts.turns.answered(taken.conversation_id, taken.turn_id, within, woken=True):
            return door.polls.open(taken.turn_id)
    return await door.polls.begin(taken.turn_id)


def _office(parts: Parts) -> Office:
    if parts.wecom is None:
        raise ChannelNotConfigured
    return parts.wecom


def _app(parts: Parts) -> AppDoor:
    door = _office(parts).app_door
    if door is None:
        raise ChannelNotConfigured
    return door


def _bot(parts: Parts) -> BotDoor:
    door = _office(parts).bot_door
    if door is None:
        raise ChannelNotConfigured
    return door


def _open(
    parts: Parts, crypto: WecomCrypto, signature: str, timestamp: str, nonce: str, encrypted: str
) -> str:
    try:
        return crypto.open(
            signature=signature, timestamp=timestamp, nonce=nonce, encrypted=encrypted, now=parts.clock.now()
        )
    except Rejected as rejected:
        raise _refusal(rejected) from rejected


def _refusal(rejected: Rejected) -> CallbackRejected:
    log.warning("wecom_callback_rejected", code=rejected.code, part=str(rejected) or None)
    return CallbackRejected()


def _encrypted(body: bytes) -> str:
    encrypted = _json(body).get("encrypt")
    if not isinstance(encrypted, str):
        raise Malformed("encrypt")
    return encrypted


def _json(text: str | bytes) -> Mapping[str, object]:
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise Malformed("json") from error
    if not isinstance(value, dict):
        raise Malformed("json")
    return value


def _asked_stream(callback: Mapping[str, object]) -> str | None:
    """Return the stream that is asked for, None for everything that is not such a question."""
    stream = callback.get("stream")
    if callback.get("msgtype") != "stream" or not isinstance(stream, Mapping):
        return None
    name = stream.get("id")
    if not isinstance(name, str) or len(name) > 100:
        raise Malformed("stream")
    return name


def _sealed(parts: Parts, crypto: WecomCrypto, reply: Mapping[str, object] | None) -> Response:
    if reply is None:
        return Response(status_code=200)
    sealed = crypto.seal(json.dumps(reply, ensure_ascii=False), now=parts.clock.now())
    return JSONResponse(
        {
            "encrypt": sealed.encrypted,
            "msgsignature": sealed.signature,
            "timestamp": int(sealed.timestamp),
            "nonce": sealed.nonce,
        }
    )
