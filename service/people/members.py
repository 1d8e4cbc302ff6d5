"""What the directory of WeChat Work says of an employee, where the portal has not said it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from service.people.identities import PORTAL, is_known_to
from service.people.organisations import Unit
from service.people.portal import NAME_LIMIT
from service.people.tables import Employee, Organisation


def units_of_departments(units: Iterable[Unit]) -> dict[int, str]:
    """Return the path of the unit to which each department of WeChat Work belongs."""
    return {number: unit.path for unit in units for number in unit.wecom_departments}


def told_by_directory(
    db: Session, employee: Employee, *, name: str, departments: Sequence[int], units: Mapping[int, str]
) -> None:
    """Keep how the directory calls `employee` and the unit of the first of `departments` that has one.

    `departments` begins with the member's own and goes up. The portal's name stays, and the unit it gave.
    """
    path = next((units[number] for number in departments if number in units), None)
    unit = db.get(Organisation, path) if path is not None else None
    found = path if unit is not None and unit.active else None
    if not is_known_to(db, employee, PORTAL):
        employee.display_name = name.strip()[:NAME_LIMIT] or employee.display_name
        employee.organisation_path = found or employee.organisation_path
    elif employee.organisation_path is None:
        employee.organisation_path = found
    db.flush()
