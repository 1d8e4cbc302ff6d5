"""Keeping the organisation table as the organisations file says."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from service.people.organisations import Unit
from service.people.tables import Organisation


def keep_organisations(db: Session, units: Sequence[Unit]) -> None:
    """Add and change units to what the file says. One that is gone from it stays, inactive."""
    db.execute(
        update(Organisation)
        .where(Organisation.path.not_in([unit.path for unit in units]))
        .values(active=False)
        .execution_options(synchronize_session=False)
    )
    for unit in units:
        row = db.get(Organisation, unit.path) or Organisation(path=unit.path)
        row.parent_path, row.name, row.short_name = unit.parent, unit.name, unit.short_name
        row.contact = unit.union.model_dump() if unit.union else None
        row.sample, row.active = unit.sample, True
        db.add(row)
        db.flush()
