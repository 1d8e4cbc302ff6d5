"""Figures that units set themselves, dated and per organisation: `parameters/standards/*.yml`."""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from string import Formatter

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from retrieval.passages import Citation
from retrieval.precedence import Precedence
from retrieval.problems import Problem, problem
from retrieval.yamlfile import read_yaml
from service.people.viewer import lineage

FOLDER = Path("parameters") / "standards"
"""Where the files lie in the knowledge base, one for each topic."""


class StandardsError(Exception):
    """A file of standards is wrong; `problem` says where and what to do."""

    def __init__(self, found: Problem) -> None:
        super().__init__(str(found))
        self.problem = found


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Value(_Strict):
    """What one organisation gives, from a day to a day, both included, and the document that says so.

    `precedence` is how it stands to the figures of the organisation above it, as with cards; with None or
    `replace` only these count.
    """

    scope: str
    figures: dict[str, Decimal] = Field(min_length=1)
    note: str | None = None
    precedence: Precedence | None = None
    law: str
    article: str | None
    document_no: str | None = None
    effective_from: date
    effective_to: date | None
    reviewed_on: date
    sample: bool

    def in_force_on(self, day: date) -> bool:
        return self.effective_from <= day <= (self.effective_to or date.max)

    @property
    def citation(self) -> Citation:
        return Citation(self.law, self.article, document_no=self.document_no)

    @property
    def version(self) -> str:
        """Return a hash of the content."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    def meets(self, other: Value) -> bool:
        """Tell whether there is a day on which both are in force."""
        starts = max(self.effective_from, other.effective_from)
        return starts <= min(self.effective_to or date.max, other.effective_to or date.max)


class Standard(_Strict):
    """One thing units set figures for. `says` has a place {name} for each figure of a value."""

    id: str = Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
    title: str
    says: str
    values: list[Value]

    def said(self, value: Value) -> str:
        """Return what a value says, its figures filled in."""
        figures = {name: f"{figure.normalize():f}" for name, figure in value.figures.items()}
        return self.says.format(**figures) + (f"，{value.note}" if value.note else "")

    def chain(self, organisation: str | None, day: date) -> list[Value]:
        """Return the value that holds for an asker on a day, then those above it that it refers to."""
        chain = []
        for scope in lineage(organisation):
            if value := next(
                (one for one in self.values if one.scope == scope and one.in_force_on(day)), None
            ):
                chain.append(value)
                if value.precedence in (None, Precedence.REPLACE):
                    break
        return chain


@dataclass(frozen=True, slots=True)
class Standards:
    """The standards by id. Threads may share this object."""

    by_id: Mapping[str, Standard]

    def of(self, names: Iterable[str]) -> list[Standard]:
        """Return those of `names` that there are, in that order."""
        return [self.by_id[name] for name in names if name in self.by_id]

    def values(self) -> Iterator[tuple[Standard, Value]]:
        return ((standard, value) for standard in self.by_id.values() for value in standard.values)

    def document(self, law: str) -> Sequence[Value]:
        """Return the values that rest on a document."""
        return [value for _, value in self.values() if value.law == law]


NO_STANDARDS = Standards({})


def load_standards(knowledge_base: Path) -> Standards:
    """Read every file of standards; none where there is no such folder. Raises StandardsError."""
    found: dict[str, Standard] = {}
    for file in sorted((knowledge_base / FOLDER).glob("*.yml")):
        for standard in _read(file):
            if standard.id in found:
                raise StandardsError(problem(file, 1, "standard_twice", id=standard.id))
            for code, fields in faults(standard):
                raise StandardsError(problem(file, 1, code, id=standard.id, **fields))
            found[standard.id] = standard
    return Standards(found)


def faults(standard: Standard) -> Iterator[tuple[str, dict[str, object]]]:
    """What is wrong with a standard: the code of a problem and what its message is filled with."""
    places = {name for _, name, _, _ in Formatter().parse(standard.says) if name is not None}
    for value in standard.values:
        where = {"scope": value.scope, "start": value.effective_from}
        if set(value.figures) != places:
            named = {"figures": " ".join(sorted(value.figures)), "places": " ".join(sorted(places))}
            yield "standard_figures", where | named
        elif value.effective_to is not None and value.effective_to < value.effective_from:
            yield "standard_days", where | {"end": value.effective_to}
        else:
            yield from _beside_those_above(standard, value)
    for one, other in combinations(standard.values, 2):
        if one.scope == other.scope and one.meets(other):
            yield "standard_overlap", {"scope": one.scope, "start": other.effective_from}


def _beside_those_above(standard: Standard, value: Value) -> Iterator[tuple[str, dict[str, object]]]:
    if value.precedence in (None, Precedence.REPLACE):
        return
    where = {"scope": value.scope, "start": value.effective_from, "precedence": value.precedence}
    above = [other for other in _above(standard, value) if other.meets(value)]
    if not above:
        yield "standard_alone", where
    keeps = _BOUNDS.get(value.precedence)
    for other in above:
        for name, figure in value.figures.items():
            limit = other.figures.get(name)
            if keeps is not None and limit is not None and not keeps(figure, limit):
                yield "standard_bound", where | {"figure": figure, "limit": limit, "above": other.scope}


def _above(standard: Standard, value: Value) -> list[Value]:
    """The values of the nearest organisation above that has any."""
    for scope in lineage(value.scope)[1:]:
        if values := [other for other in standard.values if other.scope == scope]:
            return values
    return []


_BOUNDS: Mapping[Precedence, Callable[[Decimal, Decimal], bool]] = {
    Precedence.FLOOR: operator.ge,
    Precedence.CEILING: operator.le,
}


def _read(file: Path) -> list[Standard]:
    try:
        entries = read_yaml(file)["standards"]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
        raise StandardsError(problem(file, 1, "standards_unreadable", reason=_line(error))) from error
    standards = []
    for place, entry in enumerate(entries if isinstance(entries, list) else [entries], start=1):
        try:
            standards.append(Standard.model_validate(entry))
        except ValidationError as error:
            found = error.errors()[0]
            where = ".".join(str(part) for part in found["loc"])
            name = entry.get("id", place) if isinstance(entry, dict) else place
            fields = {"id": name, "field": where, "reason": found["msg"]}
            raise StandardsError(problem(file, 1, "standard_field", **fields)) from error
    return standards


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
