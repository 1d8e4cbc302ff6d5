"""By which name WeChat Work knows a member of staff: one name is one account, and one account one name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.errors import UseridTaken
from service.people.identities import WECOM
from service.people.tables import Staff, StaffIdentity


def staff_called(db: Session, userid: str) -> Staff | None:
    """Return the account, open or closed, of the member of staff whom WeChat Work calls `userid`."""
    query = (
        select(Staff)
        .join(StaffIdentity, StaffIdentity.staff_id == Staff.id)
        .where(StaffIdentity.provider == WECOM, StaffIdentity.subject == userid)
    )
    return db.scalars(query).one_or_none()


def userid_of(db: Session, staff_id: str) -> str | None:
    """Return what WeChat Work calls a member of staff, None where nobody has said so."""
    query = select(StaffIdentity.subject).where(
        StaffIdentity.staff_id == staff_id, StaffIdentity.provider == WECOM
    )
    return db.scalars(query).one_or_none()


def name_staff(db: Session, staff: Staff, userid: str, *, now: datetime) -> None:
    """Have a member of staff known as `userid`, and as nothing else any more. Raises UseridTaken."""
    holder = staff_called(db, userid)
    if holder is not None and holder.id != staff.id:
        raise UseridTaken(userid=userid, login=holder.login)
    unname_staff(db, staff)
    db.add(StaffIdentity(staff_id=staff.id, provider=WECOM, subject=userid, created_at=now))
    db.flush()


def unname_staff(db: Session, staff: Staff) -> None:
    """Forget what WeChat Work calls a member of staff."""
    db.execute(
        delete(StaffIdentity).where(StaffIdentity.staff_id == staff.id, StaffIdentity.provider == WECOM)
    )
