"""Tables with ruled borders: rules give the grid, and where a rule is missing cells are merged."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from retrieval.documents.reading.cleaning import rectangular
from retrieval.documents.reading.pdf.layout import Box, Glyph, Line, Rule
from retrieval.documents.reading.pdf.lines import lines_of

_SNAP = 2.5
_REACH = 3.5
_CELLS = 20_000
_RULES = 6_000


def without_tables(
    glyphs: list[Glyph], rules: list[Rule], *, bold: Callable[[int], bool]
) -> tuple[list[Glyph], list[Line]]:
    """Take the tables out of a page: the characters outside of them, and the tables as lines."""
    tables = []
    for grid in _grids(rules):
        box = grid.box
        inside = [glyph for glyph in glyphs if box.holds(glyph.box.middle)]
        table = _table(grid, inside, bold) if inside else None
        if table:
            tables.append(table)
            taken = {id(glyph) for glyph in inside}
            glyphs = [glyph for glyph in glyphs if id(glyph) not in taken]
    return glyphs, tables


@dataclass(frozen=True, slots=True)
class _Grid:
    xs: list[float]
    ys: list[float]
    across: list[Rule]
    down: list[Rule]

    @property
    def box(self) -> Box:
        return Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])


def _grids(rules: list[Rule]) -> list[_Grid]:
    """Rules that touch each other, as grids of at least two rows and two columns."""
    if len(rules) > _RULES:
        return []
    across = _merged([rule for rule in rules if rule.horizontal])
    down = _merged([rule for rule in rules if not rule.horizontal])
    groups = list(range(len(across) + len(down)))

    def root(at: int) -> int:
        while groups[at] != at:
            groups[at] = groups[groups[at]]
            at = groups[at]
        return at

    for i, one in enumerate(across):
        for j, other in enumerate(down):
            if _touch(one, other):
                groups[root(i)] = root(len(across) + j)
    members: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for at, rule in enumerate([*across, *down]):
        members.setdefault(root(at), ([], []))[0 if rule.horizontal else 1].append(rule)
    grids = []
    for horizontal, vertical in members.values():
        xs, ys = _positions(vertical), _positions(horizontal)
        if len(xs) >= 3 and len(ys) >= 2 and len(xs) * len(ys) <= _CELLS:
            grids.append(_Grid(xs, ys, horizontal, vertical))
    return sorted(grids, key=lambda grid: grid.ys[0])


def _touch(across: Rule, down: Rule) -> bool:
    return (
        across.start - _REACH <= down.at <= across.end + _REACH
        and down.start - _REACH <= across.at <= down.end + _REACH
    )


def _merged(rules: list[Rule]) -> list[Rule]:
    """Rules in one line as one: a border is often drawn cell by cell, or twice."""
    merged: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: (round(rule.at / _SNAP), rule.start)):
        last = merged[-1] if merged else None
        if last and abs(last.at - rule.at) <= _SNAP and rule.start <= last.end + _REACH:
            merged[-1] = Rule(rule.horizontal, last.at, last.start, max(last.end, rule.end))
        else:
            merged.append(rule)
    return merged


def _positions(rules: list[Rule]) -> list[float]:
    positions: list[float] = []
    for at in sorted(rule.at for rule in rules):
        if not positions or at - positions[-1] > _REACH:
            positions.append(at)
    return positions


def _table(grid: _Grid, glyphs: list[Glyph], bold: Callable[[int], bool]) -> Line | None:
    """The table in a grid; None when only one cell, or one column, of it holds text."""
    rows, columns = len(grid.ys) - 1, len(grid.xs) - 1
    regions = _regions(grid, rows, columns)
    held: dict[int, list[Glyph]] = {}
    for glyph in glyphs:
        x, y = glyph.box.middle
        row = min(max(bisect_right(grid.ys, y) - 1, 0), rows - 1)
        column = min(max(bisect_right(grid.xs, x) - 1, 0), columns - 1)
        held.setdefault(regions[row * columns + column], []).append(glyph)
    texts = {
        region: "\n".join(line.text for line in lines_of(inside, bold=bold, cut=False))
        for region, inside in held.items()
    }
    cells = [[texts.get(regions[row * columns + at], "") for at in range(columns)] for row in range(rows)]
    table = rectangular(cells)
    if len(texts) < 2 or not table or len(table[0]) < 2:
        return None
    size = sum(glyph.size for glyph in glyphs) / len(glyphs)
    return Line("", grid.box, size, rows=table, edges=tuple(grid.xs))


def _regions(grid: _Grid, rows: int, columns: int) -> list[int]:
    """For each cell the region it belongs to: cells without a rule between them are one."""
    regions = list(range(rows * columns))

    def root(at: int) -> int:
        while regions[at] != at:
            regions[at] = regions[regions[at]]
            at = regions[at]
        return at

    for row in range(rows):
        y = (grid.ys[row] + grid.ys[row + 1]) / 2
        for column in range(columns):
            x = (grid.xs[column] + grid.xs[column + 1]) / 2
            here = row * columns + column
            if column + 1 < columns and not _ruled(grid.down, grid.xs[column + 1], y):
                regions[root(here + 1)] = root(here)
            if row + 1 < rows and not _ruled(grid.across, grid.ys[row + 1], x):
                regions[root(here + columns)] = root(here)
    return [root(at) for at in range(rows * columns)]


def _ruled(rules: list[Rule], at: float, crossing: float) -> bool:
    return any(abs(rule.at - at) <= _REACH and rule.start <= crossing <= rule.end for rule in rules)
