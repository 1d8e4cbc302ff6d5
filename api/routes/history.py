"""What an employee and the service have said before, on whatever channel."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.exceptions import HTTPException

from api.parts import Part
from api.routes.access import WhoAsks
from api.schemas import EarlierMessage, History
from service.conversations import queries

router = APIRouter(prefix="/history", tags=["conversations"])


@router.get("")
def read_history(
    identity: WhoAsks,
    parts: Part,
    before: Annotated[str | None, Query(max_length=32)] = None,
    beside: Annotated[str | None, Query(max_length=32)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 30,
) -> History:
    """Return messages of all the person's conversations, the newest first.

    `before` is the id of the last message of the page before; `beside` leaves one conversation out, such as
    the one that is on the screen.
    """
    if identity is None:
        raise HTTPException(401)
    with parts.database.read() as db:
        employee = parts.linking.known(db, identity)
        if employee is None:
            return History(messages=[], more=False)
        found = queries.messages_of_employee(db, employee.id, before=before, beside=beside, limit=limit + 1)
        messages = [EarlierMessage.from_channel(message, channel) for message, channel in found[:limit]]
    return History(messages=messages, more=len(found) > limit)
