"""What importing a batch of files came to, file by file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from retrieval.documents.model import Doubt, Place
from service.knowledge.documents.citing import Affected
from service.knowledge.documents.operations import Outcome
from service.knowledge.documents.rules import Basis


class FileState(StrEnum):
    IMPORTED = "imported"
    UNCHANGED = "unchanged"
    DRAFTED = "drafted"
    """A question table: cards were written for a person to complete."""
    TO_CONFIRM = "to_confirm"
    """A question table whose columns nobody has confirmed yet."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a file gave nothing: `key` is a sentence of the texts, which `values` fill."""

    key: str
    values: Mapping[str, object]
    place: Place | None = None

    @property
    def code(self) -> str:
        return self.key.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Ending:
    """A version of a document that was stored before and now ends."""

    name: str
    effective_from: date
    effective_to: date
    repealed: bool


@dataclass(frozen=True, slots=True)
class InstrumentReport:
    """One instrument of a file. `changes` counts the articles that are not as in the version before, by kind;
    `affected` are the cards that rest on such articles, or on documents that end by it."""

    outcome: Outcome
    name: str
    title: str
    part: str | None
    kind: str
    articles: int
    headings: int
    effective_from: date
    effective_to: date | None
    basis: Basis
    issuer: str | None
    document_no: str | None
    promulgated_on: date | None
    doubts: tuple[Doubt, ...]
    endings: tuple[Ending, ...] = ()
    changes: Mapping[str, int] | None = None
    affected: tuple[Affected, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A card written from a row of a question table; `known_as` is the card that asks its question already,
    `kept` says that a draft of it lies there and was left as somebody changed it."""

    question: str
    place: Place
    file: Path | None
    known_as: str | None = None
    kept: bool = False


@dataclass(frozen=True, slots=True)
class FileReport:
    file: Path
    state: FileState
    seconds: float = 0.0
    format: str | None = None
    scanned: bool = False
    instruments: tuple[InstrumentReport, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    failure: Failure | None = None
    columns: tuple[tuple[str, str], ...] = ()
    drafts: tuple[Draft, ...] = ()

    @property
    def all_doubts(self) -> tuple[Doubt, ...]:
        return (*self.doubts, *(doubt for one in self.instruments for doubt in one.doubts))
