"""How fast the channel of WeChat Work goes: every length of time that has to fit the others, in one place."""

from __future__ import annotations

from dataclasses import dataclass, field

from api.channels.wecom.bot_line import Patience
from api.channels.wecom.pacing import Pace


@dataclass(frozen=True, slots=True)
class LeaseTerms:
    """How one process leads; seconds. One that cannot renew has stopped before another may begin."""

    lasts: float = 30.0
    renewed: float = 8.0
    given_up_after: float = 22.0
    """From the begin of the last renewal that worked; what is left of `lasts` is for closing."""


@dataclass(frozen=True, slots=True)
class StreamTimes:
    """What whoever waits for an answer in the bot's chat is shown, and when; seconds."""

    shown_after: float = 0.7
    """Then it is said that the answer is on its way."""
    kept_alive: float = 20.0
    """Between two signs of life."""
    lasts: float = 330.0
    """Then a stream is ended without the answer: the platform ends it after six minutes."""
    welcome_within: float = 4.5
    """A greeting is taken for five seconds."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """The channel's lengths of time, in seconds."""

    pace: Pace = field(default_factory=Pace)
    patience: Patience = field(default_factory=Patience)
    lease: LeaseTerms = field(default_factory=LeaseTerms)
    stream: StreamTimes = field(default_factory=StreamTimes)
    store_again: tuple[float, ...] = (0.5, 2.0, 5.0)
    """Between tries to store what came: the platform does not send it again."""
    look_every: float = 2.0
    """Between looks at what is to be sent; what this process commits itself is sent at once."""
    unreachable_after: float = 120.0
    """Without a connection for so long an administrator is told."""
    standing_after: float = 60.0
    """A connection that has stood so long has no rival."""
