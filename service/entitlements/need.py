"""Need: which value a calculator would ask for next, so that a number nobody asked for finds its place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import get_args

from service.entitlements.calculator import Calculator
from service.entitlements.inputs import Kind, ValueMissing
from service.entitlements.parameters import Parameters
from service.entitlements.working import Impossible

_STEPS = 2  # questions of choice that are answered every way to see what would be asked behind them


def needed_next(
    calculator: Calculator, told: Mapping[str, object], parameters: Parameters, on: date
) -> str | None:
    """Return the number, date or place that would be asked for next, whatever is chosen before; else None."""
    fields = _needed(calculator, told, parameters, on, _STEPS)
    return fields.pop() if len(fields) == 1 else None


def _needed(
    calculator: Calculator, told: Mapping[str, object], parameters: Parameters, on: date, steps: int
) -> set[str | None]:
    """Return what would be asked for next for each choice; None stands for nothing at all."""
    try:
        calculator(told, parameters, on)
    except ValueMissing as missing:
        field = missing.field
    except (Impossible, LookupError, ValueError, ArithmeticError):  # what was told cannot be worked out
        return set()
    else:
        return {None}
    options = _options(calculator, field)
    if options is None:
        return {field}
    if not steps:
        return {None}
    needed = (_needed(calculator, {**told, field: option}, parameters, on, steps - 1) for option in options)
    return set().union(*needed)


def _options(calculator: Calculator, field: str) -> list[object] | None:
    """Return what can be chosen for a field; None for one that is no choice."""
    kind = calculator.inputs.kinds()[field]
    if kind is Kind.YES_NO:
        return [True, False]
    if kind is Kind.CHOICE:
        return [option.value for option in choice_of(calculator, field)]
    return None


def choice_of(calculator: Calculator, field: str) -> type[Enum]:
    """Return the enumeration of a field that is a choice."""
    annotation = calculator.inputs.model_fields[field].annotation
    found: type[Enum] = next(part for part in get_args(annotation) if issubclass(part, Enum))
    return found
