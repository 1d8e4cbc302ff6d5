"""Entitlements: the calculators, outside any conversation. What is told to one is neither kept nor logged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.parts import Part, Parts
from api.schemas import OrganisationPath, Strict
from api.worked_out import WorkedOut, shaped
from service.entitlements.calculations import WORKED_OUT
from service.entitlements.inputs import EARLIEST, LATEST
from service.errors import Invalid
from service.insights.events import EntitlementWorkedOut, record
from service.knowledge.sources import place
from service.people import queries as people

router = APIRouter(tags=["entitlements"])

FieldName = Annotated[str, Field(max_length=40)]
Told = str | int | float | bool | None


class CalculatorView(BaseModel):
    name: str
    title: str
    topic: str


class CalculatorInputs(BaseModel):
    """`schema` is the JSON schema of `values`; `x-kind` and `x-unit` say how a field is written."""

    name: str
    title: str
    topic: str
    json_schema: dict[str, Any] = Field(serialization_alias="schema")


class WorkOut(Strict):
    """`on` is the day the rules of which count, today by default; `org` is the asker's unit."""

    values: dict[FieldName, Told]
    on: Annotated[date, Field(ge=EARLIEST, le=LATEST)] | None = None
    org: OrganisationPath | None = None


@router.get("/entitlements")
def list_calculators(parts: Part) -> list[CalculatorView]:
    """Return what can be worked out."""
    calculations = parts.calculations
    return [
        CalculatorView(
            name=name, title=calculations.words.title(name), topic=calculations.calculator(name).topic
        )
        for name in calculations.names()
    ]


@router.get("/entitlements/{name}")
def read_calculator(name: str, parts: Part) -> CalculatorInputs:
    """Return what a calculator takes."""
    calculator = parts.calculations.calculator(name)
    return CalculatorInputs(
        name=name,
        title=parts.calculations.words.title(name),
        topic=calculator.topic,
        json_schema=parts.calculations.schema(name),
    )


@router.post("/entitlements/{name}")
def work_out(name: str, body: WorkOut, parts: Part) -> WorkedOut:
    """Work out a result, step by step; `value_missing` asks for the next value that the case needs."""
    topic = parts.calculations.calculator(name).topic
    today = parts.clock.today()
    on = body.on or today
    with parts.database.read() as db:
        people.check_organisation(db, body.org)
    used = EntitlementWorkedOut(
        at=parts.clock.now(),
        organisation_path=body.org,
        topic=topic,
        calculator=name,
        outcome=WORKED_OUT,
        today=on == today,
    )
    try:
        working = parts.calculations.work_out(name, body.values, on)
    except Invalid as error:
        _record(parts, replace(used, outcome=error.code))
        raise
    _record(parts, used)
    index = parts.live.current()
    return shaped(
        name,
        working,
        on=on,
        calculations=parts.calculations,
        cite=lambda citation: place(citation, index, organisation=body.org, as_of=on),
    )


def _record(parts: Parts, event: EntitlementWorkedOut) -> None:
    with parts.database.write() as db:
        record(db, event)
