"""A table's cells, those that were merged repeated so that each row can be read by itself."""

from collections.abc import Callable

from retrieval.documents.reading.word.names import Element, child, content, number, value, w

_WIDEST = 500


def cells_of(table: Element, text_of: Callable[[Element], str]) -> list[list[str]]:
    """The rows of a table; `text_of` reads a cell, once for each, in reading order."""
    rows: list[list[str]] = []
    above: dict[int, str] = {}
    for row in content(table):
        if row.tag != w("tr") or child(row, "trPr", "del") is not None:
            continue
        cells = [""] * min(number(row, "trPr", "gridBefore") or 0, _WIDEST)
        merged: dict[int, str] = {}
        for cell in content(row):
            if cell.tag != w("tc"):
                continue
            properties = child(cell, "tcPr")
            at, span = len(cells), min(max(number(properties, "gridSpan") or 1, 1), _WIDEST)
            vertical = child(properties, "vMerge")
            if vertical is not None and vertical.get(w("val")) != "restart":
                text = above.get(at, "")
            elif value(properties, "hMerge") == "continue" and cells:
                text = cells[-1]
            else:
                text = text_of(cell)
            if vertical is not None:
                merged[at] = text
            cells += [text] * span
        above = merged
        rows.append(cells)
    return rows


def is_frame(table: Element) -> bool:
    """Whether a table is only a box drawn around text: one row of one cell."""
    rows = [row for row in content(table) if row.tag == w("tr")]
    return len(rows) == 1 and sum(cell.tag == w("tc") for cell in content(rows[0])) == 1
