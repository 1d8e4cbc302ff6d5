"""What comes of sending to WeChat Work, whichever way it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from service.messengers.sending import Batch

NO_ROUTE = "no_way_to_send"
"""The error of what nothing set up here could send."""


@dataclass(frozen=True, slots=True)
class Done:
    """Taken by the platform, under its name `remote_id`."""

    remote_id: str | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """Surely not taken: to be tried again after `seconds`. With an `error` it counts as an attempt."""

    seconds: float
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """Refused for good."""

    error: str


@dataclass(frozen=True, slots=True)
class Lost:
    """Handed over, and nobody knows what became of it: never to be repeated blindly."""

    error: str


Outcome = Done | Again | Gone | Lost


class Route(Protocol):
    """A way to send."""

    @property
    def ready(self) -> bool:
        """Whether there is any sense in trying now."""
        ...

    async def deliver(self, batch: Batch) -> Outcome:
        """Send a batch. Never raises for what the platform or the network does."""
        ...
