"""Members of staff: accounts, passwords and signed-in browsers."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.orm import Session

from service.database import Database
from service.errors import (
    LoginFailed,
    LoginLocked,
    LoginRequired,
    LoginTaken,
    OrganisationUnknown,
    PasswordTooWeak,
    StaffNotFound,
)
from service.insights.events import StaffLockedOut, StaffSignedIn, record
from service.people.roles import Role
from service.people.tables import Organisation, RoleGrant, Staff, StaffSession
from service.people.viewer import Grant, Viewer

TRIES = 5
"""Wrong passwords in a row until an account is locked."""
LOCKED_FOR = timedelta(minutes=15)
SESSION = timedelta(hours=12)
"""One sign-in lasts a working day, not a night."""
PASSWORD_FROM = 10
"""Characters a password has at least (NIST SP 800-63B asks for length, not for kinds of characters)."""

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_hex(16))


def hash_password(password: str, *, login: str) -> str:
    """Return the argon2id hash of a password. Raises PasswordTooWeak."""
    if len(password) < PASSWORD_FROM or len(set(password)) < 4 or login.lower() in password.lower():
        raise PasswordTooWeak(least=PASSWORD_FROM)
    return _hasher.hash(password)


def add_staff(
    db: Session, *, login: str, display_name: str, password: str, grants: Iterable[Grant], now: datetime
) -> Staff:
    """Add an account. Raises LoginTaken, OrganisationUnknown, PasswordTooWeak."""
    if db.scalars(select(Staff).where(Staff.login == login)).one_or_none() is not None:
        raise LoginTaken(login=login)
    staff = Staff(
        login=login,
        display_name=display_name,
        password_hash=hash_password(password, login=login),
        active=True,
        failed_logins=0,
        created_at=now,
    )
    db.add(staff)
    db.flush()
    for grant in grants:
        grant_role(db, staff, grant, now=now)
    return staff


def grant_role(db: Session, staff: Staff, grant: Grant, *, now: datetime) -> None:
    """Give a role in an organisation and below; having it already changes nothing."""
    unit = db.get(Organisation, grant.organisation)
    if unit is None or not unit.active:
        raise OrganisationUnknown(organisation=grant.organisation)
    held = select(RoleGrant).where(
        RoleGrant.staff_id == staff.id,
        RoleGrant.role == grant.role,
        RoleGrant.organisation_path == grant.organisation,
    )
    if db.scalars(held).one_or_none() is None:
        db.add(
            RoleGrant(
                staff_id=staff.id, role=grant.role, organisation_path=grant.organisation, granted_at=now
            )
        )
        db.flush()


def staff_by_login(db: Session, login: str) -> Staff:
    """Return an account. Raises StaffNotFound."""
    staff = db.scalars(select(Staff).where(Staff.login == login)).one_or_none()
    if staff is None:
        raise StaffNotFound(login=login)
    return staff


def set_password(db: Session, staff: Staff, password: str) -> None:
    """Change a password, open the account again and sign every browser out. Raises PasswordTooWeak."""
    staff.password_hash = hash_password(password, login=staff.login)
    staff.failed_logins, staff.locked_until = 0, None
    db.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))


def set_active(db: Session, staff: Staff, *, active: bool) -> None:
    """Open or close an account; closing it signs every browser out."""
    staff.active = active
    if not active:
        db.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))


def sign_in(database: Database, *, login: str, password: str, now: datetime) -> str:
    """Return the token of a new session. Raises LoginFailed, LoginLocked.

    The password is checked outside any transaction, because that takes a while by intention; an unknown
    name takes as long as a wrong password.
    """
    with database.read() as db:
        staff = db.scalars(select(Staff).where(Staff.login == login, Staff.active)).one_or_none()
    if staff is None:
        password_matches(_NOBODY, password)
        raise LoginFailed
    _refuse_locked(staff, now)
    if not password_matches(staff.password_hash, password):
        with database.write() as db:
            _count_failure(db, staff.id, now=now)
        raise LoginFailed
    token = secrets.token_urlsafe(32)
    with database.write() as db:
        opened = db.execute(
            update(Staff)
            .where(
                Staff.id == staff.id,
                Staff.active,
                or_(Staff.locked_until.is_(None), Staff.locked_until <= now),
            )
            .values(failed_logins=0, locked_until=None)
            .returning(Staff.id)
        ).scalar_one_or_none()
        if opened is None:  # locked while the password was being checked
            raise LoginFailed
        db.add(
            StaffSession(
                token_hash=_token_hash(token), staff_id=staff.id, created_at=now, expires_at=now + SESSION
            )
        )
        record(db, StaffSignedIn(at=now, staff_id=staff.id))
    return token


def password_matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def signed_in(db: Session, token: str | None, *, now: datetime) -> tuple[Staff, Viewer]:
    """Return who is signed in with `token`, with the grants held now. Raises LoginRequired."""
    if token is None:
        raise LoginRequired
    staff = db.scalars(
        select(Staff)
        .join(StaffSession, StaffSession.staff_id == Staff.id)
        .where(StaffSession.token_hash == _token_hash(token), StaffSession.expires_at > now, Staff.active)
    ).one_or_none()
    if staff is None:
        raise LoginRequired
    return staff, viewer_of(db, staff.id)


def viewer_of(db: Session, staff_id: str) -> Viewer:
    grants = db.scalars(select(RoleGrant).where(RoleGrant.staff_id == staff_id))
    return Viewer(staff_id, frozenset(Grant(Role(item.role), item.organisation_path) for item in grants))


def sign_out(db: Session, token: str) -> None:
    db.execute(delete(StaffSession).where(StaffSession.token_hash == _token_hash(token)))


def forget_old_sessions(db: Session, *, now: datetime) -> None:
    db.execute(delete(StaffSession).where(StaffSession.expires_at <= now))


def staff_name(db: Session, staff_id: str | None) -> str | None:
    """Return how a member of staff is called."""
    staff = db.get(Staff, staff_id) if staff_id is not None else None
    return staff.display_name if staff is not None else None


def _refuse_locked(staff: Staff, now: datetime) -> None:
    if staff.locked_until is not None and staff.locked_until > now:
        raise LoginLocked(minutes=-(-(staff.locked_until - now).seconds // 60))


def _count_failure(db: Session, staff_id: str, *, now: datetime) -> None:
    failures = Staff.failed_logins + 1
    locked = db.execute(
        update(Staff)
        .where(Staff.id == staff_id)
        .values(
            failed_logins=case((failures >= TRIES, 0), else_=failures),
            locked_until=case((failures >= TRIES, now + LOCKED_FOR), else_=Staff.locked_until),
        )
        .returning(Staff.locked_until)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    if locked is not None and locked > now:
        record(db, StaffLockedOut(at=now, staff_id=staff_id))


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
