"""The order in which a page is read: from top to bottom, and where it has two columns, the left one first."""

from retrieval.documents.reading.pdf.layout import Line, Page, Run
from retrieval.documents.reading.pdf.lines import mended

_LEAST_LINES = 3  # on each side, for columns to be columns
_LEAST_CHARACTERS = 8  # a line has on average, for a column to be text and not a form's labels
_RAGGED = 2.5  # characters missing at the end of most of its lines, for a column to be text and not a list
_GUTTER = 6.0
_STEP = 2.0


def runs_of(page: Page) -> list[Run]:
    """The page's lines in reading order."""
    lines = sorted(page.lines, key=lambda line: (round(line.box.top, 1), line.box.x0))
    gutter = _gutter(lines)
    if gutter is None:
        return [Run(_in_rows(lines))] if lines else []
    runs: list[Run] = []
    band: list[Line] = []
    full: list[Line] = []
    for line in lines:
        if _crosses(line, gutter):
            runs += _band(band, gutter, full)
            band = []
            full.append(line)
        else:
            band.append(line)
    runs += _band(band, gutter, full)
    return [*runs, *([Run(_in_rows(full))] if full else [])]


def _band(band: list[Line], gutter: float, full: list[Line]) -> list[Run]:
    """What stands between two lines across the page: two columns, or just short lines of the text around."""
    left = [line for line in band if line.box.x1 <= gutter]
    right = [line for line in band if line.box.x0 >= gutter]
    if not (_is_column(left) and _is_column(right)):
        full += band
        return []
    before = [Run(_in_rows(full))] if full else []
    full.clear()
    return [*before, Run(_in_rows(left), 1), Run(_in_rows(right), 2)]


def _is_column(lines: list[Line]) -> bool:
    if len(lines) < _LEAST_LINES or any(line.rows for line in lines):
        return False
    characters = sum(len(line.text) for line in lines)
    edge = max(line.box.x1 for line in lines)
    filled = sum(edge - line.box.x1 < _RAGGED * line.size for line in lines)
    return characters >= _LEAST_CHARACTERS * len(lines) and filled * 5 >= 3 * len(lines)


def _crosses(line: Line, x: float) -> bool:
    return line.box.x0 < x < line.box.x1


def _gutter(lines: list[Line]) -> float | None:
    """The middle of the widest gap that has two columns on its sides; None on an ordinary page."""
    text = [line for line in lines if not line.rows]
    if len(text) < 2 * _LEAST_LINES:
        return None
    left, right = min(line.box.x0 for line in text), max(line.box.x1 for line in text)
    if sum(line.box.x1 - line.box.x0 < 0.7 * (right - left) for line in text) < 2 * _LEAST_LINES:
        return None
    scores: list[tuple[int, float]] = []
    x = left + 0.25 * (right - left)
    while x < left + 0.75 * (right - left):
        scores.append((_score(lines, x), x))
        x += _STEP
    best = max((score for score, _ in scores), default=0)
    at = [x for score, x in scores if score == best]
    # Only a contiguous gap counts: the first of equals and what follows it directly.
    gap = [at[0]] if best else []
    for x in at[1:]:
        if gap and x - gap[-1] <= _STEP * 1.5:
            gap.append(x)
    return (gap[0] + gap[-1]) / 2 if gap and gap[-1] - gap[0] + _STEP >= _GUTTER else None


def _score(lines: list[Line], x: float) -> int:
    """How much text stands side by side around `x`: the lesser side of each band, in characters."""
    score = 0
    band: list[Line] = []
    for line in [*lines, None]:
        if line is not None and not _crosses(line, x):
            band.append(line)
            continue
        left = [other for other in band if other.box.x1 <= x]
        right = [other for other in band if other.box.x0 >= x]
        if _is_column(left) and _is_column(right):
            score += min(sum(len(line.text) for line in side) for side in (left, right))
        band = []
    return score


def _in_rows(lines: list[Line]) -> list[Line]:
    """Lines of one height from left to right, whatever small differences their tops have."""
    ordered: list[Line] = []
    row: list[Line] = []
    for line in sorted(lines, key=lambda line: line.box.top):
        if row and (line.rows or row[0].rows or line.box.middle[1] > row[0].box.bottom):
            ordered += mended(sorted(row, key=lambda line: line.box.x0))
            row = []
        row.append(line)
    return ordered + mended(sorted(row, key=lambda line: line.box.x0))
