"""The names by which others know an employee: the portal's, and that of WeChat Work."""

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
        .where(EmployeeIdentity.provider == provider, EmployeeIdentity.subject == subject)
    )
    return db.scalars(query).one_or_none()


def add_employee(db: Session, provider: str, subject: str, *, now: datetime) -> Employee:
    """Add an employee whom `provider` calls `subject`."""
    employee = Employee(created_at=now)
    db.add(employee)
    db.flush()
    add_identity(db, employee, provider, subject, now=now)
    return employee


def add_identity(db: Session, employee: Employee, provider: str, subject: str, *, now: datetime) -> None:
    """Have `employee` known to `provider` as `subject` too, whom nobody is known as yet."""
    db.add(EmployeeIdentity(employee_id=employee.id, provider=provider, subject=subject, created_at=now))
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
