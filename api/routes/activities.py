"""Activities as an employee sees them outside the chat: what is coming up, and what one has in it."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from api.parts import Part
from api.routes.access import ConversationToken
from service.activities import queries
from service.activities.people import person_of
from service.activities.rules import ActivityState, state_of
from service.activities.tables import SignupState
from service.conversations.queries import conversation_of_token

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
