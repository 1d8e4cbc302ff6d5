"""The app's access token: one for all calls, fetched by one request however many wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pydantic import SecretStr

EARLY = 300.0
"""Seconds before its end from which a token is no longer used, so that none ends on its way."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A token, and for how many seconds from now it holds."""

    token: SecretStr
    lifetime: float


class Tokens:
    """Keeps the token that `fetch` gets. `now` is a clock that only goes forward, in seconds."""

    def __init__(self, fetch: Callable[[], Awaitable[Issued]], *, now: Callable[[], float]) -> None:
        self._fetch = fetch
        self._now = now
        self._held: SecretStr | None = None
        self._until = 0.0
        self._fetching: asyncio.Task[SecretStr] | None = None

    async def current(self) -> SecretStr:
        """Return a token that holds. Raises what `fetch` raises, the same for all who wait for it."""
        if self._held is not None and self._now() < self._until:
            return self._held
        return await self._fetched()

    async def renewed(self, stale: SecretStr) -> SecretStr:
        """Return a token in place of `stale`, which the platform refused.

        A call that met the same may have got it already. Raises what `fetch` raises.
        """
        if self._held == stale:
            self._held = None
        return await self.current()

    def close(self) -> None:
        if self._fetching is not None:
            self._fetching.cancel()

    async def _fetched(self) -> SecretStr:
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._get())
            self._fetching.add_done_callback(self._fetched_once)
        # Shielded: a caller that gives up must not take the token from the others.
        return await asyncio.shield(self._fetching)

    async def _get(self) -> SecretStr:
        asked_at = self._now()
        issued = await self._fetch()
        self._until = asked_at + issued.lifetime - min(EARLY, issued.lifetime / 2)
        self._held = issued.token
        return issued.token

    def _fetched_once(self, _task: asyncio.Task[SecretStr]) -> None:
        self._fetching = None
