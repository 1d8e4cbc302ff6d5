"""Activities at the desk: put up, change, call off, and see who signed up."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter
from sqlalchemy.orm import Session

from api.parts import Part, Parts
from api.routes.desk.access import DeskViewer
from api.routes.desk.activity_schemas import Activity, ActivityBody, ActivityChange, Signup
from service.activities import operations, queries
from service.activities.rules import ActivityDraft, state_of
from service.activities.tables import Activity as StoredActivity
from service.people.queries import organisation_names

router = APIRouter(prefix="/desk/activities", tags=["desk"])


@router.get("")
def list_activities(viewer: DeskViewer, parts: Part) -> list[Activity]:
    """Return the activities of the viewer's units, those that begin last first."""
    with parts.database.read() as db:
        return _views(parts, db, queries.kept_activities(db, viewer=viewer))


@router.post("", status_code=201)
def create_activity(body: ActivityBody, viewer: DeskViewer, parts: Part) -> Activity:
    """Put an activity up; employees of the unit and those below can sign up at once."""
    with parts.database.write() as db:
        created = operations.create_activity(db, _draft(body), viewer=viewer, now=parts.clock.now())
        return _view(parts, db, created)


@router.get("/{activity_id}")
def read_activity(activity_id: str, viewer: DeskViewer, parts: Part) -> Activity:
    with parts.database.read() as db:
        return _view(parts, db, queries.visible_activity(db, activity_id, viewer=viewer))


@router.put("/{activity_id}")
def change_activity(activity_id: str, body: ActivityChange, viewer: DeskViewer, parts: Part) -> Activity:
    """Change an activity. Who signed up is told of another time or place; new seats go to who waits."""
    with parts.database.write() as db:
        changed = operations.change_activity(
            db,
            activity_id,
            _draft(body),
            version=body.version,
            viewer=viewer,
            words=parts.activity_talk.words,
            now=parts.clock.now(),
        )
        return _view(parts, db, changed)


@router.post("/{activity_id}/cancel")
def cancel_activity(activity_id: str, viewer: DeskViewer, parts: Part) -> Activity:
    """Call an activity off and tell everyone who signed up."""
    with parts.database.write() as db:
        called_off = operations.call_off(
            db, activity_id, viewer=viewer, words=parts.activity_talk.words, now=parts.clock.now()
        )
        return _view(parts, db, called_off)


@router.get("/{activity_id}/signups")
def list_signups(activity_id: str, viewer: DeskViewer, parts: Part) -> list[Signup]:
    """Return everyone who signed up, in the order of it, those who took it back too."""
    with parts.database.read() as db:
        names = organisation_names(db)
        return [
            Signup.model_validate(
                {
                    "name": signup.name,
                    "seats": signup.seats,
                    "state": signup.state,
                    "at": signup.created_at,
                    "organisation_name": names.get(signup.organisation_path or ""),
                }
            )
            for signup in queries.signups(db, activity_id, viewer=viewer)
        ]


def _draft(body: ActivityBody) -> ActivityDraft:
    return ActivityDraft(**body.model_dump(exclude={"version"}))


def _view(parts: Parts, db: Session, activity: StoredActivity) -> Activity:
    (view,) = _views(parts, db, [activity])
    return view


def _views(parts: Parts, db: Session, activities: Sequence[StoredActivity]) -> list[Activity]:
    waiting = queries.waiting_counts(db, [activity.id for activity in activities])
    names, now = organisation_names(db), parts.clock.now()
    return [
        Activity.model_validate(
            {
                "id": activity.id,
                "title": activity.title,
                "place": activity.place,
                "starts_at": activity.starts_at,
                "ends_at": activity.ends_at,
                "register_until": activity.register_until,
                "capacity": activity.capacity,
                "taken": activity.taken,
                "waiting": waiting.get(activity.id, 0),
                "organisation": activity.organisation_path,
                "organisation_name": names[activity.organisation_path],
                "description": activity.description,
                "contact": activity.contact,
                "state": state_of(activity, now),
                "version": activity.version,
            }
        )
        for activity in activities
    ]
