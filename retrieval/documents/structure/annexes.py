"""Annexes: where one begins, and what is only the list of them."""

import re
from dataclasses import dataclass, field

from retrieval.documents.model import Place
from retrieval.documents.structure.dates import date_alone
from retrieval.documents.structure.labels import Annex, annex, point, short, table_title
from retrieval.documents.structure.lines import Line
from retrieval.documents.structure.titles import is_body

_ENDS_SENTENCE = re.compile("[。；：”）)]$")


@dataclass(slots=True)
class Appendix:
    """An annex with its lines."""

    annex: Annex
    place: Place
    lines: list[Line] = field(default_factory=list)
    quotations: frozenset[int] = frozenset()


def appendix_at(lines: list[Line], index: int) -> Annex | None:
    """What begins on this line behind the last article: an annex, or a table by its title."""
    return annex_at(lines, index) or _title_of_table(lines, index)


def annex_at(lines: list[Line], index: int) -> Annex | None:
    """The annex that begins on this line; the list of annexes below a notice is none."""
    found = annex(lines[index])
    if found is None:
        return None
    following = [line for line in lines[index + 1 : index + 12] if not _listed(line)]
    lists = found.title or (index + 1 < len(lines) and _listed(lines[index + 1]))
    if lists and (not following or date_alone(following[0].folded) or is_body(following[0])):
        return None
    if index + 1 >= len(lines) or (not found.title and not following):
        return None
    if found.title and any(_same_annex(found, line) for line in lines[index + 1 :]):
        return None
    return found


def _listed(line: Line) -> bool:
    """Whether the line goes on with a list of annexes: 2.某某申请表."""
    return line.is_text and point(line) is not None and short(line.text)


def _same_annex(found: Annex, line: Line) -> bool:
    later = annex(line)
    return later is not None and (later.label.startswith(found.label[:2]) and later.label != found.label[:1])


def _title_of_table(lines: list[Line], index: int) -> Annex | None:
    """A table's title that follows a finished sentence or a note, and has something below it."""
    if index + 1 >= len(lines) or not _ENDS_SENTENCE.search(lines[index - 1].text):
        return None
    return table_title(lines[index])
