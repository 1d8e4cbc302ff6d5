"""Kinds of case as data: `knowledge_base/parameters/case_kinds.yml`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from retrieval.yamlfile import read_yaml
from service.people.roles import Role
from service.tickets.tables import State

LONGEST_QUESTION = 120
"""Characters of what is said in one bubble."""
FILE = Path("parameters") / "case_kinds.yml"
"""Where it lies in the knowledge base."""
CALL_BACK = "call_back"
"""The kind the service files itself when nobody is at work."""


class KindsError(Exception):
    """The file of kinds is missing or wrong; says the entry and the field."""


Sentence = Annotated[str, Field(max_length=LONGEST_QUESTION)]
Matter = Literal["health", "family_income", "bank"]
Reader = Literal[Role.OFFICER, Role.CONFIDANT, Role.MEDIATOR, Role.ADVISER]


class Others(StrEnum):
    """Whether a case may be a colleague's: never, where that is said, or wherever one is named."""

    NEVER = "never"
    SAID = "said"
    NAMED = "named"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sensitive(_Strict):
    """What is asked only after a consent of its own."""

    matter: list[Matter] = Field(min_length=1)
    consent: Sentence
    ask: Sentence


class Deadline(_Strict):
    """A time after which the law lets a claim lapse, counted from a day the employee can name."""

    text: str
    years: int = Field(ge=1)
    law: str = Field(min_length=1)
    article: str = Field(pattern=r"^第[一二三四五六七八九十百]+条$")


class CaseKind(_Strict):
    """One kind of case: what is asked, who decides, who may read it, and until when it is answered."""

    id: str = Field(pattern=r"^[a-z][a-z_]*$", max_length=40)
    title: str
    offered: bool
    intent: str | None
    names: list[str]
    words: list[str]
    ask: Sentence
    steps: list[str] = Field(min_length=1)
    progress: dict[State, str]
    materials: list[str]
    decides: str
    pays: str | None
    sensitive: Sensitive | None
    asks_more: bool
    for_others: Others
    readers: list[Reader] = Field(min_length=1)
    route: Literal["own", "above"]
    due_days: int = Field(ge=0)
    urgent: bool
    deadline: Deadline | None
    remark: Sentence | None
    sample: bool

    @model_validator(mode="after")
    def _can_be_opened(self) -> CaseKind:
        if self.offered and not (self.intent and self.names and self.ask):
            raise ValueError("offered without intent, names or ask")
        if self.urgent != (self.due_days == 0):
            raise ValueError("urgent and due_days 0 go together")
        return self

    @property
    def roles(self) -> tuple[Role, ...]:
        """Return who may read and work on it; a supervisor sees what officers see."""
        readers = tuple(Role(reader) for reader in self.readers)
        return (*readers, Role.SUPERVISOR) if Role.OFFICER in readers else readers

    @property
    def confidential(self) -> bool:
        """Tell whether it is kept from the officers."""
        return Role.OFFICER not in self.roles


class CaseKinds:
    """The kinds by id, in the order of the file. Threads may share this object."""

    def __init__(self, kinds: Iterable[CaseKind]) -> None:
        self._kinds = {kind.id: kind for kind in kinds}

    def __iter__(self) -> Iterator[CaseKind]:
        return iter(self._kinds.values())

    def __getitem__(self, kind_id: str) -> CaseKind:
        return self._kinds[kind_id]

    def get(self, kind_id: str | None) -> CaseKind | None:
        return self._kinds.get(kind_id or "")

    def offered(self, intent: str | None = None) -> list[CaseKind]:
        """Return what an employee may file, all or those `intent` opens."""
        return [kind for kind in self if kind.offered and intent in (None, kind.intent)]

    def heard_in(self, text: str, *, intent: str) -> CaseKind | None:
        """Return the kind a sentence speaks of, among those `intent` opens; None where it says nothing."""
        among = self.offered(intent)
        if len(among) == 1:
            return among[0]
        return next((kind for kind in among if any(word in text for word in kind.words)), None)

    def named(self, text: str) -> CaseKind | None:
        """Return the kind a text names last (不是投诉，是建议), the longer of two names that end there."""
        found = [
            ((text.rfind(name) + len(name), len(name)), kind)
            for kind in self.offered()
            for name in kind.names
            if name in text
        ]
        return max(found, key=lambda pair: pair[0])[1] if found else None


def load_kinds(file: Path) -> CaseKinds:
    """Read the kinds. Raises KindsError."""
    try:
        content = read_yaml(file)
        entries = content["kinds"]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
        raise KindsError(f"{file}: {error}") from error
    if not isinstance(entries, list) or not entries:
        raise KindsError(f"{file}: kinds is not a list")
    kinds: dict[str, CaseKind] = {}
    for place, entry in enumerate(entries, start=1):
        name = entry.get("id", place) if isinstance(entry, dict) else place
        try:
            kind = CaseKind.model_validate(entry)
        except ValidationError as error:
            raise KindsError(f"{file}: {name}: {_said(error)}") from error
        if kind.id in kinds:
            raise KindsError(f"{file}: {kind.id}: id: stands there twice")
        kinds[kind.id] = kind
    if CALL_BACK not in kinds:
        raise KindsError(f"{file}: {CALL_BACK}: id: missing")
    return CaseKinds(kinds.values())


def _said(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in found['loc']) or 'entry'}: {found['msg']}"
        for found in error.errors()
    )
