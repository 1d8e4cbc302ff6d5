"""`union-assistant wecom sends|again|dismiss`: what did not surely arrive, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.orm import Session

from api.channels.wecom.failure_words import reason_words
from api.cli import context
from api.cli.words import word
from api.settings import Settings
from service.clock import Clock
from service.conversations.tables import OutboxState
from service.database import Database, migrate
from service.messengers.unsent import UNSENT, Unsent, count_unsent, drop, send_again, unsent
from service.texts import Texts

LISTED = 200
"""Sends that are listed, the newest; how many there are is said in any case."""


def show_sends(settings: Settings, *, state: OutboxState | None) -> int:
    """List what waits for a decision, the oldest first; return 0."""
    states = UNSENT if state is None else (state,)
    texts, zone = context.texts(settings), ZoneInfo(settings.timezone)

    def show(db: Session) -> None:
        rows = unsent(db, states=states, limit=LISTED)
        if not rows:
            typer.echo(word("wecom.nothing_unsent"))
            return
        for row in rows:
            typer.echo(_line(row, texts, zone))
        count = sum(number for each, number in count_unsent(db).items() if each in states)
        typer.echo(word("wecom.unsent_count", count=count, shown=len(rows)))

    return _on_database(settings, show)


def again(settings: Settings, ids: Sequence[str]) -> int:
    """Send the named ones once more; return 1 when one of them is not to be sent."""
    now = Clock(settings.timezone).now()
    return _each(settings, ids, lambda db, row_id: send_again(db, row_id, now=now), "again")


def dismiss(settings: Settings, ids: Sequence[str]) -> int:
    """Leave the named ones for good; return 1 when one of them waits for no decision."""
    now = Clock(settings.timezone).now()
    return _each(settings, ids, lambda db, row_id: drop(db, row_id, now=now), "dismissed")


def _each(settings: Settings, ids: Sequence[str], act: Callable[[Session, str], bool], said: str) -> int:
    left = 0

    def do(db: Session) -> None:
        nonlocal left
        for row_id in ids:
            done = act(db, row_id)
            left += not done
            typer.echo(word(f"wecom.{said}" if done else "wecom.not_unsent", id=row_id), err=not done)

    _on_database(settings, do)
    return 1 if left else 0


def _on_database(settings: Settings, do: Callable[[Session], None]) -> int:
    settings.data.mkdir(parents=True, exist_ok=True)
    migrate(settings.database)
    database = Database(settings.database)
    try:
        with database.write() as db:
            do(db)
    finally:
        database.close()
    return 0


def _line(row: Unsent, texts: Texts, zone: ZoneInfo) -> str:
    return word(
        "wecom.unsent",
        id=row.id,
        at=row.created_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        provider=texts(f"wecom.providers.{row.provider}"),
        userid=row.userid,
        conversation=row.conversation_id,
        state=texts(f"wecom.states.{row.state}"),
        reason=reason_words(row.state, row.error, texts),
        attempts=row.attempts,
    )
