"""Activities as an employee sees them outside the chat: what is coming up, joining, taking it back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.parts import Part
from api.routes.access import ConversationToken
from api.schemas import Strict
from service.activities import queries
from service.activities.operations import join, leave
from service.activities.people import person_of
from service.activities.rules import ActivityState, state_of
from service.activities.tables import Signup, SignupState
from service.conversations.queries import conversation_of_token
from service.errors import ActivityNotFound, NameMissing

router = APIRouter(tags=["activities"])


class ComingActivity(BaseModel):
    """`left` seats are free; `own` is how the asker stands in it, null when not signed up."""

    id: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    register_until: datetime
    description: str
    contact: str
    left: int
    state: ActivityState
    own: SignupState | None


class Join(Strict):
    """`name` is what stands on the list: for visitors, and for employees who want another than their own."""

    name: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    or_wait: bool = False


class OwnSignup(BaseModel):
    """`position` on the waiting list, counted from 1, null with a seat."""

    activity: str
    state: SignupState
    name: str
    position: int | None


@router.post("/activities/{activity_id}/signup")
def join_activity(activity_id: str, body: Join, token: ConversationToken, parts: Part) -> OwnSignup:
    """Sign up for an activity of one's own unit or of one above it; `or_wait` takes a place in the queue."""
    now = parts.clock.now()
    with parts.database.write() as db:
        person = person_of(db, conversation_of_token(db, token).id)
        coming = queries.coming_activities(db, person.organisation, now=now)
        if activity_id not in [held.id for held in coming]:
            raise ActivityNotFound
        name = parts.mask(body.name) if body.name is not None else person.name
        if name is None:
            raise NameMissing
        return _own(db, join(db, activity_id, person, name=name, or_wait=body.or_wait, now=now))


@router.post("/activities/{activity_id}/leave")
def leave_activity(activity_id: str, token: ConversationToken, parts: Part) -> OwnSignup:
    """Take one's sign-up back; the first who waits gets the seat."""
    with parts.database.write() as db:
        person = person_of(db, conversation_of_token(db, token).id)
        signup = leave(db, activity_id, person, words=parts.activity_talk.words, now=parts.clock.now())
        return _own(db, signup)


def _own(db: Session, signup: Signup) -> OwnSignup:
    waits = signup.state == SignupState.WAITLISTED
    return OwnSignup(
        activity=signup.activity_id,
        state=SignupState(signup.state),
        name=signup.name,
        position=queries.waiting_position(db, signup) if waits else None,
    )


@router.get("/activities")
def list_coming(token: ConversationToken, parts: Part) -> list[ComingActivity]:
    """Return what the asker's unit and those above it have coming up, the next first."""
    now = parts.clock.now()
    with parts.database.read() as db:
        person = person_of(db, conversation_of_token(db, token).id)
        own = {held.id: signup for signup, held in queries.own_signups(db, person.participant, now=now)}
        return [
            ComingActivity.model_validate(
                {
                    "id": held.id,
                    "title": held.title,
                    "place": held.place,
                    "starts_at": held.starts_at,
                    "ends_at": held.ends_at,
                    "register_until": held.register_until,
                    "description": held.description,
                    "contact": held.contact,
                    "left": held.capacity - held.taken,
                    "state": state_of(held, now),
                    "own": own[held.id].state if held.id in own else None,
                }
            )
            for held in queries.coming_activities(db, person.organisation, now=now)
        ]
