"""What is asked of activities, sign-ups and consultation slots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from service.activities.rules import ADVISING, KEEPERS
from service.activities.tables import Activity, ConsultationSlot, Signup, SignupState, SlotKind
from service.errors import ActivityNotFound, SlotNotFound
from service.people.queries import within
from service.people.tables import Organisation
from service.people.viewer import Viewer, lineage


def reachable(db: Session, organisation: str | None) -> tuple[str, ...]:
    """Return the organisations whose offers somebody of `organisation` may take: itself and those above.

    Someone whose unit is not known belongs at least to the bank as a whole.
    """
    if organisation is not None:
        return lineage(organisation)
    roots = select(Organisation.path).where(Organisation.parent_path.is_(None), Organisation.active)
    return tuple(db.scalars(roots))


def activity(db: Session, activity_id: str, *, fresh: bool = False) -> Activity:
    """Return an activity, read again from the database when `fresh`. Raises ActivityNotFound."""
    found = db.get(Activity, activity_id, populate_existing=fresh)
    if found is None:
        raise ActivityNotFound
    return found


def coming_activities(db: Session, organisation: str | None, *, now: datetime) -> list[Activity]:
    """Return what is still to begin and not called off, the next first."""
    query = (
        select(Activity)
        .where(
            Activity.organisation_path.in_(reachable(db, organisation)),
            Activity.starts_at > now,
            Activity.cancelled_at.is_(None),
        )
        .order_by(Activity.starts_at, Activity.id)
    )
    return list(db.scalars(query))


def signup_of(db: Session, activity_id: str, participant: str) -> Signup | None:
    query = select(Signup).where(Signup.activity_id == activity_id, Signup.participant == participant)
    return db.scalars(query).one_or_none()


def own_signups(db: Session, participant: str, *, now: datetime) -> list[tuple[Signup, Activity]]:
    """Return the person's seats and waiting places in what has not ended, the next first."""
    query = (
        select(Signup, Activity)
        .join(Activity, Activity.id == Signup.activity_id)
        .where(
            Signup.participant == participant,
            Signup.state != SignupState.CANCELLED,
            Activity.ends_at > now,
        )
        .order_by(Activity.starts_at, Activity.id)
    )
    return [(signup, held) for signup, held in db.execute(query)]


def waiting_position(db: Session, signup: Signup) -> int:
    """Return where `signup` stands on the waiting list, from 1."""
    query = select(func.count()).where(
        Signup.activity_id == signup.activity_id,
        Signup.state == SignupState.WAITLISTED,
        or_(
            Signup.changed_at < signup.changed_at,
            (Signup.changed_at == signup.changed_at) & (Signup.id < signup.id),
        ),
    )
    return db.scalars(query).one() + 1


def waiting_counts(db: Session, activity_ids: Sequence[str]) -> dict[str, int]:
    """Return how many wait, for each activity for which anybody does."""
    query = (
        select(Signup.activity_id, func.count())
        .where(Signup.activity_id.in_(activity_ids), Signup.state == SignupState.WAITLISTED)
        .group_by(Signup.activity_id)
    )
    return {row[0]: row[1] for row in db.execute(query)}


def visible_activity(db: Session, activity_id: str, *, viewer: Viewer) -> Activity:
    """Return an activity the viewer keeps. Raises ActivityNotFound for any other."""
    found = activity(db, activity_id)
    if not any(viewer.may(role, found.organisation_path) for role in KEEPERS):
        raise ActivityNotFound
    return found


def kept_activities(db: Session, *, viewer: Viewer, limit: int = 200) -> list[Activity]:
    """Return the activities the viewer keeps, those that begin last first."""
    query = (
        select(Activity)
        .where(within(Activity.organisation_path, viewer, *KEEPERS))
        .order_by(Activity.starts_at.desc(), Activity.id)
        .limit(limit)
    )
    return list(db.scalars(query))


def signups(db: Session, activity_id: str, *, viewer: Viewer) -> list[Signup]:
    """Return everyone who signed up, in the order of it. Raises ActivityNotFound."""
    visible_activity(db, activity_id, viewer=viewer)
    query = select(Signup).where(Signup.activity_id == activity_id).order_by(Signup.created_at, Signup.id)
    return list(db.scalars(query))


def slot(db: Session, slot_id: str, *, fresh: bool = False) -> ConsultationSlot:
    """Return a slot. Raises SlotNotFound."""
    found = db.get(ConsultationSlot, slot_id, populate_existing=fresh)
    if found is None:
        raise SlotNotFound
    return found


def free_slots(
    db: Session, kind: SlotKind, organisation: str | None, *, now: datetime, limit: int
) -> list[ConsultationSlot]:
    """Return times that can be booked, the next first."""
    query = (
        select(ConsultationSlot)
        .where(
            ConsultationSlot.kind == kind,
            ConsultationSlot.organisation_path.in_(reachable(db, organisation)),
            ConsultationSlot.starts_at > now,
            ConsultationSlot.booked_by.is_(None),
            ConsultationSlot.cancelled_at.is_(None),
        )
        .order_by(ConsultationSlot.starts_at, ConsultationSlot.id)
        .limit(limit)
    )
    return list(db.scalars(query))


def own_bookings(
    db: Session, participant: str, *, now: datetime, kind: SlotKind | None = None
) -> list[ConsultationSlot]:
    """Return the person's booked times that are still ahead, of one kind or all."""
    query = (
        select(ConsultationSlot)
        .where(
            ConsultationSlot.booked_by == participant,
            ConsultationSlot.starts_at > now,
            ConsultationSlot.cancelled_at.is_(None),
            *(() if kind is None else (ConsultationSlot.kind == kind,)),
        )
        .order_by(ConsultationSlot.starts_at)
    )
    return list(db.scalars(query))


def visible_slot(db: Session, slot_id: str, *, viewer: Viewer) -> ConsultationSlot:
    """Return a slot the viewer keeps. Raises SlotNotFound for any other."""
    found = slot(db, slot_id)
    if not viewer.may(ADVISING[SlotKind(found.kind)], found.organisation_path):
        raise SlotNotFound
    return found


def kept_slots(db: Session, *, viewer: Viewer, limit: int = 300) -> list[ConsultationSlot]:
    """Return the slots the viewer keeps, the latest first. Who booked is another question: `may_read`."""
    query = (
        select(ConsultationSlot)
        .where(or_(*(_kept(viewer, kind) for kind in SlotKind)))
        .order_by(ConsultationSlot.starts_at.desc(), ConsultationSlot.id)
        .limit(limit)
    )
    return list(db.scalars(query))


def may_read_booking(booked: ConsultationSlot, *, viewer: Viewer) -> bool:
    """Tell whether the viewer may know who booked: of counselling, the counsellor of that hour alone."""
    if booked.kind == SlotKind.COUNSELLING:
        return viewer.staff_id == booked.adviser_id
    return viewer.may(ADVISING[SlotKind(booked.kind)], booked.organisation_path)


def _kept(viewer: Viewer, kind: SlotKind) -> ColumnElement[bool]:
    return (ConsultationSlot.kind == kind) & within(
        ConsultationSlot.organisation_path, viewer, ADVISING[kind]
    )
