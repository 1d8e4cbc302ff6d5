"""Sign-ups and bookings of two employees who turned out to be one person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.activities.operations import give_up
from service.activities.people import participant_of
from service.activities.queries import signup_of
from service.activities.tables import ConsultationSlot, Signup, SignupState
from service.activities.words import ActivityWords

_WORTH = {SignupState.JOINED: 0, SignupState.WAITLISTED: 1, SignupState.CANCELLED: 2}


def move_signups(db: Session, source: str, target: str, *, words: ActivityWords, now: datetime) -> int:
    """Give the sign-ups of employee `source` to `target`; return how many.

    Of two for the same activity the better one counts, a seat before a wait, the earlier before the later;
    the other is given up, so that its seat is free.
    """
    # Activities are held one after the other, by everybody in one order.
    query = select(Signup).where(Signup.employee_id == source).order_by(Signup.activity_id, Signup.id)
    moved = db.scalars(query).all()
    for signup in moved:
        signup.employee_id = target
        own = signup_of(db, signup.activity_id, participant_of(target))
        if signup.participant != participant_of(source):
            continue  # had been replaced before
        if own is None:
            signup.participant = participant_of(target)
        else:
            _keep_one(db, own, signup, participant_of(target), words=words, now=now)
        db.flush()
    return len(moved)


def move_bookings(db: Session, source: str, target: str) -> int:
    """Give the booked times of employee `source` to `target`; return how many."""
    moved = db.execute(
        update(ConsultationSlot)
        .where(ConsultationSlot.booked_by == participant_of(source))
        .values(booked_by=participant_of(target), employee_id=target)
        .returning(ConsultationSlot.id)
        .execution_options(synchronize_session=False)
    )
    return len(moved.all())


def _keep_one(
    db: Session, first: Signup, second: Signup, participant: str, *, words: ActivityWords, now: datetime
) -> None:
    kept, spare = sorted((first, second), key=_rank)
    give_up(db, spare, words=words, now=now)
    spare.participant = f"r:{spare.id}"
    db.flush()  # before the other takes the name
    kept.participant = participant


def _rank(signup: Signup) -> tuple[int, datetime, str]:
    return _WORTH[SignupState(signup.state)], signup.changed_at, signup.id
