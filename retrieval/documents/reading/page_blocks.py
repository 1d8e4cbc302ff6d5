"""The elements of a web page as blocks: headings, paragraphs, lists and tables."""

from lxml import html

from retrieval.documents.model import BlockKind, Place
from retrieval.documents.reading.cleaning import clean, joined
from retrieval.documents.reading.drafts import Draft

_BLOCKS = frozenset(
    {
        "address", "article", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "html", "hr", "li", "main", "ol", "p",
        "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    }
)  # fmt: skip
_WIDEST = 200
_DEEPEST = 120


def local(element: html.HtmlElement) -> str:
    """An element's name; a comment or instruction has none."""
    return element.tag if isinstance(element.tag, str) else ""


class PageBlocks:
    """Walks through elements. Text between block elements is a paragraph; `br` ends one."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._words: list[str] = []
        self._line: int | None = None
        self._markers: list[str] = []
        self._marker = ""
        self._heading = 0

    def add(self, element: html.HtmlElement) -> None:
        """Add the blocks of an element."""
        self._walk(element, 0)
        self._end()

    def _walk(self, element: html.HtmlElement, depth: int) -> None:
        name = local(element)
        if not name or depth > _DEEPEST:
            return
        block = name in _BLOCKS
        if block:
            self._end()
        if self._line is None:
            self._line = element.sourceline
        if name == "table" and not is_layout(element):
            self._draft.add_table(table_rows(element), Place(line=element.sourceline))
            self._line = None
            return
        if name in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self._heading = int(name[1])
        if name in ("ol", "ul"):
            self._list(element, depth)
            return
        if name == "br":
            self._words.append("\n")
        self._children(element, depth)
        if block:
            self._end()
        if name in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self._heading = 0

    def _children(self, element: html.HtmlElement, depth: int) -> None:
        self._say(element.text)
        for child in element:
            self._walk(child, depth + 1)
            self._say(child.tail)

    def _list(self, element: html.HtmlElement, depth: int) -> None:
        self._markers.append("")
        number = _number(element.get("start"), 1)
        for child in element:
            if local(child) == "li":
                number = _number(child.get("value"), number)
                self._end()
                self._marker = f"{number}. " if local(element) == "ol" else "• "
                number += 1
            self._walk(child, depth + 1)
            self._end()
            self._marker = ""
            self._say(child.tail)
        self._end()
        self._markers.pop()

    def _say(self, text: str | None) -> None:
        # Line breaks of the source mean nothing; between Chinese characters not even a space.
        if text:
            self._words.append(_flowing(text))

    def _end(self) -> None:
        place = Place(line=self._line)
        for line in clean("".join(self._words)).split("\n"):
            if self._heading:
                self._draft.add(BlockKind.HEADING, line, place, level=self._heading)
            elif self._marker and line:
                self._draft.add(BlockKind.ITEM, self._marker + line, place, level=len(self._markers))
                self._marker = ""
            else:
                self._draft.add(BlockKind.PARAGRAPH, line, place)
        self._words, self._line = [], None


def _flowing(text: str) -> str:
    """Source text in one line; spaces at its ends part it from what stands beside."""
    if "\n" not in text and "\r" not in text:
        return text
    before = " " if text[0].isspace() else ""
    after = " " if text[-1].isspace() else ""
    return before + joined(text.split("\n")) + after


def table_rows(table: html.HtmlElement) -> list[list[str]]:
    """A table's cells, those that reach over several rows or columns repeated."""
    rows: list[list[str]] = []
    below: dict[int, tuple[int, str]] = {}
    for row in _own_rows(table):
        cells: list[str] = []
        for cell in row:
            if local(cell) not in ("td", "th"):
                continue
            _from_above(cells, below)
            text = "\n".join(_lines(cell))
            across = min(max(_number(cell.get("colspan"), 1), 1), _WIDEST)
            down = max(_number(cell.get("rowspan"), 1), 1)
            for _ in range(across):
                if down > 1:
                    below[len(cells)] = (down - 1, text)
                cells.append(text)
        _from_above(cells, below)
        rows.append(cells)
    return rows


def _from_above(cells: list[str], below: dict[int, tuple[int, str]]) -> None:
    while len(cells) in below:
        left, text = below.pop(len(cells))
        if left > 1:
            below[len(cells)] = (left - 1, text)
        cells.append(text)


def _own_rows(table: html.HtmlElement) -> list[html.HtmlElement]:
    rows = []
    for part in table:
        if local(part) == "tr":
            rows.append(part)
        elif local(part) in ("thead", "tbody", "tfoot"):
            rows += [row for row in part if local(row) == "tr"]
    return rows


def _lines(cell: html.HtmlElement) -> list[str]:
    draft = Draft(1_000_000)
    PageBlocks(draft).add(cell)
    lines: list[str] = []
    for block in draft.blocks:
        lines += [" ".join(filter(None, row)) for row in block.rows] or block.text.split("\n")
    return lines


def is_layout(table: html.HtmlElement) -> bool:
    """Old pages are laid out by tables: one column, or cells that hold tables or running text."""
    rows = _own_rows(table)
    if not any(len([cell for cell in row if local(cell) in ("td", "th")]) > 1 for row in rows):
        return True
    return any(True for _ in table.iterdescendants("table")) and len(rows) <= 3


def _number(text: str | None, otherwise: int) -> int:
    try:
        return int(text or "")
    except ValueError:
        return otherwise
