"""The words of one paragraph as they are printed: insertions in, deletions and hidden text out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from retrieval.documents.reading.word.names import (
    MATH_TEXT,
    Element,
    child,
    content,
    number,
    on,
    w,
)

_CONTENTS_LINE = re.compile(r"^\s*PAGEREF\b", re.IGNORECASE)
_REVISIONS = tuple(map(w, ("ins", "del", "moveFrom", "moveTo")))
_GONE = frozenset(map(w, ("del", "moveFrom", "rubyPr", "rt", "instrText", "delText", "delInstrText")))
_BOXES = w("txbxContent")
_SYMBOLS = {0xA8: "□", 0x6F: "□", 0x71: "□", 0xFE: "☑", 0x52: "☑", 0xFC: "√", 0xFB: "×", 0x6C: "•", 0xD8: "•"}


@dataclass(slots=True)
class Words:
    """What one paragraph says, and what was seen on the way."""

    text: str = ""
    boxes: list[Element] = field(default_factory=list)
    """Text boxes anchored in it."""
    notes: list[tuple[str, str]] = field(default_factory=list)
    """(footnote or endnote, id) it refers to."""
    pages: int = 0
    """How many pages end in it, as far as the program that saved the file noted it."""
    pictures: int = 0
    objects: int = 0
    revised: bool = False
    mark_deleted: bool = False
    """Whether the end of the paragraph is deleted: it goes on in the next one."""
    contents: bool = False
    """Whether it is a line of a table of contents."""
    bold: bool = False
    size: float | None = None


def words_of(paragraph: Element, *, bold: bool = False, hidden: bool = False) -> Words:
    """Read a paragraph; `bold` and `hidden` are what its style says of runs that say nothing."""
    words = Words()
    words.revised = next(paragraph.iter(*_REVISIONS), None) is not None
    words.mark_deleted = child(paragraph, "pPr", "rPr", "del") is not None
    words.contents = any(_CONTENTS_LINE.match(code.text or "") for code in paragraph.iter(w("instrText")))
    walk = _Walk(words, bold=bold, hidden=hidden)
    walk.children(paragraph)
    words.text = "".join(walk.pieces)
    words.bold = bool(words.text.strip()) and walk.all_bold
    words.size = walk.size
    return words


class _Walk:
    def __init__(self, words: Words, *, bold: bool, hidden: bool) -> None:
        self.pieces: list[str] = []
        self.all_bold = True
        self.size: float | None = None
        self._words = words
        self._bold = bold
        self._hidden = hidden
        # One entry for each field that is open: whether its result has begun. A field left open by mistake
        # ends with the paragraph.
        self._fields: list[bool] = []

    def children(self, element: Element) -> None:
        for part in content(element):
            if part.tag == w("r"):
                self._run(part)
            elif local_name(part) in ("oMath", "oMathPara"):
                self.pieces += [text.text or "" for text in part.iter(MATH_TEXT)]

    def _run(self, run: Element) -> None:
        properties = child(run, "rPr")
        said = child(properties, "vanish") is not None
        shown = not (on(properties, "vanish") if said else self._hidden)
        before = len(self.pieces)
        for part in content(run):
            self._part(part, shown=shown and all(self._fields))
        if any(piece.strip() for piece in self.pieces[before:]):
            bold = on(properties, "b") if child(properties, "b") is not None else self._bold
            self.all_bold = self.all_bold and bold
            size = number(properties, "sz")
            self.size = max(self.size or 0, size / 2) if size else self.size

    def _part(self, part: Element, *, shown: bool) -> None:
        name = local_name(part)
        if part.tag in _GONE:
            return
        match name:
            case "fldChar":
                self._field(part.get(w("fldCharType")))
            case "lastRenderedPageBreak":
                self._words.pages += 1
            case "drawing" | "pict" | "object":
                self._drawing(part)
            case "footnoteReference" | "endnoteReference":
                self._words.notes.append((name.removesuffix("Reference"), part.get(w("id"), "")))
            case "ruby":
                base = child(part, "rubyBase")
                if base is not None:
                    self.children(base)
            case _ if shown:
                self.pieces.append(_spoken(name, part))
            case _:
                pass

    def _field(self, kind: str | None) -> None:
        if kind == "begin":
            self._fields.append(False)
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _drawing(self, drawing: Element) -> None:
        boxes = list(_outermost_boxes(drawing))
        self._words.boxes += boxes
        pictures = sum(local_name(part) in ("blip", "imagedata") for part in drawing.iter() if _is(part))
        self._words.pictures += pictures
        embedded = any(local_name(part) == "OLEObject" for part in drawing.iter() if _is(part))
        self._words.objects += embedded


def local_name(element: Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _is(element: Element) -> bool:
    return isinstance(element.tag, str)  # comments and instructions have a function there


def _outermost_boxes(element: Element) -> Iterator[Element]:
    for part in content(element):
        if part.tag == _BOXES:
            yield part
        else:
            yield from _outermost_boxes(part)


def _spoken(name: str, part: Element) -> str:
    match name:
        case "t":
            return part.text or ""
        case "tab" | "ptab":
            return "\t"
        case "cr":
            return "\n"
        case "br":
            return "\n" if part.get(w("type")) in (None, "textWrapping") else ""
        case "noBreakHyphen":
            return "-"
        case "sym":
            return _symbol(part.get(w("char"), ""))
        case _:
            return ""


def _symbol(code: str) -> str:
    """A character of a symbol font, which is kept in a private range: the few that mean something in text."""
    try:
        point = int(code, 16)
    except ValueError:
        return ""
    if 0xF000 <= point <= 0xF0FF:
        return _SYMBOLS.get(point - 0xF000, "•")
    return chr(point) if 0x20 <= point <= 0x10FFFF and not 0xD800 <= point <= 0xDFFF else ""
