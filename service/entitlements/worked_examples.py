"""Worked examples: what calculators must give, with where it is from; `parameters/worked_examples/*.yml`.

They are tests, and they show which results a changed parameter file changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

from retrieval.yamlfile import read_yaml
from service.entitlements.calculators import CALCULATORS
from service.entitlements.inputs import ValueMissing
from service.entitlements.parameters import Parameters
from service.entitlements.working import Impossible

FOLDER = Path("parameters") / "worked_examples"
DEFAULT_DAY = date(2026, 11, 26)


class WorkedExamplesError(Exception):
    """A file of worked examples is wrong; `reason` says what to do."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file
        self.reason = reason


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


_ENTRIES = TypeAdapter(list[_Entry])


def load_worked_examples(knowledge_base: Path) -> list[WorkedExample]:
    """Read every file of examples. Raises WorkedExamplesError."""
    found: list[WorkedExample] = []
    for file in sorted((knowledge_base / FOLDER).glob("*.yml")):
        if file.stem not in CALCULATORS:
            raise WorkedExamplesError(file, f"没有 {file.stem} 这个计算器，文件名要和计算器一样")
        found += [
            WorkedExample(file.stem, number, entry) for number, entry in enumerate(_read(file), start=1)
        ]
    return found


def _read(file: Path) -> list[_Entry]:
    try:
        return _ENTRIES.validate_python(read_yaml(file))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise WorkedExamplesError(file, f"读不了：{error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        at, *where = first["loc"] or (0,)
        place = ".".join(str(part) for part in where)
        raise WorkedExamplesError(file, f"第 {int(at) + 1} 个 {place}: {first['msg']}") from error
