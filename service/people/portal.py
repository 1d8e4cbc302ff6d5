"""Employees as the portal knows them: its signed token, and the person behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import jwt
from sqlalchemy.orm import Session

from service.errors import IdentityExpired, IdentityInvalid
from service.people.identities import PORTAL, add_employee, employee_of
from service.people.tables import Employee, Organisation
from service.people.viewer import lineage

LEEWAY_S = 30
"""Seconds by which the portal's clock may differ from ours."""
NAME_LIMIT, SUBJECT_LIMIT, USERID_LIMIT = 100, 200, 64


@dataclass(frozen=True, slots=True)
class Identity:
    """What the portal says of a person: its own name for them, how they are called, their unit's path.

    `wecom` is the name WeChat Work has for them (UserID), where the portal knows it.
    """

    subject: str
    name: str
    organisation: str | None
    wecom: str | None = None


def read_identity(token: str, *, secret: str, audience: str | None, now: datetime) -> Identity:
    """Check a JSON Web Token (RFC 7519, HS256) with the claims sub, name, exp and perhaps org, wecom, aud,
    nbf.

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
    userid = claims.get("wecom") or None
    if userid is not None and not (isinstance(userid, str) and len(userid) <= USERID_LIMIT):
        raise IdentityInvalid
    if starts > now.timestamp() + LEEWAY_S:
        raise IdentityInvalid
    if expires < now.timestamp() - LEEWAY_S:
        raise IdentityExpired
    return Identity(subject, name.strip(), organisation or None, userid)


def known_employee(db: Session, identity: Identity, *, now: datetime) -> Employee:
    """Return the employee behind an identity, added now if it is new, with name and unit as they are now.

    A unit that is not in the organisations file counts as the nearest one above it that is. A token without
    a unit says nothing of it: the one known from elsewhere stays.
    """
    employee = employee_of(db, PORTAL, identity.subject) or add_employee(
        db, PORTAL, identity.subject, now=now
    )
    employee.display_name = identity.name
    if identity.organisation is not None:
        employee.organisation_path = _nearest_unit(db, identity.organisation)
    db.flush()
    return employee


def _nearest_unit(db: Session, path: str | None) -> str | None:
    for candidate in lineage(path):
        unit = db.get(Organisation, candidate)
        if unit is not None and unit.active:
            return candidate
    return None
