"""The names by which others know an employee: the portal's, and that of WeChat Work.

WeChat Work's are the same whatever the case of their letters (成员管理, userid 不区分大小写,
developer.work.weixin.qq.com/document/path/90196), and are kept in small ones.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.people.tables import Employee, EmployeeIdentity

PORTAL, WECOM = "portal", "wecom"


def employee_of(db: Session, provider: str, subject: str) -> Employee | None:
    """Return the employee whom `provider` calls `subject`."""
    query = (
        select(Employee)
        .join(EmployeeIdentity, EmployeeIdentity.employee_id == Employee.id)
        .where(EmployeeIdentity.provider == provider, EmployeeIdentity.subject == _kept(provider, subject))
    )
    return db.scalars(query).one_or_none()


def is_known_to(db: Session, employee: Employee, provider: str) -> bool:
    """Tell whether `provider` has a name for `employee`."""
    query = select(EmployeeIdentity.id).where(
        EmployeeIdentity.employee_id == employee.id, EmployeeIdentity.provider == provider
    )
    return db.scalars(query.limit(1)).one_or_none() is not None


def add_employee(db: Session, provider: str, subject: str, *, now: datetime) -> Employee:
    """Add an employee whom `provider` calls `subject`."""
    employee = Employee(created_at=now)
    db.add(employee)
    db.flush()
    add_identity(db, employee, provider, subject, now=now)
    return employee


def add_identity(db: Session, employee: Employee, provider: str, subject: str, *, now: datetime) -> None:
    """Have `employee` known to `provider` as `subject` too, whom nobody is known as yet."""
    kept = _kept(provider, subject)
    db.add(EmployeeIdentity(employee_id=employee.id, provider=provider, subject=kept, created_at=now))
    db.flush()


def member(db: Session, userid: str, *, is_portal_subject: bool, now: datetime) -> Employee:
    """Return the employee whom WeChat Work calls `userid`, added now if it is nobody's name yet.

    `is_portal_subject`: the portal calls people by the same names, so whom it knows already is the same.
    """
    known = employee_of(db, WECOM, userid)
    if known is not None:
        return known
    known = employee_of(db, PORTAL, userid) if is_portal_subject else None
    if known is None:
        return add_employee(db, WECOM, userid, now=now)
    add_identity(db, known, WECOM, userid, now=now)
    return known


def _kept(provider: str, subject: str) -> str:
    return subject.lower() if provider == WECOM else subject
