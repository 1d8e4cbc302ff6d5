"""What enters and leaves the staff API about activities and consultation slots."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from api.routes.desk.schemas import StaffName
from api.schemas import OrganisationPath, Strict
from service.activities.rules import ActivityState, SlotState
from service.activities.tables import SignupState, SlotKind

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class ActivityBody(Strict):
    title: Annotated[Line, Field(max_length=100)]
    place: Annotated[Line, Field(max_length=200)]
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    register_until: AwareDatetime
    capacity: Annotated[int, Field(ge=1, le=100_000)]
    organisation: OrganisationPath
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
    contact: Annotated[Line, Field(max_length=200)]


class ActivityChange(ActivityBody):
    """`version` is that of the activity as it was read; another one in the database is a 409."""

    version: Annotated[int, Field(ge=1)]


class Activity(BaseModel):
    """`taken` seats are given, `waiting` people wait for one."""

    id: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    register_until: datetime
    capacity: int
    taken: int
    waiting: int
    organisation: str
    organisation_name: str
    description: str
    contact: str
    state: ActivityState
    version: int


class Signup(BaseModel):
    name: str
    seats: int
    state: SignupState
    at: datetime
    organisation_name: str | None


class SlotBody(Strict):
    """Without `adviser_id` it is one's own time."""

    kind: SlotKind
    starts_at: AwareDatetime
    minutes: Annotated[int, Field(ge=5, le=480)]
    place: Annotated[Line, Field(max_length=200)]
    organisation: OrganisationPath
    adviser_id: Annotated[str, Field(max_length=32)] | None = None


class Booking(BaseModel):
    """How the person wants to be called."""

    name: str
    at: datetime


class Slot(BaseModel):
    """`booking` is null too where the viewer may not know whose it is: for counselling, a colleague."""

    id: str
    kind: SlotKind
    adviser: StaffName
    starts_at: datetime
    minutes: int
    place: str
    organisation_name: str
    state: SlotState
    booking: Booking | None
