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
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from retrieval.passages import Citation
from retrieval.precedence import Precedence
from service.people.viewer import lineage

FOLDER = Path("parameters") / "standards"
"""Where the files lie in the knowledge base, one for each topic."""


class StandardsError(Exception):
    """A file of standards is wrong; says the file, the entry and the field."""


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

    @model_validator(mode="after")
    def _fits_together(self) -> Standard:
        places = {name for _, name, _, _ in Formatter().parse(self.says) if name is not None}
        for value in self.values:
            where = f"{self.id}, {value.scope}, {value.effective_from}"
            if set(value.figures) != places:
                raise ValueError(f"{where}: figures {sorted(value.figures)}, places {sorted(places)}")
            if value.effective_to is not None and value.effective_to < value.effective_from:
                raise ValueError(f"{where}: ends before it starts")
            self._check_above(value, where)
        for one, other in combinations(self.values, 2):
            if one.scope == other.scope and one.meets(other):
                raise ValueError(f"{self.id}, {one.scope}: two values on {other.effective_from}")
        return self

    def _check_above(self, value: Value, where: str) -> None:
        if value.precedence in (None, Precedence.REPLACE):
            return
        above = [other for other in self._above(value) if other.meets(value)]
        if not above:
            raise ValueError(f"{where}: {value.precedence} of nothing")
        bound = _BOUNDS.get(value.precedence)
        for other in above:
            for name, figure in value.figures.items():
                if bound is not None and not bound(figure, other.figures[name]):
                    raise ValueError(
                        f"{where}: {name} {figure} beside {other.figures[name]} of {other.scope}"
                    )

    def _above(self, value: Value) -> list[Value]:
        """The values of the nearest organisation above that has any."""
        for scope in lineage(value.scope)[1:]:
            if values := [other for other in self.values if other.scope == scope]:
                return values
        return []

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


_BOUNDS: Mapping[Precedence, Callable[[Decimal, Decimal], bool]] = {
    Precedence.FLOOR: operator.ge,
    Precedence.CEILING: operator.le,
}


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
        try:
            content = yaml.safe_load(file.read_text(encoding="utf-8"))
            standards = [Standard.model_validate(item) for item in content["standards"]]
        except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError, KeyError, TypeError) as error:
            raise StandardsError(f"{file}: {' '.join(str(error).split())}") from error
        for standard in standards:
            if standard.id in found:
                raise StandardsError(f"{file}: {standard.id} twice")
            found[standard.id] = standard
    return Standards(found)
