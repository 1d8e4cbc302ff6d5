"""The organisation tree and its union contacts, as `knowledge_base/organisations.yml` gives them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from retrieval.yamlfile import read_yaml


class OrganisationsError(Exception):
    """The organisations file is missing or wrong; says the unit and the field."""


class Union(BaseModel):
    """How one unit's union is reached."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    office: str
    role: str
    phone: str
    hours: str


class Unit(BaseModel):
    """A unit of the bank. Without `union` of its own the one above is responsible.

    `wecom_departments`: departments of WeChat Work whose members, and those of departments below, are its.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(pattern=r"^[^/]+(/[^/]+)*$", max_length=300)
    name: str
    short_name: str
    aliases: list[str] = []
    kind: Literal["head_office", "provincial_branch", "city_branch", "outlet"]
    sample: bool
    union: Union | None = None
    wecom_departments: list[int] = []

    @property
    def parent(self) -> str | None:
        return self.path.rpartition("/")[0] or None


def load_organisations(file: Path) -> tuple[Unit, ...]:
    """Read the units, those above before those below. Raises OrganisationsError."""
    try:
        content = read_yaml(file)
        units = tuple(Unit.model_validate(item) for item in content["organisations"])
    except (OSError, yaml.YAMLError, ValidationError, KeyError, TypeError) as error:
        raise OrganisationsError(f"{file}: {error}") from error
    seen: set[str] = set()
    departments: dict[int, str] = {}
    for unit in units:
        if unit.path in seen:
            raise OrganisationsError(f"{file}: {unit.path} stands there twice")
        if unit.parent is not None and unit.parent not in seen:
            raise OrganisationsError(f"{file}: {unit.path} comes before {unit.parent}, or that is missing")
        if unit.parent is None and unit.union is None:
            raise OrganisationsError(f"{file}: {unit.path} has no union and nothing above it")
        for number in unit.wecom_departments:
            if number in departments:
                raise OrganisationsError(
                    f"{file}: wecom_departments: {number} stands with {departments[number]} and {unit.path}"
                )
            departments[number] = unit.path
        seen.add(unit.path)
    return units
