"""What is asked of people and organisations."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.errors import OrganisationUnknown
from service.people.roles import Role
from service.people.tables import Employee, Organisation
from service.people.viewer import Viewer


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


def within(column: InstrumentedAttribute[str], viewer: Viewer, *roles: Role) -> ColumnElement[bool]:
    """Return the condition that an organisation path lies where the viewer holds one of `roles`."""
    scopes = {grant.organisation for grant in viewer.grants if grant.role in roles}
    if not scopes:
        return false()
    return or_(
        *(
            condition
            for scope in sorted(scopes)
            for condition in (column == scope, column.startswith(f"{scope}/", autoescape=True))
        )
    )


def organisation_names(db: Session) -> dict[str, str]:
    """Return the short name of every unit, by path."""
    return {unit.path: unit.short_name for unit in db.scalars(select(Organisation))}


def employee_name(db: Session, employee_id: str | None) -> str | None:
    """Return how an employee is called, None for a visitor."""
    employee = db.get(Employee, employee_id) if employee_id is not None else None
    return employee.display_name if employee is not None else None
