"""Leases: a periodic job runs in one process at a time, and in another one soon after that has died."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from service.database import Database
from service.insights.tables import JobLease


def take_lease(database: Database, name: str, *, holder: str, lasts: timedelta, now: datetime) -> bool:
    """Take or renew the lease of a job for `holder`; False while another process holds it.

    A lease that ran out is anybody's: a process that died gives its jobs up by not renewing.
    """
    with database.write() as db:
        renewed = db.execute(
            update(JobLease)
            .where(JobLease.name == name, or_(JobLease.holder == holder, JobLease.until <= now))
            .values(holder=holder, until=now + lasts)
            .returning(JobLease.name)
        ).scalar_one_or_none()
        if renewed is not None:
            return True
        if db.scalars(select(JobLease.name).where(JobLease.name == name)).one_or_none() is not None:
            return False
    try:
        with database.write() as db:
            db.add(JobLease(name=name, holder=holder, until=now + lasts))
    except IntegrityError:  # another process was first
        return False
    return True


def give_up_leases(database: Database, *, holder: str, now: datetime) -> None:
    """End the leases of a process that stops, so that another one need not wait."""
    with database.write() as db:
        db.execute(update(JobLease).where(JobLease.holder == holder).values(until=now))
