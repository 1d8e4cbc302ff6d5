"""The application with the AI bot on the modelled gateway, with a stand-in for its dialogue or with none."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import func, select

from api.app import create_app
from api.channels.wecom.office import Office
from api.channels.wecom.tempo import StreamTimes, Tempo
from api.parts import Parts
from api.settings import Settings
from service.clock import Clock
from service.conversations.tables import Message, Outbox, OutboxState
from tests.api.deployment import NoDialogue
from tests.api.wecom.bot import PACE, PATIENCE
from tests.api.wecom.dialogue import Dialogue
from tests.api.wecom.gateway import Gateway
from tests.api.wecom.gateway_server import BOT, SECRET
from tests.service.world import MORNING

RESPOND, SEND = "aibot_respond_msg", "aibot_send_msg"
TEMPO = Tempo(
    pace=PACE,
    patience=replace(PATIENCE, ping=0.5, silence=3.0),
    stream=StreamTimes(kept_alive=0.5, lasts=2.0),
    store_again=(0.1, 0.2),
    look_every=0.3,
    unreachable_after=0.5,
    standing_after=0.6,
)
"""A minute is 0.6 seconds, as `PACE` has it; the first sign of life comes as late as it really does."""
_AHEAD = MORNING - datetime.now(UTC)
CLOCK = Clock("Asia/Shanghai", lambda: datetime.now(UTC) + _AHEAD)
"""By which the offices are open."""


def with_bot(settings: Settings, gateway: Gateway, **changes: Any) -> Settings:
    """Return `settings` with the bot of the gateway."""
    bot = {
        "wecom_bot_id": BOT,
        "wecom_bot_secret": SecretStr(SECRET),
        "wecom_bot_url": gateway.url,
        "wecom_bot_name": "工会助手",
        "public_url": "http://127.0.0.1:9",
    }
    return settings.model_copy(update=bot | changes)


@dataclass(frozen=True)
class Channel:
    """A running application, and what it and the gateway know."""

    app: FastAPI
    gateway: Gateway

    @property
    def parts(self) -> Parts:
        parts: Parts = self.app.state.parts
        return parts

    @property
    def office(self) -> Office:
        assert self.parts.wecom is not None
        return self.parts.wecom

    @property
    def connected(self) -> bool:
        line = self.office.bot_line
        return line is not None and line.connection.health.subscribed

    async def until(self, condition: Callable[[], bool], *, seconds: float = 15.0) -> None:
        """Wait until `condition` holds, and fail if it does not in time."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.gateway.commands[-5:]
            await asyncio.sleep(0.01)

    async def settled(self, *, messages: int = 1, seconds: float = 15.0) -> None:
        """Wait until so many messages have been put into the outbox and none is to be sent any more."""
        deadline = time.monotonic() + seconds
        states: list[str] = []
        while len(states) < messages or OutboxState.PENDING in states:
            states = await asyncio.to_thread(self.states)
            assert time.monotonic() < deadline, states
            await asyncio.sleep(0.02)

    def states(self) -> list[str]:
        """Return the states of what was to be sent, the oldest first."""
        with self.parts.database.read() as db:
            return list(db.scalars(select(Outbox.state).order_by(Outbox.created_at, Outbox.id)))

    def count(self, table: type, *conditions: Any) -> int:
        with self.parts.database.read() as db:
            return db.scalars(select(func.count()).select_from(table).where(*conditions)).one()

    def turn_of(self, text: str) -> str:
        """Return the turn begun by the newest message of these words."""
        with self.parts.database.read() as db:
            query = select(Message.turn_id).where(Message.text == text).order_by(Message.at.desc())
            turn_id = db.scalars(query).first()
            assert turn_id is not None
            return turn_id

    def finished(self) -> list[str]:
        """Return what each stream ended with, in the order they ended."""
        streams = [body["stream"] for body in self.gateway.taken(RESPOND) if "stream" in body]
        return [stream["content"] for stream in streams if stream["finish"]]

    def pushed(self) -> list[Any]:
        return self.gateway.taken(SEND)


@asynccontextmanager
async def starting(
    settings: Settings,
    gateway: Gateway,
    *,
    dialogue: Dialogue | None = None,
    tempo: Tempo = TEMPO,
    **changes: Any,
) -> AsyncIterator[Channel]:
    """Run the application; it is stopped on leaving. It need not be connected when this begins."""
    if dialogue is not None:
        changes["rasa_port"] = dialogue.port
    settings = with_bot(settings, gateway, **changes)
    probe = dialogue or NoDialogue()
    app = await asyncio.to_thread(create_app, settings, probe=probe, clock=CLOCK, tempo=tempo)
    async with app.router.lifespan_context(app):
        yield Channel(app, gateway)


@asynccontextmanager
async def running(
    settings: Settings,
    gateway: Gateway,
    *,
    dialogue: Dialogue | None = None,
    tempo: Tempo = TEMPO,
    **changes: Any,
) -> AsyncIterator[Channel]:
    """As `starting`, with its connection up."""
    async with starting(settings, gateway, dialogue=dialogue, tempo=tempo, **changes) as channel:
        await channel.until(lambda: channel.connected)
        yield channel
