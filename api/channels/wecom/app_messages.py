"""What the self-built app is told, in XML: messages to it and events around it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from api.channels.wecom.incoming import (
    Entered,
    Incoming,
    Left,
    Media,
    MenuChosen,
    Pressed,
    Said,
    SentMedia,
    Unheard,
    What,
    delivery_key,
    moment,
)
from api.channels.wecom.rejected import Malformed
from api.channels.wecom.xml import read_message
from service.messengers.tables import Provider

_SECONDS = re.compile(r"[0-9]{1,12}")

_Fields = Mapping[str, str]


def read_app_message(xml: str) -> Incoming | None:
    """Return what an employee did, None for events that ask for nothing. Raises Malformed."""
    fields = read_message(xml)
    kind = _needed(fields, "MsgType")
    what = _event(fields) if kind == "event" else _message(kind, fields)
    if what is None:
        return None
    userid, created = _needed(fields, "FromUserName"), _needed(fields, "CreateTime")
    if _SECONDS.fullmatch(created) is None:
        raise Malformed("CreateTime")
    return Incoming(
        provider=Provider.APP,
        key=_event_key(fields) if kind == "event" else delivery_key("m", _needed(fields, "MsgId")),
        userid=userid,
        chatid=None,
        what=what,
        sent_at=moment(int(created)),
    )


def _event_key(fields: _Fields) -> str:
    # An event has no number of its own. Two cards may have buttons of the same key; a task is one card's.
    names = ("FromUserName", "CreateTime", "Event", "EventKey", "AgentID", "TaskId")
    return delivery_key("e", *(fields.get(name, "") for name in names if name != "TaskId" or name in fields))


def _message(kind: str, fields: _Fields) -> What:
    match kind:
        case "text":
            words = fields.get("Content", "").strip()
            return Said(words, spoken=False) if words else Unheard("text")
        case "voice":
            words = fields.get("Recognition", "").strip()
            return Said(words, spoken=True) if words else Unheard("voice")
        case "image" | "video" | "file":
            return SentMedia((_media(kind, fields),), "")
        case _:
            return Unheard(kind)


def _media(kind: Literal["image", "video", "file"], fields: _Fields) -> Media:
    media_id, url = _needed(fields, "MediaId"), fields.get("PicUrl") or None
    return Media(kind, name=None, url=url, aes_key=None, media_id=media_id)


def _event(fields: _Fields) -> What | None:
    match _needed(fields, "Event"):
        case "subscribe" | "enter_agent":
            return Entered()
        case "unsubscribe":
            return Left()
        case "click":
            return MenuChosen(_needed(fields, "EventKey"))
        case "template_card_event":
            return Pressed(
                _needed(fields, "EventKey"),
                _needed(fields, "TaskId"),
                response_code=fields.get("ResponseCode") or None,
            )
        case _:
            return None


def _needed(fields: _Fields, name: str) -> str:
    value = fields.get(name, "")
    if not value:
        raise Malformed(name)
    return value
