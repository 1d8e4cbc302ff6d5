"""Public telephone numbers as dated data: `knowledge_base/parameters/hotlines.yml`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from retrieval.yamlfile import read_yaml


class HotlinesError(Exception):
    """The hotlines file is missing or wrong; says the entry and the field."""


class Hotline(BaseModel):
    """A number to be told from `effective_from` to `effective_to`, inclusive. `hours` None: not known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: str
    name: str
    purpose: str
    kind: Literal["emergency", "service"]
    urgent_for: list[Literal["self_harm", "violence", "medical", "fire"]]
    hours: str | None
    source: str
    verified: bool
    effective_from: date
    effective_to: date | None
    reviewed_on: date

    @model_validator(mode="after")
    def _unverified_hours_are_unknown(self) -> Hotline:
        if not self.verified and self.hours is not None:
            raise ValueError(f"{self.number}: hours without a verified source")
        return self

    def in_force_on(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


def load_hotlines(file: Path) -> tuple[Hotline, ...]:
    """Read the hotlines. Raises HotlinesError."""
    try:
        content = read_yaml(file)
        return tuple(Hotline.model_validate(item) for item in content["hotlines"])
    except (OSError, yaml.YAMLError, ValidationError, KeyError, TypeError) as error:
        raise HotlinesError(f"{file}: {error}") from error
