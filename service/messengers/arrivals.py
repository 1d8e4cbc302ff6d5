"""Deliveries kept as they came: what a platform is told at once is stored, and is taken in after that.

Taking in is a dozen statements, keeping a share of one, and a platform counts the seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from service.messengers.tables import Provider, Received

TAKEN_IN_WITHIN = timedelta(seconds=10)
"""What was kept longer ago, nobody may be about to take in any more."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A delivery as it came. `sealed`: what the platform wrote, encrypted with the deployment's key."""

    provider: Provider
    key: str
    sealed: str = field(repr=False)
    at: datetime


def keep(db: Session, arrivals: Sequence[Arrival]) -> None:
    """Keep deliveries; one that is known already stays as it is.

    Where another process keeps the same at once: IntegrityError, and it is found when tried again.
    """
    keys = {arrival.key for arrival in arrivals}
    rows = db.execute(select(Received.provider, Received.key).where(Received.key.in_(keys)))
    known = {(provider, key) for provider, key in rows}
    new = {
        name: {"provider": name[0], "key": name[1], "sealed": arrival.sealed, "at": arrival.at}
        for arrival in arrivals
        if (name := (arrival.provider.value, arrival.key)) not in known
    }
    if new:
        db.execute(insert(Received), list(new.values()))


def claim(db: Session, record: Received) -> bool:
    """Tell whether a kept delivery is to be taken in now, by whoever asks; nobody else is told so."""
    if record.sealed is None:
        return False
    taken = db.scalars(
        update(Received)
        .where(Received.provider == record.provider, Received.key == record.key, Received.sealed.is_not(None))
        .values(sealed=None)
        .returning(Received.key)
        .execution_options(synchronize_session=False)
    ).all()
    db.refresh(record)
    return bool(taken)


def left_behind(
    db: Session, provider: Provider, *, but: Collection[str], now: datetime, limit: int
) -> list[Arrival]:
    """Return the oldest deliveries that nobody took in, `but` those of these keys."""
    query = (
        select(Received)
        .where(
            Received.provider == provider.value,
            Received.sealed.is_not(None),
            Received.at < now - TAKEN_IN_WITHIN,
            Received.key.not_in(but),
        )
        .order_by(Received.at)
        .limit(limit)
    )
    return [
        Arrival(provider, record.key, record.sealed, record.at)
        for record in db.scalars(query)
        if record.sealed is not None
    ]


def count_left_behind(db: Session, *, now: datetime) -> int:
    """Return how many deliveries nobody took in."""
    return db.scalars(
        select(func.count())
        .select_from(Received)
        .where(Received.sealed.is_not(None), Received.at < now - TAKEN_IN_WITHIN)
    ).one()
