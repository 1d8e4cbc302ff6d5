"""What employees do in WeChat Work, however it reached us: the long connection, the webhook or the app.

Texts, addresses and keys are left out of every `repr`, so that an object in a log tells nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from service.messengers.tables import Provider

KEY_LENGTH = 150
_LAST_SECOND = 253_402_300_799  # of the year 9999, after which Python has no time


@dataclass(frozen=True, slots=True)
class Media:
    """A file that can be fetched: from `url`, decrypted with `aes_key` if it has one, or as `media_id`.

    In the bot's webhook mode the file is encrypted with the EncodingAESKey and `aes_key` is None. An address
    is good for five minutes.
    """

    kind: Literal["image", "file", "video"]
    name: str | None = field(repr=False)
    url: str | None = field(repr=False)
    aes_key: str | None = field(repr=False)
    media_id: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Said:
    """Words, never without any. `spoken`: the platform's transcript of a voice message."""

    text: str = field(repr=False)
    spoken: bool


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of a template card: `option` is its key. The app updates the card by `response_code`."""

    option: str
    task_id: str
    response_code: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class SentMedia:
    """Pictures or files, with the words of a mixed message ('' if none)."""

    media: tuple[Media, ...]
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unheard:
    """Something without words for us, named by the platform's type: the employee is asked to type.

    `text` stands for a message that is nothing but blanks or the bot's name.
    """

    kind: str


@dataclass(frozen=True, slots=True)
class Entered:
    """The conversation was opened, or the app was given to this employee."""


@dataclass(frozen=True, slots=True)
class Rated:
    """A judgement of one of the bot's answers. `rating` None: withdrawn.

    `reasons` are the platform's numbers: 1 beside the question, 2 incomplete, 3 wrong, 4 figures wrong.
    """

    feedback_id: str
    rating: Literal["up", "down"] | None
    reasons: tuple[int, ...]
    comment: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MenuChosen:
    """An entry of the app's menu."""

    key: str


@dataclass(frozen=True, slots=True)
class Left:
    """The app was taken from this employee."""


What = Said | Pressed | SentMedia | Unheard | Entered | Rated | MenuChosen | Left


@dataclass(frozen=True, slots=True)
class Incoming:
    """One delivery.

    `key` is its unique name, at most KEY_LENGTH characters: a delivery that comes again has the same one.
    `chatid` is the group, None in a conversation of two. `reply_url` is the bot's response_url, good for one
    answer within an hour.
    """

    provider: Provider
    key: str
    userid: str
    chatid: str | None
    what: What
    sent_at: datetime | None
    reply_url: str | None = field(default=None, repr=False)


def delivery_key(kind: Literal["m", "e"], *parts: str) -> str:
    """Return the key of a message (`m`) or an event (`e`), hashed where it would be too long."""
    key = ":".join((kind, *parts))
    if len(key) <= KEY_LENGTH:
        return key
    return f"{kind}:{hashlib.sha256(key.encode(errors='replace')).hexdigest()}"


def moment(seconds: int | None) -> datetime | None:
    """Return the time of a timestamp in seconds, None for one that is none."""
    if seconds is None or not 0 <= seconds <= _LAST_SECOND:
        return None
    return datetime.fromtimestamp(seconds, UTC)
