"""What a calculator worked out, as it leaves over HTTP and on the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from decimal import Decimal

from pydantic import BaseModel

from api.schemas import Citation
from retrieval.passages import Citation as Place
from service.conversations.replies import Cited
from service.entitlements.calculations import Calculations
from service.entitlements.parameters import Parameter
from service.entitlements.working import Figure, Working


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


def shaped(
    name: str, working: Working, *, on: date, calculations: Calculations, cite: Callable[[Place], Cited]
) -> WorkedOut:
    """Return a result; `cite` finds what is quoted of a place."""
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
