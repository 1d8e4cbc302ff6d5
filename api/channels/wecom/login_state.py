"""The `state` of a login: signed, for one browser, for five minutes.

Letters and digits only, at most 128 bytes, as the platform takes it (构造网页授权链接,
developer.work.weixin.qq.com/document/path/91022).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr

LASTS = timedelta(minutes=5)
_FORM = re.compile(r"([0-9])([0-9a-f]{10})([0-9a-f]{32})([0-9a-f]{64})")


class StateInvalid(Exception):
    """Not a state of ours, or of another browser."""


@dataclass(frozen=True, slots=True)
class LoginState:
    """`name` is the login's own, to be used once; `attempt` counts from 1."""

    name: str
    attempt: int
    expired: bool


class LoginStates:
    """Gives out states and reads them."""

    def __init__(self, secret: SecretStr) -> None:
        # A key of its own: nothing signed with it can pass for a token, nor a token for a state.
        self._key = hmac.digest(secret.get_secret_value().encode(), b"the state of a login", "sha256")

    def issue(self, browser: str, *, attempt: int, now: datetime) -> str:
        """Return the state of a login that `browser`, by the value of its cookie, begins now."""
        signed = f"{attempt}{int((now + LASTS).timestamp()):010x}{secrets.token_hex(16)}"
        return signed + self._signature(signed, browser)

    def read(self, state: str, browser: str, *, now: datetime) -> LoginState:
        """Return what a state says. Raises StateInvalid."""
        match = _FORM.fullmatch(state)
        if match is None:
            raise StateInvalid
        attempt, until, name, signature = match.groups()
        if not hmac.compare_digest(signature, self._signature(attempt + until + name, browser)):
            raise StateInvalid
        return LoginState(name, int(attempt), expired=int(until, 16) <= now.timestamp())

    def _signature(self, signed: str, browser: str) -> str:
        return hmac.new(self._key, f"{signed} {browser}".encode(), hashlib.sha256).hexdigest()
