"""`union-assistant calc --examples` and `--changed-from`: worked examples, and what other values change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import typer
from pydantic import ValidationError

from api.cli.calculating import parameters, print_json
from api.cli.context import MISUSED, fail
from api.cli.words import word
from api.settings import Settings
from service.entitlements.calculators import CALCULATORS
from service.entitlements.parameters import FOLDER, Parameter, Parameters, ParametersError, load_parameters
from service.entitlements.wording import written
from service.entitlements.worked_examples import WorkedExample, WorkedExamplesError, load_worked_examples

SOMETHING_WRONG = 1
SOMETHING_CHANGED = 1
FAILED = "failed"
"""Stands for the figures where a calculator cannot do with the values at all."""
_NOT_COMPARED = frozenset({"source", "reviewed_on"})
"""They say how a value was read; the value may be the same."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`name` of a figure or a field with what it is on either side; None where it is not there."""

    name: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class ChangedParameter:
    """A dated value that is not the same on both sides; one of `added` and `removed`, or the differences."""

    id: str
    place: str | None
    effective_from: date
    state: str
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangedExample:
    """A worked example of which something else comes than is expected, or than came before."""

    calculator: str
    number: int
    because: str
    differences: tuple[Difference, ...]


def check_examples(settings: Settings, name: str | None, *, as_json: bool) -> int:
    """Work out the examples of one calculator or of all; return 1 when one does not come out."""
    examples, now = _examples(settings, name), parameters(settings)
    wrong = list(_compared((one, one.expected(), _expected_of(one, now)) for one in examples))
    if as_json:
        print_json({"examples": len(examples), "wrong": [asdict(one) for one in wrong]})
    else:
        for one in wrong:
            _say(one, "calc.wrong_figure")
        typer.echo(word("calc.examined", count=len(examples), wrong=len(wrong)))
    return SOMETHING_WRONG if wrong else 0


def show_changes(settings: Settings, name: str | None, folder: Path, *, as_json: bool) -> int:
    """Print which dated values differ from those of another knowledge base, and which examples that changes.

    Returns 1 when anything differs.
    """
    if not (folder / FOLDER.parent).is_dir():
        fail(word("calc.no_parameters", folder=folder / FOLDER.parent), status=MISUSED)
    try:
        before = load_parameters(folder)
    except ParametersError as error:
        fail(str(error))
    now = parameters(settings)
    examples = _examples(settings, name)
    changed = list(changed_parameters(before, now))
    others = list(_compared((one, _outcome(one, before), _outcome(one, now)) for one in examples))
    if as_json:
        rows = {"parameters": [asdict(one) for one in changed], "examples": [asdict(one) for one in others]}
        print_json(rows)
    else:
        for parameter in changed:
            _say_parameter(parameter)
        for example in others:
            _say(example, "calc.changed_figure")
        summary = {"parameters": len(changed), "examples": len(others), "count": len(examples)}
        typer.echo(word("calc.compared", **summary))
    return SOMETHING_CHANGED if changed or others else 0


def changed_parameters(before: Parameters, now: Parameters) -> Iterator[ChangedParameter]:
    """Yield the values that are not the same, by id, place and first day."""
    old, new = _by_key(before), _by_key(now)
    for key in sorted(old.keys() | new.keys(), key=lambda one: (one[0], one[1] or "", one[2])):
        if key not in old or key not in new:
            yield ChangedParameter(*key, "added" if key in new else "removed")
        elif differences := _differences(_flat(old[key]), _flat(new[key])):
            yield ChangedParameter(*key, "changed", differences)


def _by_key(values: Parameters) -> dict[tuple[str, str | None, date], Parameter]:
    return {(one.id, one.place, one.value.effective_from): one for one in values}


def _flat(parameter: Parameter) -> dict[str, object]:
    fields = parameter.value.model_dump(exclude={"figures", *_NOT_COMPARED})
    return fields | {f"figures.{name}": figure for name, figure in parameter.value.figures.items()}


def _compared(
    outcomes: Iterable[tuple[WorkedExample, Mapping[str, object], Mapping[str, object]]],
) -> Iterator[ChangedExample]:
    for one, before, after in outcomes:
        if differences := _differences(before, after):
            yield ChangedExample(one.calculator, one.number, one.entry.because, differences)


def _differences(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[Difference, ...]:
    return tuple(
        Difference(name, before.get(name), after.get(name))
        for name in (*before, *(name for name in after if name not in before))
        if before.get(name) != after.get(name)
    )


def _examples(settings: Settings, name: str | None) -> list[WorkedExample]:
    if name is not None and name not in CALCULATORS:
        fail(word("calc.unknown", name=name, names="、".join(CALCULATORS)), status=MISUSED)
    try:
        examples = load_worked_examples(settings.knowledge_base)
    except WorkedExamplesError as error:
        fail(str(error))
    return [one for one in examples if name in (None, one.calculator)]


def _outcome(example: WorkedExample, values: Parameters) -> Mapping[str, object]:
    try:
        return example.outcome(values)
    except (ValidationError, LookupError) as error:  # a value that no file has, or one that cannot be read
        return {FAILED: str(error).partition("\n")[0]}


def _expected_of(example: WorkedExample, values: Parameters) -> Mapping[str, object]:
    """Return what came of the figures that the example names; the others may be anything."""
    wanted = example.expected()
    return {
        name: value for name, value in _outcome(example, values).items() if name in wanted or name == FAILED
    }


def _say(example: ChangedExample, key: str) -> None:
    typer.echo(
        word("calc.example", calculator=example.calculator, number=example.number, because=example.because)
    )
    for one in example.differences:
        name = word("calc.failed") if one.name == FAILED else one.name
        typer.echo(word(key, name=name, before=_said(one.before), after=_said(one.after)))


def _say_parameter(changed: ChangedParameter) -> None:
    place = word("calc.place", place=changed.place) if changed.place else ""
    fields = {"id": changed.id, "place": place, "since": changed.effective_from}
    typer.echo(word(f"calc.parameter_{changed.state}", **fields))
    for one in changed.differences:
        typer.echo(
            word("calc.changed_figure", name=one.name, before=_said(one.before), after=_said(one.after))
        )


def _said(value: object) -> str:
    if value is None:
        return word("calc.nothing")
    if isinstance(value, list):
        return "、".join(_said(one) for one in value)
    return written(value) if isinstance(value, Decimal | date) else str(value)
