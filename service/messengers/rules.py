"""The rules of conversations on a messaging platform. Pure."""

from __future__ import annotations

import hashlib
import string
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from service.conversations.tables import GROUP_CHANNEL, State
from service.messengers.tables import Provider

FRESH_AFTER = timedelta(hours=24)
"""Silence after which a chat, which has no end there, begins a new conversation with the bot."""
REPLY_URL_LASTS = timedelta(minutes=55)
"""An address for one answer works for an hour; the rest is for the clocks."""
ASKED_FOR = timedelta(minutes=6)
"""For so long after a message a platform that asks for the answer does so."""
ASKED_IN_VAIN = timedelta(seconds=330)
"""After so long whoever asks is told that the answer comes another way, while that can still be said."""
RECEIVED_KEPT = timedelta(days=7)
"""How long the name of something that came in is remembered; a platform repeats it within minutes."""
ON_THE_PAGE = timedelta(minutes=10)
"""Silence on the page after which news go to the messenger: by then a browser is mostly left open unseen."""
UNFETCHED_AFTER = timedelta(seconds=60)
"""How long what a person says waits for a page that is not there; one that reconnects does so in seconds."""
FOLLOWED_FOR = timedelta(days=1)
"""What waited longer for a page stays there: whoever comes to the messenger late is not sent old words."""
CLIENT_ID_LIMIT = 100
LETTERS = string.ascii_uppercase


def address_of(userid: str, group_id: str | None) -> str:
    """Return the name under which a chat is kept: of a person alone, or of a person in a group."""
    return userid if group_id is None else f"{group_id}/{userid}"


def channel_of(provider: Provider, group_id: str | None) -> str:
    """Return the channel of a conversation begun in a chat."""
    return GROUP_CHANNEL if group_id is not None else provider.value


def goes_on(state: State, active_at: datetime, *, now: datetime) -> bool:
    """Tell whether what is written now belongs to a conversation that was last active at `active_at`.

    While a person is wanted or answers it always does.
    """
    if state is State.CLOSED:
        return False
    return state is not State.BOT or now - active_at <= FRESH_AFTER


def on_the_page(since: datetime, *, now: datetime) -> bool:
    """Tell whether an employee who wrote on the page last at `since` is taken to be reading there."""
    return now - since < ON_THE_PAGE


def client_id_of(provider: Provider, key: str) -> str:
    """Return the sender's name of a message for `accept_message`, the same for the same delivery."""
    name = f"{provider}:{key}"
    if len(name) <= CLIENT_ID_LIMIT:
        return name
    return f"{provider}:{hashlib.sha256(key.encode()).hexdigest()}"


def letter_of(place: int) -> str:
    """Return what an option that cannot be pressed is chosen by; `place` counts from 0."""
    return LETTERS[place]


def is_letter(text: str) -> bool:
    """Tell whether a message is nothing but a letter that may choose an option."""
    return _letter(text) in LETTERS and len(_letter(text)) == 1


def chosen_by_letter(text: str, options: Sequence[str]) -> str | None:
    """Return the option that a message of one letter chooses among `options` (ids in the order shown).

    Letters, not numbers: a number may be the answer to what is asked.
    """
    letter = lone_letter(text)
    if letter is None:
        return None
    place = LETTERS.index(letter)
    return options[place] if place < len(options) else None


def lone_letter(text: str) -> str | None:
    """Return the letter that a message is, None if it says more or something else."""
    letter = unicodedata.normalize("NFKC", text).strip().rstrip("。.、").upper()
    return letter if len(letter) == 1 and letter in LETTERS else None


def _letter(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().rstrip("。.、").upper()
