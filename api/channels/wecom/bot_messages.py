"""What the AI bot is told, in JSON: the same over the long connection and in webhook mode."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.channels.wecom.incoming import (
    Entered,
    Incoming,
    Media,
    Pressed,
    Rated,
    Said,
    SentMedia,
    Unheard,
    What,
    delivery_key,
    moment,
)
from api.channels.wecom.rejected import Malformed
from service.messengers.tables import Provider

_T = TypeVar("_T")
_Name = Annotated[str, Field(min_length=1)]
_RATINGS: Mapping[int, Literal["up", "down"] | None] = {1: "up", 2: "down", 3: None}


class _Tolerant(BaseModel):
    # The platform adds fields as it likes. An error must not quote what an employee wrote.
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class _Person(_Tolerant):
    userid: _Name


class _Text(_Tolerant):
    content: str


class _Voice(_Tolerant):
    content: str | None = None


class _File(_Tolerant):
    url: _Name
    aeskey: str | None = None
    filename: str | None = None


class _Item(_Tolerant):
    msgtype: str
    text: _Text | None = None
    image: _File | None = None


class _Mixed(_Tolerant):
    msg_item: list[_Item]


class _Press(_Tolerant):
    event_key: _Name
    task_id: _Name


class _Rating(_Tolerant):
    id: _Name
    type: Literal[1, 2, 3]
    content: str | None = None
    inaccurate_reason_list: list[int] | None = None


class _Event(_Tolerant):
    eventtype: str
    event_key: str | None = None
    task_id: str | None = None
    template_card_event: _Press | None = None
    feedback_event: _Rating | None = None


class _Callback(_Tolerant):
    msgtype: str
    msgid: str = ""
    chattype: Literal["single", "group"] | None = None
    chatid: str | None = None
    sender: _Person | None = Field(default=None, alias="from")
    create_time: int | None = None
    response_url: str | None = None
    text: _Text | None = None
    image: _File | None = None
    mixed: _Mixed | None = None
    voice: _Voice | None = None
    file: _File | None = None
    video: _File | None = None
    event: _Event | None = None


def read_callback(body: Mapping[str, object], *, bot_name: str) -> Incoming | None:
    """Return what an employee did, None for what is nobody's doing: polls of a stream, unknown events.

    In a group an employee calls the bot by `bot_name`, which is taken out of the text; '' where it is not
    known, then the text stays as it is. Raises Malformed.
    """
    try:
        callback = _Callback.model_validate(body)
        what = _what(callback, mentioned=bot_name if _group(callback) else "")
    except ValidationError as error:
        raise Malformed("callback") from error
    if what is None:
        return None
    return Incoming(
        provider=Provider.BOT,
        key=delivery_key("m", _needed(callback.msgid, "msgid")),
        userid=_needed(callback.sender, "from").userid,
        chatid=_needed(callback.chatid, "chatid") if _group(callback) else None,
        what=what,
        sent_at=moment(callback.create_time),
        reply_url=callback.response_url or None,
    )


def _group(callback: _Callback) -> bool:
    # Events may come without a chattype; a chatid alone is a group's then.
    return callback.chattype == "group" or (callback.chattype is None and bool(callback.chatid))


def _words(text: str, mentioned: str) -> str:
    # The name itself and no more: what follows it without a blank may be the question.
    return (re.sub(f"@{re.escape(mentioned)}[\u2005 ]?", "", text) if mentioned else text).strip()


def _what(callback: _Callback, *, mentioned: str) -> What | None:
    match callback.msgtype:
        case "text":
            words = _words(_needed(callback.text, "text").content, mentioned)
            return Said(words, spoken=False) if words else Unheard("text")
        case "voice":
            words = (_needed(callback.voice, "voice").content or "").strip()
            return Said(words, spoken=True) if words else Unheard("voice")
        case "image":
            return SentMedia((_media("image", callback.image),), "")
        case "file":
            return SentMedia((_media("file", callback.file),), "")
        case "video":
            return SentMedia((_media("video", callback.video),), "")
        case "mixed":
            return _mixed(_needed(callback.mixed, "mixed"), mentioned)
        case "event":
            return _event(_needed(callback.event, "event"))
        case "stream":
            return None
        case kind:
            return Unheard(kind)


def _mixed(mixed: _Mixed, mentioned: str) -> What:
    pictures = tuple(_media("image", item.image) for item in mixed.msg_item if item.msgtype == "image")
    texts = [_needed(item.text, "text").content for item in mixed.msg_item if item.msgtype == "text"]
    words = "\n".join(filter(None, (_words(text, mentioned) for text in texts)))
    if pictures:
        return SentMedia(pictures, words)
    return Said(words, spoken=False) if words else Unheard("mixed")


def _event(event: _Event) -> What | None:
    match event.eventtype:
        case "enter_chat":
            return Entered()
        case "template_card_event":
            # The vendor's webhook nests it, its SDK for the long connection has it flat.
            press = event.template_card_event or _Press.model_validate(event, from_attributes=True)
            return Pressed(press.event_key, press.task_id, response_code=None)
        case "feedback_event":
            rated = _needed(event.feedback_event, "feedback_event")
            return Rated(
                rated.id,
                _RATINGS[rated.type],
                tuple(rated.inaccurate_reason_list or ()),
                rated.content or "",
            )
        case _:
            return None


def _media(kind: Literal["image", "file", "video"], file: _File | None) -> Media:
    known = _needed(file, kind)
    return Media(kind, known.filename, url=known.url, aes_key=known.aeskey or None, media_id=None)


def _needed(value: _T | None, part: str) -> _T:
    if not value:
        raise Malformed(part)
    return value
