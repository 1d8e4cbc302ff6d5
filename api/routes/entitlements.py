"""Entitlements: the calculators, outside any conversation. What is told to one is neither kept nor logged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.parts import Part, Parts
from api.schemas import Citation, OrganisationPath, Strict
from retrieval.passages import Citation as Place
from service.conversations.replies import Cited
from service.entitlements.calculations import Calculations
from service.entitlements.inputs import EARLIEST, LATEST
from service.entitlements.parameters import Parameter
from service.entitlements.working import Figure, Working
from service.errors import Invalid
from service.insights.events import EntitlementWorkedOut, record
from service.knowledge.sources import place
from service.people import queries as people

router = APIRouter(tags=["entitlements"])

WORKED_OUT = "worked_out"
"""The outcome when nothing was wrong; else it is the code of the error."""
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


class FigureView(BaseModel):
    """`unit`: days, months, years, hours, yuan, date, percent or none."""

    value: bool | int | float | date | str
    unit: str


class StepView(BaseModel):
    """A step that cites nothing is arithmetic."""

    text: str
    citations: list[Citation]


class ParameterView(BaseModel):
    """A dated value that was used; `place` is a province, null for the whole country."""

    id: str
    title: str
    place: str | None
    law: str
    article: str | None
    document_no: str | None
    effective_from: date
    effective_to: date | None
    source: str
    version: str


class WorkedOut(BaseModel):
    """`headline` is the conclusion; `text` is the whole as CommonMark, as the assistant says it."""

    name: str
    title: str
    on: date
    headline: str
    text: str
    figures: dict[str, FigureView]
    steps: list[StepView]
    assumed: list[str]
    changes: list[str]
    checks: list[str]
    parameters: list[ParameterView]


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


def shaped(
    name: str, working: Working, *, on: date, calculations: Calculations, cite: Callable[[Place], Cited]
) -> WorkedOut:
    """Return a result as it leaves over HTTP and on the command line."""
    words = calculations.words
    return WorkedOut(
        name=name,
        title=words.title(name),
        on=on,
        headline=words.sentence(name, working.headline),
        text=words.text(name, working),
        figures={key: _figure(figure) for key, figure in working.figures.items()},
        steps=[
            StepView(
                text=words.sentence(name, step.said),
                citations=[Citation.model_validate(asdict(cite(basis))) for basis in step.basis],
            )
            for step in working.steps
        ],
        assumed=[words.sentence(name, one) for one in working.assumed],
        changes=[words.sentence(name, one) for one in working.changes],
        checks=[words.sentence(name, one) for one in working.checks],
        parameters=[_parameter(one) for one in working.parameters],
    )


def _figure(figure: Figure) -> FigureView:
    """A decimal leaves as a number, whole where it is: what was rounded to 0.01 is exact as one."""
    value = figure.value
    if isinstance(value, Decimal):
        value_out: int | float = int(value) if value == value.to_integral_value() else float(value)
        return FigureView(value=value_out, unit=figure.unit)
    return FigureView(value=value, unit=figure.unit)


def _parameter(parameter: Parameter) -> ParameterView:
    value = parameter.value
    return ParameterView(
        id=parameter.id,
        title=parameter.title,
        place=value.place,
        law=value.law,
        article=value.article,
        document_no=value.document_no,
        effective_from=value.effective_from,
        effective_to=value.effective_to,
        source=value.source,
        version=parameter.version,
    )
