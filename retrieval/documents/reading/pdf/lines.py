"""Puts characters into lines: what stands on one height, cut where a gap is too wide for one sentence."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import itemgetter
from statistics import median

from retrieval.documents.reading.pdf.layout import Box, Glyph, Line

_SAME_HEIGHT = 0.45  # of the larger size: superscripts still belong to their line
_CUT = 0.9  # a gap of so many characters ends a piece
_APART = 2.2  # pieces so far apart are no sentence
_WORD = 0.18
_WIDE_SPACE = 0.75


@dataclass(slots=True)
class _Row:
    glyphs: list[Glyph]
    middle: float
    size: float


def lines_of(glyphs: Iterable[Glyph], *, bold: Callable[[int], bool], cut: bool = True) -> list[Line]:
    """The lines of a page from top to bottom; pieces beside each other are lines of their own if `cut`."""
    rows: list[_Row] = []
    placed = [((glyph.box.top + glyph.box.bottom) / 2, glyph.box.x0, glyph) for glyph in glyphs]
    for middle, _, glyph in sorted(placed, key=itemgetter(0, 1)):
        row = _row(rows, middle, glyph.size)
        if row:
            row.glyphs.append(glyph)
            row.size = max(row.size, glyph.size)
        else:
            rows.append(_Row([glyph], middle, glyph.size))
    lines: list[Line] = []
    for row in rows:
        lines += [_line(piece, bold) for piece in _pieces(row.glyphs, cut=cut)]
    return lines


def _row(rows: list[_Row], middle: float, size: float) -> _Row | None:
    # Sorted by height: only the last few can fit.
    near = [row for row in rows[-3:] if abs(row.middle - middle) < _SAME_HEIGHT * max(row.size, size)]
    return min(near, key=lambda row: abs(row.middle - middle), default=None)


def _pieces(glyphs: list[Glyph], *, cut: bool) -> Iterable[list[Glyph]]:
    piece: list[Glyph] = []
    for glyph in sorted(glyphs, key=lambda glyph: glyph.box.x0):
        if piece and cut and glyph.box.x0 - piece[-1].box.x1 > _CUT * max(glyph.size, piece[-1].size):
            yield piece
            piece = []
        piece.append(glyph)
    yield piece


def mended(pieces: Iterable[Line]) -> list[Line]:
    """Pieces beside each other, from left to right, as they are read when no columns part them."""
    lines: list[Line] = []
    for piece in pieces:
        last = lines[-1] if lines else None
        if last and not last.rows and not piece.rows and _near(last, piece):
            a, b = last.box, piece.box
            box = Box(a.x0, min(a.top, b.top), b.x1, max(a.bottom, b.bottom))
            text, bold = f"{last.text} {piece.text}", last.bold and piece.bold
            sure = None if last.confidence is None else min(last.confidence, piece.confidence or 0.0)
            lines[-1] = replace(last, text=text, box=box, bold=bold, confidence=sure)
        else:
            lines.append(piece)
    return lines


def _near(last: Line, piece: Line) -> bool:
    beside = last.box.top < piece.box.middle[1] < last.box.bottom
    return beside and 0 <= piece.box.x0 - last.box.x1 < _APART * max(last.size, piece.size)


def _line(glyphs: list[Glyph], bold: Callable[[int], bool]) -> Line:
    words = glyphs[0].text
    for before, glyph in pairwise(glyphs):
        words += _between(before, glyph) + glyph.text
    box = Box(
        min(glyph.box.x0 for glyph in glyphs),
        min(glyph.box.top for glyph in glyphs),
        max(glyph.box.x1 for glyph in glyphs),
        max(glyph.box.bottom for glyph in glyphs),
    )
    probes = {0, len(glyphs) // 2, len(glyphs) - 1}
    return Line(
        words,
        box,
        round(median(glyph.size for glyph in glyphs), 1),
        bold=2 * sum(bold(glyphs[probe].index) for probe in probes) > len(probes),
    )


def _between(before: Glyph, after: Glyph) -> str:
    """A space where one was printed: words part early, Chinese characters are set apart to fill a line."""
    gap = after.box.x0 - before.box.x1
    size = max(before.size, after.size)
    if before.text[-1].isascii() and after.text[0].isascii():
        return " " if after.spaced or gap > _WORD * size else ""
    return " " if gap > _WIDE_SPACE * size or (after.spaced and gap > _WORD * size) else ""
