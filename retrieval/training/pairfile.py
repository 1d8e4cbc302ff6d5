"""A file of questions with what answers them: a line is `{"question", "answer"|"source_id"}`, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class Fault(StrEnum):
    """What is wrong with a line."""

    NOT_JSON = "not_json"
    NO_QUESTION = "no_question"
    NO_ANSWER = "no_answer"
    NO_SOURCE = "no_source"


class PairsError(Exception):
    """A file of pairs has a line that cannot be used; lines count from 1."""

    def __init__(self, file: Path, line: int, fault: Fault) -> None:
        super().__init__(f"{file}:{line}: {fault}")
        self.file = file
        self.line = line
        self.fault = fault


@dataclass(frozen=True, slots=True)
class QuestionPair:
    """A question with a written answer, or the id of the passage that answers it; at least one of them."""

    question: str
    answer: str | None
    source_id: str | None
    line: int


def read_pair_file(file: Path) -> list[QuestionPair]:
    """The pairs in `file`; further fields and empty lines do not matter.

    Raises:
        OSError: the file cannot be read.
        PairsError: a line is wrong.
    """
    return list(_pairs(file))


def _pairs(file: Path) -> Iterator[QuestionPair]:
    for line, text in enumerate(file.read_bytes().splitlines(), 1):
        if not text.strip():
            continue
        try:
            record = json.loads(text)
        except ValueError as error:
            raise PairsError(file, line, Fault.NOT_JSON) from error
        if not isinstance(record, dict):
            raise PairsError(file, line, Fault.NOT_JSON)
        question = _text(record, "question")
        if question is None:
            raise PairsError(file, line, Fault.NO_QUESTION)
        answer, source = _text(record, "answer"), _text(record, "source_id")
        if answer is None and source is None:
            raise PairsError(file, line, Fault.NO_ANSWER)
        yield QuestionPair(question, answer, source, line)


def _text(record: dict[str, Any], name: str) -> str | None:
    """The field without blanks around it, None when it is missing, empty or no text."""
    value = record.get(name)
    return value.strip() or None if isinstance(value, str) else None
