"""What is asked of people and organisations."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import OrganisationUnknown
from service.people.tables import Organisation


def active_organisations(db: Session) -> list[Organisation]:
    """Return the units employees may belong to, in the order of their paths."""
    return list(db.scalars(select(Organisation).where(Organisation.active).order_by(Organisation.path)))


def check_organisation(db: Session, path: str | None) -> None:
    """Raise OrganisationUnknown for a path that is no unit; None is nobody's unit and allowed."""
    if path is None:
        return
    unit = db.get(Organisation, path)
    if unit is None or not unit.active:
        raise OrganisationUnknown(organisation=path)
