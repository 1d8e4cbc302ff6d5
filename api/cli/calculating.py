"""`union-assistant calc`: a calculator in the terminal, without a running service."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import date

import typer

from api.cli.context import MISUSED, fail, texts
from api.cli.words import word
from api.settings import Settings
from api.worked_out import WorkedOut, shaped
from service.clock import Clock
from service.entitlements.calculations import Calculations
from service.entitlements.calculator import Calculator
from service.entitlements.inputs import Kind
from service.entitlements.parameters import Parameters, ParametersError, load_parameters
from service.entitlements.reading import Reading
from service.entitlements.schema import choices
from service.entitlements.working import Working
from service.errors import EntitlementUnknown, ValueImpossible, ValueInvalid, ValueMissing
from service.knowledge.sources import name_place

IMPOSSIBLE = 1


def show_calculators(settings: Settings, *, as_json: bool) -> int:
    """List what can be worked out."""
    calculations = _calculations(settings)
    rows = [
        {
            "name": name,
            "title": calculations.words.title(name),
            "topic": calculations.calculator(name).topic,
        }
        for name in calculations.names()
    ]
    if as_json:
        print_json(rows)
        return 0
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        typer.echo(word("calc.line", name=row["name"].ljust(width), title=row["title"]))
    return 0


def calculate(settings: Settings, name: str, given: Sequence[str], *, on: date | None, as_json: bool) -> int:
    """Work out one result and print it; ask for what is missing where a person is at the terminal."""
    calculations = _calculations(settings)
    calculator = _named(calculations, name)
    day = on or Clock(settings.timezone).today()
    values: dict[str, object] = {}
    for one in given:
        field, sign, value = one.partition("=")
        if not sign:
            fail(word("calc.bad_give", given=one), status=MISUSED)
        values[field.strip()] = _plain(calculations, calculator, field.strip(), value)
    reading = Reading(texts(settings), parameters=calculations.parameters) if sys.stdin.isatty() else None
    working = _worked_out(calculations, calculator, values, day, reading)
    result = shaped(name, working, on=day, calculations=calculations, cite=name_place)
    if as_json:
        typer.echo(result.model_dump_json(indent=2))
    else:
        typer.echo("\n".join(_lines(result, calculations)))
    return 0


def _named(calculations: Calculations, name: str) -> Calculator:
    """Return a calculator; leave with status 2, naming those there are, when there is none."""
    try:
        return calculations.calculator(name)
    except EntitlementUnknown:
        fail(word("calc.unknown", name=name, names="、".join(calculations.names())), status=MISUSED)


def parameters(settings: Settings) -> Parameters:
    """Return the dated values; leave with status 1, naming the file, when one is wrong."""
    try:
        return load_parameters(settings.knowledge_base)
    except ParametersError as error:
        fail(str(error))


def print_json(rows: object) -> None:
    typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=str))


def _calculations(settings: Settings) -> Calculations:
    return Calculations(texts(settings), parameters(settings))


def _worked_out(
    calculations: Calculations,
    calculator: Calculator,
    values: dict[str, object],
    on: date,
    reading: Reading | None,
) -> Working:
    """Work out a result. A value that is missing, wrong or impossible is asked for where there is a `reading`
    that understands the answer, else it ends the command."""
    while True:
        try:
            return calculations.work_out(calculator.name, values, on)
        except ValueMissing as missing:
            field, question = str(missing.fields["field"]), str(missing.fields["question"])
            if reading is None:
                label = missing.fields["label"]
                fail(word("calc.missing", label=label, question=question, field=field), status=MISUSED)
        except (ValueInvalid, ValueImpossible) as refused:
            field, sentence = str(refused.fields["field"]), str(refused.fields["sentence"])
            if reading is None or field not in calculator.inputs.model_fields:
                fail(sentence, status=MISUSED if isinstance(refused, ValueInvalid) else IMPOSSIBLE)
            typer.echo(f"✗ {sentence}", err=True)
            values.pop(field, None)
            question = word("calc.again", question=calculations.words.question(calculator.name, field))
        if answer := _answer(calculations, calculator, field, question):
            plain = _plain(calculations, calculator, field, answer)
            heard = reading.read(calculator, answer, today=on, asked=field, known=values).values
            chosen = calculator.inputs.kinds()[field] is Kind.CHOICE and plain != answer
            values.update({field: plain} if chosen or field not in heard else heard)


def _answer(calculations: Calculations, calculator: Calculator, field: str, question: str) -> str:
    """Ask at the terminal; nothing may be the answer."""
    typer.echo(question, err=True)
    if calculator.inputs.kinds()[field] is Kind.CHOICE:
        for number, value in enumerate(choices(calculator, field), start=1):
            label = calculations.words.choice(calculator.name, value)
            typer.echo(word("calc.choice", number=number, label=label), err=True)
    typer.echo("> ", nl=False, err=True)
    try:
        return input().strip()
    except EOFError:
        fail(word("calc.left"), status=MISUSED)


def _plain(calculations: Calculations, calculator: Calculator, field: str, said: str) -> object:
    """Return what was typed as the calculator takes it: a choice by its label or number in the list, 是, 否.

    Anything else is for the calculator's own checks.
    """
    said = said.strip()
    kind = calculator.inputs.kinds().get(field)
    if kind is Kind.YES_NO:
        return {word("calc.said_yes"): True, word("calc.said_no"): False}.get(said, said)
    if kind is Kind.CHOICE and said not in choices(calculator, field):
        for number, value in enumerate(choices(calculator, field), start=1):
            if said in (str(number), calculations.words.choice(calculator.name, value)):
                return value
    return said


def _lines(result: WorkedOut, calculations: Calculations) -> list[str]:
    words = calculations.words
    lines = [result.headline, "", words.section("steps")]
    for number, step in enumerate(result.steps, start=1):
        basis = "".join(word("calc.basis", title=cited.title) for cited in step.citations)
        lines.append(f"{number}. {step.text}{basis}")
    for section in ("assumed", "changes", "checks"):
        sentences: list[str] = getattr(result, section)
        if sentences:
            lines += ["", words.section(section), *(f"- {sentence}" for sentence in sentences)]
    if result.parameters:
        lines += ["", word("calc.parameters")]
    for one in result.parameters:
        place = word("calc.place", place=one.place) if one.place else ""
        until = one.effective_to or word("calc.open")
        basis = f"{one.law}{one.article or ''}"
        lines.append(
            word(
                "calc.parameter",
                title=one.title,
                place=place,
                since=one.effective_from,
                until=until,
                basis=basis,
            )
        )
    return lines
