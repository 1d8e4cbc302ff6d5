"""What changes consultation slots, within the caller's transaction, each with its event.

An event of counselling names no conversation: who asked for it is nobody's business but the counsellor's.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.activities.people import Person
from service.activities.queries import own_bookings, slot, visible_slot
from service.activities.rules import ADVISING, SlotDraft, check_slot, end_of
from service.activities.tables import ConsultationSlot, SlotKind
from service.activities.words import ActivityWords
from service.conversations.messages import add_message
from service.conversations.tables import Sender
from service.errors import AlreadyBooked, NotAllowed, NotBooked, SlotOverlaps, SlotTaken
from service.insights.events import SlotBooked, SlotCancelled, SlotCreated, SlotReleased, record
from service.messengers.telling import where_to_tell
from service.people.queries import check_organisation
from service.people.staff import viewer_of
from service.people.viewer import Viewer

LONGEST = timedelta(minutes=480)
"""No slot lasts longer, so one that began earlier is over."""


def book(db: Session, slot_id: str, person: Person, *, name: str, now: datetime) -> ConsultationSlot:
    """Give a time to `person`, of two at once to one.

    Raises SlotNotFound, AlreadyBooked where one of this kind is booked already, and SlotTaken when the time
    is no longer free.
    """
    wanted = slot(db, slot_id)
    booked_before = own_bookings(db, person.participant, now=now, kind=SlotKind(wanted.kind))
    if booked_before:
        raise AlreadyBooked(slot=booked_before[0].id)
    booked = db.execute(
        update(ConsultationSlot)
        .where(
            ConsultationSlot.id == slot_id,
            ConsultationSlot.booked_by.is_(None),
            ConsultationSlot.cancelled_at.is_(None),
            ConsultationSlot.starts_at > now,
        )
        .values(
            booked_by=person.participant,
            conversation_id=person.conversation_id,
            employee_id=person.employee_id,
            name=name,
            booked_at=now,
            version=ConsultationSlot.version + 1,
        )
        .returning(ConsultationSlot.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if booked is None:
        raise SlotTaken(slot=slot_id)
    taken = slot(db, slot_id, fresh=True)
    record(
        db,
        SlotBooked(
            at=now,
            conversation_id=_conversation(taken, person),
            organisation_path=taken.organisation_path,
            channel=person.channel,
            slot=slot_id,
            service=taken.kind,
        ),
    )
    return taken


def release(db: Session, slot_id: str, person: Person, *, now: datetime) -> ConsultationSlot:
    """Give one's own booked time back. Raises SlotNotFound, NotBooked."""
    freed = db.execute(
        update(ConsultationSlot)
        .where(
            ConsultationSlot.id == slot_id,
            ConsultationSlot.booked_by == person.participant,
            ConsultationSlot.cancelled_at.is_(None),
            ConsultationSlot.starts_at > now,
        )
        .values(_nobody(version=ConsultationSlot.version + 1))
        .returning(ConsultationSlot.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    released = slot(db, slot_id, fresh=True)
    if freed is None:
        raise NotBooked(slot=slot_id)
    record(
        db,
        SlotReleased(
            at=now,
            conversation_id=_conversation(released, person),
            organisation_path=released.organisation_path,
            channel=person.channel,
            slot=slot_id,
            service=released.kind,
        ),
    )
    return released


def create_slot(db: Session, draft: SlotDraft, *, viewer: Viewer, now: datetime) -> ConsultationSlot:
    """Offer a time of one's own or of a colleague with the same role.

    Raises OrganisationUnknown, NotAllowed, SlotTimesWrong, and SlotOverlaps with another of that person.
    """
    check_organisation(db, draft.organisation)
    role = ADVISING[draft.kind]
    if not viewer.may(role, draft.organisation):
        raise NotAllowed
    if not viewer_of(db, draft.adviser_id).may(role, draft.organisation):
        raise NotAllowed
    check_slot(draft, now=now)
    ends_at = end_of(draft.starts_at, draft.minutes)
    near = select(ConsultationSlot).where(
        ConsultationSlot.adviser_id == draft.adviser_id,
        ConsultationSlot.starts_at < ends_at,
        ConsultationSlot.starts_at > draft.starts_at - LONGEST,
    )
    again = None
    for other in db.scalars(near):
        if other.cancelled_at is not None:
            again = other if other.starts_at == draft.starts_at else again
        elif end_of(other.starts_at, other.minutes) > draft.starts_at:
            raise SlotOverlaps
    # One adviser has one row for one beginning: a time once cancelled and offered again is the same row.
    created = again or ConsultationSlot(adviser_id=draft.adviser_id, starts_at=draft.starts_at)
    created.kind, created.minutes, created.place = draft.kind, draft.minutes, draft.place
    created.organisation_path, created.created_at = draft.organisation, now
    created.cancelled_at, created.version = None, (created.version or 0) + 1
    for column, value in _nobody().items():
        setattr(created, column, value)
    db.add(created)
    db.flush()
    record(
        db,
        SlotCreated(
            at=now,
            organisation_path=draft.organisation,
            slot=created.id,
            service=draft.kind,
            staff_id=viewer.staff_id,
        ),
    )
    return created


def cancel_slot(
    db: Session, slot_id: str, *, viewer: Viewer, words: ActivityWords, now: datetime
) -> ConsultationSlot:
    """Take a time away and tell whoever booked it; done before, nothing changes. Raises SlotNotFound."""
    visible_slot(db, slot_id, viewer=viewer)
    cancelled = db.execute(
        update(ConsultationSlot)
        .where(ConsultationSlot.id == slot_id, ConsultationSlot.cancelled_at.is_(None))
        .values(cancelled_at=now, version=ConsultationSlot.version + 1)
        .returning(ConsultationSlot.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    gone = slot(db, slot_id, fresh=True)
    if cancelled is None:
        return gone
    told = None
    if gone.booked_by is not None and gone.starts_at > now:
        told = where_to_tell(db, conversation_id=gone.conversation_id, employee_id=gone.employee_id, now=now)
    if told is not None:
        news = words.slot_cancelled(gone, now=now)
        add_message(db, told, sender=Sender.SYSTEM, reply=news, turn_id=None, now=now)
    record(
        db,
        SlotCancelled(
            at=now,
            organisation_path=gone.organisation_path,
            slot=slot_id,
            service=gone.kind,
            staff_id=viewer.staff_id,
            told=told is not None,
        ),
    )
    return gone


def _conversation(of: ConsultationSlot, person: Person) -> str | None:
    return None if of.kind == SlotKind.COUNSELLING else person.conversation_id


def _nobody(**more: object) -> dict[str, object]:
    """Return the columns of a booking for a slot that has none."""
    return {
        "booked_by": None,
        "conversation_id": None,
        "employee_id": None,
        "name": None,
        "booked_at": None,
        **more,
    }
