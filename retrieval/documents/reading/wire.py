"""Readings on their way from the parsing process, as JSON.

Not pickle: what a hostile file may have taken over must not be able to run anything on this side.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from retrieval.documents.model import (
    Block,
    BlockKind,
    Doubt,
    Place,
    QuestionRow,
    QuestionTable,
    Reading,
)
from retrieval.documents.reading.errors import UnreadableError


def encode(result: Reading | QuestionTable | UnreadableError) -> bytes:
    """Put a result into one line."""
    if isinstance(result, UnreadableError):
        kind, content = (
            "error",
            {
                "code": result.code,
                "place": asdict(result.place),
                "values": result.values,
            },
        )
    else:
        kind, content = ("reading" if isinstance(result, Reading) else "questions"), asdict(result)
    line = json.dumps({"kind": kind, "content": content}, ensure_ascii=False)
    return line.encode("utf-8", errors="replace") + b"\n"


def decode(line: bytes) -> Reading | QuestionTable:
    """Take a result out of a line. Raises the UnreadableError it may hold, ValueError if it is none."""
    try:
        message = json.loads(line)
        content = message["content"]
        if message["kind"] == "error":
            error = UnreadableError(str(content["code"]), _place(content["place"]))
            error.values = {str(key): str(value) for key, value in content["values"].items()}
        elif message["kind"] == "reading":
            return _reading(content)
        else:
            return _questions(content)
    except (KeyError, TypeError, AttributeError) as wrong:
        raise ValueError("not a reading") from wrong
    raise error


def _reading(content: Mapping[str, Any]) -> Reading:
    return Reading(
        content["format"],
        tuple(
            Block(
                BlockKind(block["kind"]),
                block["text"],
                _place(block["place"]),
                block["level"],
                tuple(tuple(row) for row in block["rows"]),
                block["confidence"],
            )
            for block in content["blocks"]
        ),
        content["title"],
        _doubts(content["doubts"]),
        content["scanned"],
    )


def _questions(content: Mapping[str, Any]) -> QuestionTable:
    rows = (
        QuestionRow(
            row["question"],
            row["answer"],
            _place(row["place"]),
            tuple(row["others"]),
            row["topic"],
            row["basis"],
        )
        for row in content["rows"]
    )
    columns = tuple((heading, field) for heading, field in content["columns"])
    return QuestionTable(tuple(rows), columns, _doubts(content["doubts"]))


def _doubts(doubts: list[Mapping[str, Any]]) -> tuple[Doubt, ...]:
    return tuple(
        Doubt(doubt["code"], _place(doubt["place"]), tuple((key, value) for key, value in doubt["values"]))
        for doubt in doubts
    )


def _place(place: Mapping[str, Any]) -> Place:
    return Place(place["page"], place["line"], place["sheet"])
