"""One person, one employee: whom the portal knows and who writes in WeChat Work."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.activities.joining import move_bookings, move_signups
from service.activities.words import ActivityWords
from service.conversations.tables import Conversation
from service.insights.events import EmployeesJoined, record
from service.messengers.tables import MessengerChat
from service.people.identities import PORTAL, WECOM, add_identity, employee_of, is_known_to, member
from service.people.member_tokens import MemberIdentity
from service.people.portal import Identity, known_employee
from service.people.tables import Employee, EmployeeIdentity
from service.tickets.tables import Ticket

log = structlog.get_logger()


class Linking:
    """Finds the one employee behind an identity. Threads may share this object.

    Two at once for the same person: the second raises IntegrityError and finds the employee when tried again.
    """

    def __init__(self, *, words: ActivityWords, is_portal_subject: bool) -> None:
        """`is_portal_subject`: the portal calls people by the names of WeChat Work."""
        self._words = words
        self._is_portal_subject = is_portal_subject

    def employee(self, db: Session, identity: Identity | MemberIdentity, *, now: datetime) -> Employee:
        """Return the employee behind an identity, added now if it is new."""
        if isinstance(identity, MemberIdentity):
            found = member(db, identity.userid, is_portal_subject=self._is_portal_subject, now=now)
            if not is_known_to(db, found, PORTAL):
                found.display_name = identity.name
            return found
        userid = identity.wecom or (identity.subject if self._is_portal_subject else None)
        if userid is None:
            return known_employee(db, identity, now=now)
        _named_at_last(db, identity.subject, userid, now=now)
        employee = known_employee(db, identity, now=now)
        link(db, employee, userid, words=self._words, now=now)
        return employee

    def known(self, db: Session, identity: Identity | MemberIdentity) -> Employee | None:
        """Return the employee behind an identity if there is one; nothing is changed."""
        if isinstance(identity, Identity):
            return employee_of(db, PORTAL, identity.subject)
        known = employee_of(db, WECOM, identity.userid)
        if known is None and self._is_portal_subject:
            return employee_of(db, PORTAL, identity.userid)
        return known


def link(db: Session, employee: Employee, userid: str, *, words: ActivityWords, now: datetime) -> None:
    """Have `employee` known to WeChat Work as `userid`, and be one with whoever has written under that name.

    Two whom the portal calls by different names stay two, whatever a token says; that is logged.
    """
    known = employee_of(db, WECOM, userid)
    if known is None:
        add_identity(db, employee, WECOM, userid, now=now)
    elif known.id == employee.id:
        return
    elif is_known_to(db, known, PORTAL):
        log.warning("two_portal_identities_for_one_member", employee=employee.id, other=known.id)
    else:
        _join(db, known, into=employee, words=words, now=now)


def _named_at_last(db: Session, subject: str, userid: str, *, now: datetime) -> None:
    """Whoever has written in WeChat Work before the portal was first used is the employee: nothing moves."""
    writer = employee_of(db, WECOM, userid)
    if writer is None or is_known_to(db, writer, PORTAL) or employee_of(db, PORTAL, subject) is not None:
        return
    add_identity(db, writer, PORTAL, subject, now=now)


def _join(db: Session, source: Employee, *, into: Employee, words: ActivityWords, now: datetime) -> None:
    both = (source.id, into.id)
    # One joining at a time. What is written for `source` meanwhile breaks its removal: found at the next try.
    rows = select(Employee.id).where(Employee.id.in_(both)).order_by(Employee.id)
    if len(db.scalars(rows.with_for_update(key_share=True)).all()) < len(both):
        return  # somebody else has just joined them
    joined = EmployeesJoined(
        at=now,
        organisation_path=into.organisation_path or source.organisation_path,
        conversations=_move(db, Conversation.employee_id, *both),
        tickets=_move(db, Ticket.employee_id, *both),
        signups=move_signups(db, *both, words=words, now=now),
        slots=move_bookings(db, *both),
    )
    for owner in (MessengerChat.employee_id, EmployeeIdentity.employee_id):
        _move(db, owner, *both)
    into.display_name = into.display_name or source.display_name
    into.organisation_path = into.organisation_path or source.organisation_path
    db.flush()
    db.expire_all()  # rows were moved behind the session's back
    db.delete(source)
    record(db, joined)
    db.flush()


def _move(
    db: Session,
    owner: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    source: str,
    target: str,
) -> int:
    moved = db.execute(
        update(owner.class_)
        .where(owner == source)
        .values({owner.key: target})
        .returning(owner)
        .execution_options(synchronize_session=False)
    )
    return len(moved.all())
