"""Employees as the portal knows them: its signed token, and the person behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import jwt
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import IdentityExpired, IdentityInvalid
from service.people.tables import Employee, EmployeeIdentity, Organisation
from service.people.viewer import lineage

PROVIDER = "portal"
LEEWAY_S = 30
"""Seconds by which the portal's clock may differ from ours."""
NAME_LIMIT, SUBJECT_LIMIT = 100, 200


@dataclass(frozen=True, slots=True)
class Identity:
    """What the portal says of a person: its own name for them, how they are called, their unit's path."""

    subject: str
    name: str
    organisation: str | None


def read_identity(token: str, *, secret: str, audience: str | None, now: datetime) -> Identity:
    """Check a JSON Web Token (RFC 7519, HS256) with the claims sub, name, exp and perhaps org, aud, nbf.

    Raises IdentityInvalid, IdentityExpired.
    """
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            audience=audience,
            # Times are checked below, against the service's own clock.
            options={
                "require": ["sub", "name", "exp"],
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
                "verify_aud": audience is not None,
            },
        )
        expires, starts = int(claims["exp"]), int(claims.get("nbf", 0))
    except (jwt.InvalidTokenError, TypeError, ValueError) as error:
        raise IdentityInvalid from error
    subject, name, organisation = claims["sub"], claims["name"], claims.get("org")
    if not (isinstance(subject, str) and isinstance(name, str) and isinstance(organisation, str | None)):
        raise IdentityInvalid
    if not (0 < len(subject) <= SUBJECT_LIMIT and 0 < len(name.strip()) <= NAME_LIMIT):
        raise IdentityInvalid
    if starts > now.timestamp() + LEEWAY_S:
        raise IdentityInvalid
    if expires < now.timestamp() - LEEWAY_S:
        raise IdentityExpired
    return Identity(subject, name.strip(), organisation or None)


def known_employee(db: Session, identity: Identity, *, now: datetime) -> Employee:
    """Return the employee behind an identity, added now if it is new, with name and unit as they are now.

    A unit that is not in the organisations file counts as the nearest one above it that is.
    """
    employee = db.scalars(
        select(Employee)
        .join(EmployeeIdentity, EmployeeIdentity.employee_id == Employee.id)
        .where(EmployeeIdentity.provider == PROVIDER, EmployeeIdentity.subject == identity.subject)
    ).one_or_none()
    if employee is None:
        employee = Employee(created_at=now)
        db.add(employee)
        db.flush()
        db.add(
            EmployeeIdentity(
                employee_id=employee.id, provider=PROVIDER, subject=identity.subject, created_at=now
            )
        )
    employee.display_name = identity.name
    employee.organisation_path = _nearest_unit(db, identity.organisation)
    db.flush()
    return employee


def _nearest_unit(db: Session, path: str | None) -> str | None:
    for candidate in lineage(path):
        unit = db.get(Organisation, candidate)
        if unit is not None and unit.active:
            return candidate
    return None
