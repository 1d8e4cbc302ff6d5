"""Turns a file of any format into blocks, or a table of questions and answers into rows.

Every file is parsed in a process of its own limits; see `reader`.
"""

from collections.abc import Mapping
from pathlib import Path

from retrieval.documents.model import QuestionTable, Reading
from retrieval.documents.reading.errors import UnreadableError
from retrieval.documents.reading.limits import Limits
from retrieval.documents.reading.reader import Reader, can_recognise

__all__ = ["Limits", "Reader", "UnreadableError", "can_recognise", "read_file"]


def read_file(
    path: Path, *, limits: Limits | None = None, columns: Mapping[str, str] | None = None
) -> Reading | QuestionTable:
    """Read one file. For several, a `Reader` spares starting a process for each.

    Raises UnreadableError, or OSError when there is no such file. `columns` says which heading of a question
    table is what (question, other, answer, topic, basis) instead of guessing.
    """
    with Reader(limits) as reader:
        return reader.read(path, columns=columns)
