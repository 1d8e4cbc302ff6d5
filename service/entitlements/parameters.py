"""Dated values that rules refer to: `parameters/entitlements/*.yml`, each with where it was read.

What an employee's own unit sets (standards) is not here, but in `service.knowledge.standards`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from retrieval.passages import Citation
from retrieval.yamlfile import read_yaml

FOLDER = Path("parameters") / "entitlements"
NAME = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


class ParametersError(Exception):
    """A file of parameters is wrong; `reason` names the entry and says what to do."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file
        self.reason = reason


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Value(_Strict):
    """`place` is a province as people call it, None for the whole country."""

    place: str | None = None
    figures: dict[str, Decimal | date | list[date]] = Field(min_length=1)
    note: str | None = None
    law: str
    article: str | None
    paragraph: str | None = None
    document_no: str | None = None
    source: str
    effective_from: date
    effective_to: date | None
    reviewed_on: date


class _Parameter(_Strict):
    id: str = Field(pattern=NAME)
    title: str
    values: list[_Value]


class _File(_Strict):
    parameters: list[_Parameter]


@dataclass(frozen=True, slots=True)
class Parameter:
    """The value of a parameter from a day to a day, both included, and the document that says so."""

    id: str
    title: str
    value: _Value

    @property
    def place(self) -> str | None:
        return self.value.place

    @property
    def citation(self) -> Citation:
        value = self.value
        return Citation(value.law, value.article, value.paragraph, value.document_no)

    @property
    def version(self) -> str:
        """Return a hash of the content."""
        return hashlib.sha256(self.value.model_dump_json().encode()).hexdigest()[:16]

    @property
    def note(self) -> str | None:
        return self.value.note

    def has(self, name: str) -> bool:
        return name in self.value.figures

    def number(self, name: str) -> Decimal:
        """Return a figure that is a number. Raises KeyError, TypeError."""
        figure = self.value.figures[name]
        if not isinstance(figure, Decimal):
            raise TypeError(f"{self.id}.{name} is not a number")
        return figure

    def day(self, name: str) -> date:
        """Return a figure that is a date. Raises KeyError, TypeError."""
        figure = self.value.figures[name]
        if not isinstance(figure, date):
            raise TypeError(f"{self.id}.{name} is not a date")
        return figure

    def days(self, name: str) -> tuple[date, ...]:
        """Return a figure that is a list of dates. Raises KeyError, TypeError."""
        figure = self.value.figures[name]
        if not isinstance(figure, list):
            raise TypeError(f"{self.id}.{name} is not a list of dates")
        return tuple(figure)

    def in_force_on(self, day: date) -> bool:
        return self.value.effective_from <= day <= (self.value.effective_to or date.max)


class Parameters:
    """All parameters. Threads may share this object."""

    def __init__(self, parameters: Iterable[Parameter]) -> None:
        self._by_id: dict[str, list[Parameter]] = {}
        for parameter in parameters:
            self._by_id.setdefault(parameter.id, []).append(parameter)

    def find(self, name: str, on: date, *, place: str | None = None) -> Parameter | None:
        """Return what holds on a day at a place; None where nothing could be read about it."""
        among = self._by_id.get(name, ())
        return next((one for one in among if one.place == place and one.in_force_on(on)), None)

    def get(self, name: str, on: date) -> Parameter:
        """Return a value that holds in the whole country. Raises LookupError where a file lacks it."""
        found = self.find(name, on)
        if found is None:
            raise LookupError(f"no parameter {name} for {on}")
        return found

    def places(self, name: str, on: date) -> list[str]:
        """Return the places of which a value is known on a day."""
        return [one.place for one in self._by_id.get(name, ()) if one.place and one.in_force_on(on)]

    def document(self, law: str) -> list[Parameter]:
        """Return the values that rest on a document, whenever they hold."""
        return [one for one in self if one.value.law == law]

    def __iter__(self) -> Iterator[Parameter]:
        return (one for values in self._by_id.values() for one in values)


NO_PARAMETERS = Parameters(())


def load_parameters(knowledge_base: Path) -> Parameters:
    """Read every file of parameters. Raises ParametersError."""
    found: list[Parameter] = []
    seen: dict[str, Path] = {}
    for file in sorted((knowledge_base / FOLDER).glob("*.yml")):
        for entry in _read(file):
            if entry.id in seen:
                raise ParametersError(file, f"{entry.id} 在 {seen[entry.id].name} 里已经有了")
            seen[entry.id] = file
            _check(file, entry)
            found += [Parameter(entry.id, entry.title, value) for value in entry.values]
    return Parameters(found)


def _read(file: Path) -> list[_Parameter]:
    try:
        return _File.model_validate(read_yaml(file)).parameters
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ParametersError(file, f"读不了：{error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ParametersError(file, f"{where}: {first['msg']}") from error


def _check(file: Path, entry: _Parameter) -> None:
    for value in entry.values:
        if value.effective_to is not None and value.effective_to < value.effective_from:
            raise ParametersError(
                file, f"{entry.id}: {value.effective_from} 在 {value.effective_to} 以后，起止写反了"
            )
    for one, other in combinations(entry.values, 2):
        starts = max(one.effective_from, other.effective_from)
        ends = min(one.effective_to or date.max, other.effective_to or date.max)
        if one.place == other.place and starts <= ends:
            place = one.place or "全国"
            raise ParametersError(file, f"{entry.id}: {place} 在 {starts} 有两个值，留一个，或者改起止日期")
