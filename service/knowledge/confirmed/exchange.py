"""Confirmed questions as a file: one JSON object a line, `{"question", "source_id"}`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from retrieval.confirmed import Confirmed
from retrieval.training.pairfile import Fault, PairsError, read_pair_file


def write_questions(confirmed: Iterable[Confirmed]) -> str:
    """Return `confirmed` as lines; `read_questions` and `train encoder --pairs` read them."""
    return "".join(
        json.dumps({"question": one.text, "source_id": one.source_id}, ensure_ascii=False) + "\n"
        for one in confirmed
    )


def read_questions(file: Path) -> list[Confirmed]:
    """Return the questions in `file`.

    Raises OSError, and PairsError naming file and line of the first wrong one.
    """
    pairs = read_pair_file(file)
    for pair in pairs:
        if pair.source_id is None:
            raise PairsError(file, pair.line, Fault.NO_SOURCE)
    return [Confirmed(pair.question, pair.source_id) for pair in pairs if pair.source_id is not None]
