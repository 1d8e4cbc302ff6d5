"""Joins lines into paragraphs, across columns and pages, by how they are set: indents, ends, gaps, sizes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from retrieval.documents.reading.cleaning import joined
from retrieval.documents.reading.pdf.layout import Line, Run

_ENDS = tuple("。！？；：!?;:")
_MARKER = re.compile(
    r"第[〇零一二三四五六七八九十百千\d]+(?:条|章|节|编|分编|部分)|[一二三四五六七八九十]+[、.．]"
    r"|[（(](?:[一二三四五六七八九十]+|\d+)[）)]|\d+(?:\.\d+)*[.、．)）]|[①-⑳•●■◆□○▪➢—]|附[件表录]|[A-Za-z][.)）、]"
)
_SAME_SIZE = 0.12
_INDENT = 0.7  # of a character: less is how a line happened to fall
_SHORT = 1.8  # characters missing at the end of a line that was not filled
_RAGGED = 0.15  # of the width, for words, which do not fill their lines
_WIDER_GAP = 0.6


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together, or one table."""

    lines: list[Line] = field(default_factory=list)
    note: bool = False
    centred: bool = False
    cells: tuple[bool, ...] = ()
    """For each line whether it stands on the same height as the one before."""

    @property
    def text(self) -> str:
        parts: list[str] = []
        for line, beside in zip(self.lines, self.cells, strict=True):
            if beside and parts:
                parts[-1] += " " + line.text
            else:
                parts.append(line.text)
        return joined(parts)

    @property
    def size(self) -> float:
        return median(line.size for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Edges:
    left: float
    right: float
    gap: float

    def short(self, line: Line) -> bool:
        """Whether a line ends before the margin although a next word would have fitted."""
        missing = self.right - line.box.x1
        if line.text[-1:].isascii():
            return missing > _RAGGED * (self.right - self.left)
        return missing > _SHORT * line.size

    def centred(self, line: Line) -> bool:
        before, after = line.box.x0 - self.left, self.right - line.box.x1
        return before > 2.5 * line.size and abs(before - after) < 1.5 * line.size

    def indented(self, line: Line) -> bool:
        return line.box.x0 - self.left > _INDENT * line.size


def paragraphs_of(runs: Iterable[Run], body: float) -> list[Paragraph]:
    """The paragraphs of a document whose text is mostly of size `body`."""
    runs = list(runs)
    whole = {column: _edges([line for run in runs if run.column == column for line in run.lines])
             for column in {run.column for run in runs}}  # fmt: skip
    building = _Building(body)
    for run in runs:
        own = [line for line in run.lines if not line.rows]
        edges = whole[run.column]
        if len(own) >= 8:
            found = _edges(own)
            edges = _Edges(found.left, found.right, edges.gap)
        building.run(run, edges)
    return building.done()


def _edges(lines: list[Line]) -> _Edges:
    text = [line for line in lines if not line.rows]
    if not text:
        return _Edges(0, 0, 0)
    starts = sorted(line.box.x0 for line in text)
    ends = sorted(line.box.x1 for line in text)
    gaps = [
        below.box.top - above.box.bottom
        for above, below in pairwise(text)
        if above.page == below.page and 0 < below.box.middle[1] - above.box.middle[1] < 4 * above.size
    ]
    return _Edges(
        starts[len(starts) // 20], ends[-1 - len(ends) // 50], sorted(gaps)[len(gaps) // 3] if gaps else 0.0
    )


class _Building:
    """The paragraph being built, those done, and footnotes that wait for it to end."""

    def __init__(self, body: float) -> None:
        self._body = body
        self._done: list[Paragraph] = []
        self._open: Paragraph | None = None
        self._beside: list[bool] = []
        self._edges = _Edges(0, 0, 0)  # of the column the open paragraph's last line stands in
        self._notes: list[Paragraph] = []

    def run(self, run: Run, edges: _Edges) -> None:
        before: Line | None = None
        note: Paragraph | None = None
        lowest = max((line.box.bottom for line in run.lines), default=0.0)
        for line in run.lines:
            if line.rows:
                self._table(line)
            elif self._is_note(line, note, lowest):
                note = self._note(line, note)
            else:
                self._line(line, before, edges)
            before = line

    def done(self) -> list[Paragraph]:
        self._close()
        return self._done

    def _line(self, line: Line, before: Line | None, edges: _Edges) -> None:
        paragraph = self._open
        beside = before is not None and _beside(before, line)
        if paragraph is None or not (beside or self._goes_on(paragraph, line, before, edges)):
            self._close()
            paragraph = self._open = Paragraph(centred=edges.centred(line))
        paragraph.lines.append(line)
        self._beside.append(beside)
        self._edges = edges

    def _goes_on(self, paragraph: Paragraph, line: Line, before: Line | None, edges: _Edges) -> bool:
        last = paragraph.lines[-1]
        if abs(last.size - line.size) > _SAME_SIZE * self._body or any(self._beside):
            return False
        same_page = before is last
        if same_page and line.box.top - last.box.bottom > edges.gap + _WIDER_GAP * line.size:
            return False
        centred = edges.centred(line)
        if paragraph.centred or centred:
            # Only a title goes on in a centred line; its first one may fill the page.
            title = line.size > self._body * (1 + _SAME_SIZE) and not _MARKER.match(line.text)
            return title and centred and same_page and (paragraph.centred or not edges.short(last))
        if self._edges.short(last):
            return False
        ended = last.text.endswith(_ENDS)
        if _MARKER.match(line.text) and ended:
            return False
        first = paragraph.lines[0]
        if not same_page and self._edges != edges:
            return not edges.indented(line) and (not ended or self._edges.indented(first))
        if not edges.indented(line) or line.box.x0 < first.box.x0 - 0.5 * line.size:
            return same_page or not ended or edges.indented(first)
        second = paragraph.lines[1] if len(paragraph.lines) > 1 else None
        if second is not None and abs(second.box.x0 - line.box.x0) < 0.5 * line.size:
            return True
        if _MARKER.match(first.text) and line.box.x0 > first.box.x0 + 0.5 * line.size:
            return True
        return abs(first.box.x0 - line.box.x0) < 0.5 * line.size and not ended and second is None

    def _is_note(self, line: Line, note: Paragraph | None, lowest: float) -> bool:
        """A footnote: small print at the foot of the page that begins with a mark, and its further lines."""
        small = line.size < self._body * (1 - _SAME_SIZE / 1.5)
        if note is not None:
            return small
        marked = re.match(r"[①-⑳*＊※\[【]|注[：:\d]|\d{1,2}\D", line.text) is not None
        return small and marked and line.box.top > 0.6 * lowest

    def _note(self, line: Line, note: Paragraph | None) -> Paragraph:
        if note is None or re.match(r"[①-⑳*＊※\[【]|注[：:\d]|\d{1,2}\D", line.text):
            note = Paragraph(note=True)
            self._notes.append(note)
        note.lines.append(line)
        note.cells = (*note.cells, False)
        return note

    def _table(self, line: Line) -> None:
        self._close()
        last = self._done[-1] if self._done else None
        if last and last.lines[0].rows and _continues(last.lines[-1], line):
            head = last.lines[0].rows[0]
            rows = line.rows[1:] if line.rows[0] == head else line.rows
            if rows:
                last.lines.append(Line("", line.box, line.size, line.page, line.number, rows=rows,
                                       edges=line.edges))  # fmt: skip
                last.cells = (*last.cells, False)
            return
        self._done.append(Paragraph([line], cells=(False,)))

    def _close(self) -> None:
        if self._open:
            self._open.cells = tuple(self._beside)
            self._done.append(self._open)
        self._open, self._beside = None, []
        self._done += self._notes
        self._notes = []


def _beside(before: Line, line: Line) -> bool:
    return (
        not before.rows
        and before.page == line.page
        and before.box.top < line.box.middle[1] < before.box.bottom
        and line.box.x0 > before.box.x1
    )


def _continues(above: Line, below: Line) -> bool:
    """Whether a table is the rest of the one on the page before: the same columns."""
    return (
        below.page == above.page + 1
        and len(above.edges) == len(below.edges)
        and len(above.rows[0]) == len(below.rows[0])
        and all(abs(a - b) < 3 for a, b in zip(above.edges, below.edges, strict=True))
    )
