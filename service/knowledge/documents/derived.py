"""Figures that a card may state although no article does, because they follow from several by reckoning."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from retrieval.yamlfile import read_yaml
from service.knowledge.documents.figures import Figure, stated

FILE = "derived_figures.yml"


class DerivedError(Exception):
    """The file is wrong; says where."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    card: str
    figures: list[str]
    because: str


def load_derived(file: Path) -> dict[str, set[Figure]]:
    """Return the figures of each card by its id; none where there is no such file. Raises DerivedError."""
    if not file.exists():
        return {}
    try:
        content = read_yaml(file) or []
        entries = TypeAdapter(list[_Entry]).validate_python(content)
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise DerivedError(f"{file}: {' '.join(str(error).split())}") from error
    derived: dict[str, set[Figure]] = {}
    for entry in entries:
        for wording in entry.figures:
            found = {one.figure for one in stated(wording)}
            if not found:
                raise DerivedError(f"{file}: {entry.card}: {wording}")
            derived.setdefault(entry.card, set()).update(found)
    return derived
