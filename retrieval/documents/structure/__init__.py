"""Blocks into instruments: laws by article, decisions by point, policies by heading."""

from language.laws import LawNames
from retrieval.documents.model import Instrument, Reading
from retrieval.documents.structure.assembling import assemble
from retrieval.documents.structure.lines import lines_of
from retrieval.documents.structure.splitting import parts_of, without_contents
from retrieval.tokens import law_names

__all__ = ["instruments"]


def instruments(reading: Reading, *, laws: LawNames | None = None) -> tuple[Instrument, ...]:
    """The instruments that a file holds, in order; none when it holds no text.

    `laws` are the names by which references are recognised, the known ones when left out. A table of
    contents is left out. The first of several instruments is often a notice that transmits the next one,
    which then shares its issuer, number and date.
    """
    parts = parts_of(without_contents(lines_of(reading.blocks)))
    found: list[Instrument] = []
    for part in parts:
        notice = found[0] if found and _transmits(found[0]) else None
        instrument = assemble(
            part,
            file_name=reading.title if len(parts) == 1 else None,
            laws=laws or law_names(),
            notice=notice,
        )
        if instrument is not None:
            found.append(instrument)
    return tuple(found)


def _transmits(instrument: Instrument) -> bool:
    """Whether it is a notice or decision, which other texts in the same file are attached to."""
    return instrument.name.endswith(("通知", "决定", "公告", "令", "批复"))
