"""The rules of a conversation: what may be said, and by whom it is answered. Pure."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from service.conversations.tables import State
from service.errors import ConversationClosed, TextEmpty, TextTooLong, TokenInvalid

TEXT_LIMIT = 2000
"""Characters in one message of an employee."""
FORM_GOES_ON = timedelta(hours=24)
"""Silence after which a form is not gone on with unasked: what is said then is a new matter more often."""


MOVES: dict[State, frozenset[State]] = {
    State.BOT: frozenset({State.QUEUED, State.STAFF, State.CLOSED}),
    State.QUEUED: frozenset({State.BOT, State.STAFF, State.CLOSED}),
    State.STAFF: frozenset({State.BOT, State.CLOSED}),
    State.CLOSED: frozenset(),
}
"""The life of a conversation's owner. From the bot straight to staff goes only a conversation beside which
a handover waits; staff give it back or end it, they do not put it back into the queue."""


def may_move(source: State, target: State) -> bool:
    """Tell whether a conversation may pass from one owner to another."""
    return target in MOVES[source]


def form_goes_on(since: datetime, *, now: datetime) -> bool:
    """Tell whether a form that was open when the employee fell silent is gone on with."""
    return now - since <= FORM_GOES_ON


def check_text(text: str) -> str:
    """Return `text` without surrounding blanks and control characters.

    Raises TextEmpty when nothing is left and TextTooLong above TEXT_LIMIT.
    """
    kept = "".join(
        char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs", "Co", "Cn")
    ).strip()
    if not kept.strip("\u200b\u200c\u200d\u2060\ufeff \n\t"):
        raise TextEmpty
    if len(kept) > TEXT_LIMIT:
        raise TextTooLong(length=len(kept), limit=TEXT_LIMIT)
    return kept


def as_dialogue_text(text: str) -> str:
    """Return `text` as the dialogue may be given it: a leading slash is text there, never a command."""
    return f"／{text[1:]}" if text.startswith("/") else text


def bot_answers(state: State) -> bool:
    """Tell whether the bot answers in `state`. Raises ConversationClosed when nobody does."""
    if state is State.CLOSED:
        raise ConversationClosed
    return state is State.BOT


def body_hash(*, text: str | None, option: str | None, enclosed: Sequence[str] = ()) -> str:
    """Return what identifies the body of a message, to tell a repetition from another message."""
    kind, value = ("option", option) if option is not None else ("text", text or "")
    return hashlib.sha256("\0".join((kind, value, *enclosed)).encode()).hexdigest()


def new_token() -> str:
    """Return a conversation token: 256 random bits, of which only the hash is stored."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def check_token(token: str, stored_hash: str) -> None:
    """Raise TokenInvalid unless `token` is the one whose hash is stored."""
    if not hmac.compare_digest(token_hash(token), stored_hash):
        raise TokenInvalid
