"""Questions with the card that answers them, and what the index makes of them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from retrieval.index import Index
from retrieval.search import Question

TOP = 3


class Scope(StrEnum):
    """Why a question has no card: it is none of the union's business, or just not covered yet."""

    IN = "in"
    OUT = "out"
    UNCOVERED = "uncovered"


@dataclass(frozen=True, slots=True)
class Row:
    """One question; `cards` are those that answer it, each as well as the other, none when nothing does."""

    text: str
    cards: frozenset[str]
    kind: Scope
    organisations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found for a row: whether the right card is first, or among the first three."""

    row: Row
    first: bool
    among: bool


def read_rows(file: Path) -> list[Row]:
    """Rows of `{"text", "card", "kind", "organisation"?}`, one JSON object a line.

    `card` is an id, several joined by | where any of them is right, or null.
    """
    rows = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.strip():
            record = json.loads(line)
            organisations = with_ancestors(record.get("organisation"))
            cards = frozenset((record["card"] or "").split("|")) - {""}
            rows.append(Row(record["text"], cards, Scope(record["kind"]), organisations))
    return rows


def with_ancestors(path: str | None) -> tuple[str, ...]:
    """An organisation path and the paths above it, the longest first."""
    if not path:
        return ()
    parts = path.split("/")
    return tuple("/".join(parts[:length]) for length in range(len(parts), 0, -1))


def outcomes(index: Index, rows: Iterable[Row], *, as_of: date) -> list[Outcome]:
    """What `index` finds for each row on the day `as_of`."""
    return [_outcome(index, row, as_of) for row in rows]


def _outcome(index: Index, row: Row, as_of: date) -> Outcome:
    match = index.match(Question(row.text, as_of, row.organisations, limit=TOP))
    if match is None:
        return Outcome(row, first=False, among=False)
    ids = [passage.id for passage in match.passages]
    return Outcome(row, first=ids[0] in row.cards, among=not row.cards.isdisjoint(ids[:TOP]))
