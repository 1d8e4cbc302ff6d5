"""A calculation shown step by step: what was done, what it rests on, and what it takes for granted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from retrieval.passages import Citation
from service.entitlements.parameters import Parameter

Value = Decimal | int | date | str
"""What fills a sentence. A StrEnum is written as its choice is labelled."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the calculator's text file, `entitlements.<calculator>.<key>`, and what fills it."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)


def said(key: str, **values: Value) -> Said:
    """Return a sentence with what fills it."""
    return Said(key, values)


@dataclass(frozen=True, slots=True)
class Step:
    """One step with the places it rests on; a step of mere arithmetic rests on none."""

    said: Said
    basis: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A result as programs read it. `unit`: days, months, years, hours, yuan, date, percent or none."""

    value: Decimal | int | date | str | bool
    unit: str


@dataclass(frozen=True, slots=True)
class Working:
    """What a calculator worked out.

    `headline` is the conclusion in one sentence. `assumed` is what was taken for granted, `changes` what
    would change the result, `checks` which figures to check with whom. `parameters` are the dated values it
    used.
    """

    headline: Said
    figures: Mapping[str, Figure]
    steps: tuple[Step, ...]
    assumed: tuple[Said, ...] = ()
    changes: tuple[Said, ...] = ()
    checks: tuple[Said, ...] = ()
    parameters: tuple[Parameter, ...] = ()


class Impossible(Exception):
    """What was told cannot be: `said` is why, `field` which value to say anew."""

    def __init__(self, field: str, why: Said) -> None:
        super().__init__(f"{field}: {why.key}")
        self.field = field
        self.said = why
