"""What changes activities and sign-ups, within the caller's transaction, each with its event.

Every change of seats first holds the activity's row until commit, so that changes of one activity queue.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.activities.people import Person
from service.activities.queries import activity, signup_of, visible_activity
from service.activities.rules import (
    JOINABLE,
    KEEPERS,
    ActivityDraft,
    ActivityState,
    check_activity,
    state_of,
)
from service.activities.tables import Activity, Signup, SignupState
from service.activities.words import ActivityWords
from service.conversations.messages import add_message
from service.conversations.replies import Reply
from service.conversations.tables import Sender
from service.errors import (
    ActivityClosed,
    ActivityFull,
    AlreadyJoined,
    CapacityTaken,
    ChangedMeanwhile,
    NotAllowed,
    NotJoined,
)
from service.insights.events import (
    ActivityCancelled,
    ActivityChanged,
    ActivityCreated,
    ActivityJoined,
    ActivityLeft,
    WaitingPromoted,
    record,
)
from service.messengers.telling import where_to_tell
from service.people.queries import check_organisation
from service.people.viewer import Viewer

ONE_SEAT = 1


def join(db: Session, activity_id: str, person: Person, *, name: str, or_wait: bool, now: datetime) -> Signup:
    """Give `person` a seat, or a place on the waiting list where that is wanted and no seat is left.

    Raises ActivityNotFound, AlreadyJoined, ActivityClosed and, without `or_wait`, ActivityFull.
    """
    held = _hold(db, activity_id)
    known = signup_of(db, activity_id, person.participant)
    if known is not None and known.state != SignupState.CANCELLED:
        raise AlreadyJoined(activity=activity_id)
    if state_of(held, now) not in JOINABLE:
        raise ActivityClosed(activity=activity_id)
    seated = _take(db, activity_id, ONE_SEAT)
    if not seated and not or_wait:
        raise ActivityFull(activity=activity_id)
    signup = known or Signup(activity_id=activity_id, participant=person.participant, created_at=now)
    signup.conversation_id, signup.employee_id = person.conversation_id, person.employee_id
    signup.organisation_path, signup.name, signup.seats = person.organisation, name, ONE_SEAT
    signup.state = SignupState.JOINED if seated else SignupState.WAITLISTED
    signup.changed_at = now
    db.add(signup)
    db.flush()
    record(
        db,
        ActivityJoined(
            at=now,
            conversation_id=person.conversation_id,
            organisation_path=person.organisation,
            channel=person.channel,
            activity=activity_id,
            waiting=not seated,
        ),
    )
    return signup


def leave(db: Session, activity_id: str, person: Person, *, words: ActivityWords, now: datetime) -> Signup:
    """Take a sign-up back and give the seat to the first who waits, who is told.

    Raises ActivityNotFound, NotJoined, and ActivityClosed once it has begun or was called off.
    """
    held = _hold(db, activity_id)
    signup = signup_of(db, activity_id, person.participant)
    if signup is None or signup.state == SignupState.CANCELLED:
        raise NotJoined(activity=activity_id)
    if held.starts_at <= now or held.cancelled_at is not None:
        raise ActivityClosed(activity=activity_id)
    left = ActivityLeft(
        at=now,
        conversation_id=person.conversation_id,
        organisation_path=person.organisation,
        channel=person.channel,
        activity=activity_id,
        waiting=signup.state != SignupState.JOINED,
    )
    _give_up(db, held, signup, left, words=words)
    return signup


def give_up(db: Session, signup: Signup, *, words: ActivityWords, now: datetime) -> None:
    """Take back a place that somebody holds twice, as `leave` does; what has begun stays as it is."""
    held = _hold(db, signup.activity_id)
    db.refresh(signup)
    if signup.state == SignupState.CANCELLED or held.starts_at <= now or held.cancelled_at is not None:
        return
    left = ActivityLeft(
        at=now,
        conversation_id=signup.conversation_id,
        organisation_path=signup.organisation_path,
        activity=held.id,
        waiting=signup.state != SignupState.JOINED,
    )
    _give_up(db, held, signup, left, words=words)


def create_activity(db: Session, draft: ActivityDraft, *, viewer: Viewer, now: datetime) -> Activity:
    """Put an activity up. Raises OrganisationUnknown, NotAllowed, ActivityTimesWrong."""
    _check_keeper(db, draft.organisation, viewer)
    check_activity(draft, now=now)
    created = Activity(
        taken=0,
        version=1,
        created_by=viewer.staff_id,
        created_at=now,
        changed_at=now,
    )
    _write(created, draft)
    db.add(created)
    db.flush()
    record(
        db,
        ActivityCreated(
            at=now, organisation_path=draft.organisation, activity=created.id, staff_id=viewer.staff_id
        ),
    )
    return created


def change_activity(
    db: Session,
    activity_id: str,
    draft: ActivityDraft,
    *,
    version: int,
    viewer: Viewer,
    words: ActivityWords,
    now: datetime,
) -> Activity:
    """Change an activity, telling everyone signed up where time or place is another; fill new seats.

    Raises ActivityNotFound, ActivityClosed when it is over or called off, ChangedMeanwhile when `version`
    is not the present one, ActivityTimesWrong, CapacityTaken below the seats given, and, for a change of
    organisation, what `create_activity` raises.
    """
    visible_activity(db, activity_id, viewer=viewer)
    _check_keeper(db, draft.organisation, viewer)
    held = _hold(db, activity_id)
    if state_of(held, now) in (ActivityState.OVER, ActivityState.CANCELLED):
        raise ActivityClosed(activity=activity_id)
    if held.version != version:
        raise ChangedMeanwhile
    check_activity(draft, now=now, before=held.starts_at)
    if draft.capacity < held.taken:
        raise CapacityTaken(taken=held.taken)
    moved = (draft.starts_at, draft.ends_at, draft.place) != (held.starts_at, held.ends_at, held.place)
    _write(held, draft)
    held.version, held.changed_at = held.version + 1, now
    db.flush()
    record(
        db,
        ActivityChanged(
            at=now,
            organisation_path=held.organisation_path,
            activity=activity_id,
            staff_id=viewer.staff_id,
            moved=moved,
        ),
    )
    if moved:
        _tell_everyone(db, held, words.changed(held, now=now), now=now)
    _promote(db, held, words=words, now=now)
    return activity(db, activity_id, fresh=True)


def call_off(
    db: Session, activity_id: str, *, viewer: Viewer, words: ActivityWords, now: datetime
) -> Activity:
    """Call an activity off and tell everyone signed up; called off before, nothing changes.

    Raises ActivityNotFound, and ActivityClosed when it is over.
    """
    visible_activity(db, activity_id, viewer=viewer)
    held = _hold(db, activity_id)
    if held.cancelled_at is not None:
        return held
    if state_of(held, now) is ActivityState.OVER:
        raise ActivityClosed(activity=activity_id)
    held.cancelled_at, held.changed_at, held.version = now, now, held.version + 1
    db.flush()
    told = _tell_everyone(db, held, words.called_off(held, now=now), now=now)
    record(
        db,
        ActivityCancelled(
            at=now,
            organisation_path=held.organisation_path,
            activity=activity_id,
            staff_id=viewer.staff_id,
            told=told,
        ),
    )
    return held


def _check_keeper(db: Session, organisation: str, viewer: Viewer) -> None:
    check_organisation(db, organisation)
    if not any(viewer.may(role, organisation) for role in KEEPERS):
        raise NotAllowed


def _hold(db: Session, activity_id: str) -> Activity:
    """Return the activity as it is now, nobody else changing it until commit. Raises ActivityNotFound."""
    db.execute(
        update(Activity)
        .where(Activity.id == activity_id)
        .values(taken=Activity.taken)
        .execution_options(synchronize_session=False)
    )
    return activity(db, activity_id, fresh=True)


def _give_up(
    db: Session, held: Activity, signup: Signup, left: ActivityLeft, *, words: ActivityWords
) -> None:
    signup.state, signup.changed_at = SignupState.CANCELLED, left.at
    db.flush()
    record(db, left)
    if not left.waiting:
        _take(db, held.id, -signup.seats)
        _promote(db, held, words=words, now=left.at)


def _take(db: Session, activity_id: str, seats: int) -> bool:
    """Count seats as taken if they are there, or give some back; tell whether they were there."""
    taken = db.execute(
        update(Activity)
        .where(Activity.id == activity_id, Activity.taken + seats <= Activity.capacity)
        .values(taken=Activity.taken + seats)
        .returning(Activity.taken)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    return taken is not None


def _promote(db: Session, held: Activity, *, words: ActivityWords, now: datetime) -> None:
    """Give free seats to those who wait, in the order they came, until it begins."""
    if held.cancelled_at is not None or held.starts_at <= now:
        return
    waiting = (
        select(Signup)
        .where(Signup.activity_id == held.id, Signup.state == SignupState.WAITLISTED)
        .order_by(Signup.changed_at, Signup.id)
    )
    for signup in db.scalars(waiting).all():
        if not _take(db, held.id, signup.seats):
            return
        signup.state, signup.changed_at = SignupState.JOINED, now
        db.flush()
        record(
            db,
            WaitingPromoted(
                at=now,
                conversation_id=signup.conversation_id,
                organisation_path=signup.organisation_path,
                activity=held.id,
            ),
        )
        _tell(db, signup, words.promoted(held, now=now), now=now)


def _tell_everyone(db: Session, held: Activity, news: Reply, *, now: datetime) -> int:
    """Tell everyone who has a seat or waits for one; return how many that are."""
    signed_up = (
        select(Signup)
        .where(Signup.activity_id == held.id, Signup.state != SignupState.CANCELLED)
        .order_by(Signup.conversation_id)  # two such changes meet each conversation in one order
    )
    people = db.scalars(signed_up).all()
    for signup in people:
        _tell(db, signup, news, now=now)
    return len(people)


def _tell(db: Session, signup: Signup, news: Reply, *, now: datetime) -> None:
    place = where_to_tell(db, conversation_id=signup.conversation_id, employee_id=signup.employee_id, now=now)
    if place is not None:  # a visitor who removed the conversation cannot be reached
        add_message(db, place, sender=Sender.SYSTEM, reply=news, turn_id=None, now=now)


def _write(row: Activity, draft: ActivityDraft) -> None:
    row.organisation_path = draft.organisation
    row.title, row.place, row.description = draft.title, draft.place, draft.description
    row.starts_at, row.ends_at, row.register_until = draft.starts_at, draft.ends_at, draft.register_until
    row.capacity, row.contact = draft.capacity, draft.contact
