"""Worked examples: what calculators must give, with where it is from; `parameters/worked_examples/*.yml`.

They are tests, and they show which results a changed parameter file changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from service.entitlements.calculators import CALCULATORS
from service.entitlements.inputs import ValueMissing
from service.entitlements.parameters import Parameters
from service.entitlements.working import Impossible

FOLDER = Path("parameters") / "worked_examples"
DEFAULT_DAY = date(2026, 11, 26)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    day: date = DEFAULT_DAY
    given: dict[str, Any]
    gives: dict[str, Decimal | date | bool | str] | None = None
    asks: str | None = None
    refused: str | None = None
    because: str

    @model_validator(mode="after")
    def _one_outcome(self) -> _Entry:
        if sum(part is not None for part in (self.gives, self.asks, self.refused)) != 1:
            raise ValueError("exactly one of gives, asks and refused")
        return self


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """One example of a calculator: what is told on which day, and what must come of it."""

    calculator: str
    number: int
    entry: _Entry

    def outcome(self, parameters: Parameters) -> Mapping[str, object]:
        """Return the figures that come of it, or `asks` and `refused` in their place."""
        try:
            working = CALCULATORS[self.calculator](self.entry.given, parameters, self.entry.day)
        except ValueMissing as missing:
            return {"asks": missing.field}
        except Impossible as impossible:
            return {"refused": impossible.said.key}
        return {name: figure.value for name, figure in working.figures.items()}

    def expected(self) -> Mapping[str, object]:
        entry = self.entry
        if entry.gives is not None:
            return entry.gives
        return {"asks": entry.asks} if entry.asks is not None else {"refused": entry.refused}

    def wrong(self, parameters: Parameters) -> dict[str, tuple[object, object]]:
        """Return what is expected and what came where they differ, by name."""
        came = self.outcome(parameters)
        return {
            name: (value, came.get(name))
            for name, value in self.expected().items()
            if came.get(name) != value
        }


def load_worked_examples(knowledge_base: Path) -> Iterator[WorkedExample]:
    """Read every file of examples. Raises what is wrong with one."""
    for file in sorted((knowledge_base / FOLDER).glob("*.yml")):
        for number, entry in enumerate(yaml.safe_load(file.read_text(encoding="utf-8")), start=1):
            yield WorkedExample(file.stem, number, _Entry.model_validate(entry))
