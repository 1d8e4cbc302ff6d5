"""Readings made in the tests from a few lines, and the statutes beside the repository."""

from pathlib import Path

from retrieval.documents.model import Block, BlockKind, Instrument, Place, Reading
from retrieval.documents.structure import instruments

LAWS = Path(__file__).resolve().parents[5] / "shared" / "laws"
"""Statutes for development, which are no part of the repository."""


def blocks(text: str) -> tuple[Block, ...]:
    """One block a line: `#` a heading, lines of `|` together a table, everything else a paragraph."""
    found: list[Block] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        place = Place(line=number)
        if line.startswith("#"):
            level = len(line) - len(line.lstrip("#"))
            found.append(Block(BlockKind.HEADING, line.lstrip("# "), place, level))
        elif line.startswith("|") and found and found[-1].kind is BlockKind.TABLE:
            found[-1] = Block(BlockKind.TABLE, f"{found[-1].text}\n{line}", found[-1].place)
        else:
            found.append(Block(BlockKind.TABLE if line.startswith("|") else BlockKind.PARAGRAPH, line, place))
    return tuple(found)


def understood(text: str, *, file_name: str | None = None) -> tuple[Instrument, ...]:
    return instruments(Reading("txt", blocks(text), file_name))


def only(text: str, *, file_name: str | None = None) -> Instrument:
    (instrument,) = understood(text, file_name=file_name)
    return instrument


def codes(instrument: Instrument) -> list[str]:
    return [doubt.code for doubt in instrument.doubts]
