"""Takes characters, rules and pictures from a page with PDFium, and turns them upright."""

import ctypes
import math
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from retrieval.documents.reading.pdf.layout import Box, Glyph, Rule

_OBJECTS = 50_000  # on one page; drawings beyond that are no tables
_SEGMENTS = 64  # of one path; more is a drawing
_THIN = 3.0
_PICTURE_SHARE = 0.5
_BOLD = ("bold", "black", "heavy", "hei")
_PI = math.pi


@dataclass(slots=True)
class Found:
    """The content of one page."""

    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    unmapped: int = 0
    pictured: bool = False
    layered: bool = False
    """Whether its text lies unseen over a picture, as programs that recognise print leave it."""
    turned: int = 0
    """Characters at a right angle to the rest, which were left out."""
    paths: int = 0
    bold: Callable[[int], bool] = lambda _index: False


def found_on(page: pdfium.PdfPage, text: pdfium.PdfTextPage) -> Found:
    """Read one page. Text at an angle to the rest (watermarks, stamps) is left out."""
    raw_glyphs, unmapped = _characters(text)
    turns = Counter(turn for *_, turn in raw_glyphs if turn is not None)
    turn = turns.most_common(1)[0][0] if turns else 0
    upright = _Upright(page, turn)
    glyphs = [
        Glyph(character, upright.box(box), size, index, spaced)
        for character, box, size, index, spaced, own in raw_glyphs
        if own == turn
    ]
    found = Found(upright.width, upright.height, _once(glyphs), unmapped=unmapped)
    found.turned = sum(own is not None and own != turn for *_, own in raw_glyphs)
    found.bold = lambda index: _is_bold(text, index)
    _objects(page, upright, found)
    return found


class _Upright:
    """Turns the page's coordinates so that most of its text runs from left to right, and flips them."""

    def __init__(self, page: pdfium.PdfPage, turn: int) -> None:
        left, bottom, right, top = page.get_mediabox()
        self._cos, self._sin = ((1, 0), (0, -1), (-1, 0), (0, 1))[turn]  # PDFium counts clockwise
        corners = [self._turned(x, y) for x in (left, right) for y in (bottom, top)]
        self._left, self._top = min(x for x, _ in corners), max(y for _, y in corners)
        self.width = max(x for x, _ in corners) - self._left
        self.height = self._top - min(y for _, y in corners)

    def point(self, x: float, y: float) -> tuple[float, float]:
        x, y = self._turned(x, y)
        return x - self._left, self._top - y

    def box(self, box: tuple[float, float, float, float]) -> Box:
        left, bottom, right, top = box
        if self._cos == 1:
            return Box(left - self._left, self._top - top, right - self._left, self._top - bottom)
        (x0, y0), (x1, y1) = self.point(left, bottom), self.point(right, top)
        return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def _turned(self, x: float, y: float) -> tuple[float, float]:
        return x * self._cos + y * self._sin, -x * self._sin + y * self._cos


_Raw = tuple[str, tuple[float, float, float, float], float, int, bool, int | None]


def _characters(text: pdfium.PdfTextPage) -> tuple[list[_Raw], int]:
    """Characters with box, size, number and quarter turns; how many could not be told."""
    found: list[_Raw] = []
    unmapped = 0
    rect = raw.FS_RECTF()
    skipped, spaced = 0, False
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, index)
        if skipped:  # the second half of a surrogate pair
            skipped = 0
            continue
        if 0xD800 <= code < 0xDC00:
            low = raw.FPDFText_GetUnicode(text, index + 1)
            code, skipped = 0x10000 + ((code - 0xD800) << 10) + ((low - 0xDC00) & 0x3FF), 1
        # PDFium itself puts in spaces, line ends and hyphens only.
        if code <= 0x20 or code in (0xA0, 0x3000) or (code == 0x2D and _is_put_in(text, index)):
            unmapped += code == 0
            spaced = spaced or not _is_put_in(text, index)
            continue
        if code == 0xFFFD or (code < 0x2E80 and raw.FPDFText_HasUnicodeMapError(text, index) == 1):
            unmapped += 1
            continue
        if not raw.FPDFText_GetLooseCharBox(text, index, ctypes.byref(rect)):
            continue
        box = (rect.left, rect.bottom, rect.right, rect.top)
        size = raw.FPDFText_GetFontSize(text, index)
        angle = raw.FPDFText_GetCharAngle(text, index) / (_PI / 2)
        turn = round(angle) % 4 if abs(angle - round(angle)) < 0.05 else None
        height = (box[3] - box[1]) if turn in (0, 2) else (box[2] - box[0])
        # The font size is before scaling; the box after it.
        size = height if not 0.5 * height < size < 2 * height else size
        if size > 0:
            found.append((_character(code), box, size, index, spaced, turn))
            spaced = False
    return found, unmapped


def _is_put_in(text: pdfium.PdfTextPage, index: int) -> bool:
    return bool(raw.FPDFText_IsGenerated(text, index) == 1)


def _character(code: int) -> str:
    character = chr(code) if code <= 0x10FFFF else ""
    if 0x2E80 <= code <= 0x2FDF or 0xF900 <= code <= 0xFAFF or 0xFB00 <= code <= 0xFB06:
        # Some programs print 用 by the sign for its radical.
        return unicodedata.normalize("NFKC", character)
    return "•" if 0xF000 <= code <= 0xF0FF else character


def _once(glyphs: list[Glyph]) -> list[Glyph]:
    """Some programs print bold by printing twice: the second print, a hair beside, is dropped."""
    seen: dict[str, list[Box]] = {}
    kept = []
    for glyph in glyphs:
        others = seen.setdefault(glyph.text, [])
        near = 0.25 * glyph.size
        for other in others[-4:]:
            if abs(glyph.box.x0 - other.x0) < near and abs(glyph.box.top - other.top) < near:
                break
        else:
            kept.append(glyph)
            others.append(glyph.box)
    return kept


def _is_bold(text: pdfium.PdfTextPage, index: int) -> bool:
    if raw.FPDFText_GetFontWeight(text, index) >= 600:
        return True
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(text, index, name, 128, ctypes.byref(flags))
    lowered = name.value.decode("utf-8", errors="replace").lower()
    return any(word in lowered for word in _BOLD)


def _objects(page: pdfium.PdfPage, upright: _Upright, found: Found) -> None:
    kinds = [raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE]
    covered = 0.0
    for count, part in enumerate(page.get_objects(filter=kinds, max_depth=3)):
        if count > _OBJECTS:
            break
        if part.type == raw.FPDF_PAGEOBJ_PATH:
            found.paths += 1
            if part.level == 0:
                found.rules += _rules(part, upright)
        elif part.level == 0:
            left, bottom, right, top = part.get_bounds()
            covered += abs((right - left) * (top - bottom))
        else:
            covered += found.width * found.height  # inside a form, whose scale is not known here
    found.pictured = covered >= _PICTURE_SHARE * found.width * found.height
    if found.pictured:
        texts = page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=3)
        unseen = (
            raw.FPDFTextObj_GetTextRenderMode(text) == raw.FPDF_TEXTRENDERMODE_INVISIBLE for text in texts
        )
        found.layered = next(unseen, False)


def _rules(path: pdfium.PdfObject, upright: _Upright) -> list[Rule]:
    """The horizontal and vertical lines a path draws; of a filled area only one so thin that it is a line."""
    count = raw.FPDFPath_CountSegments(path)
    if not 2 <= count <= _SEGMENTS:
        return []
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, ctypes.byref(fill), ctypes.byref(stroke))
    if not stroke.value:
        if not fill.value:
            return []
        box = upright.box(path.get_bounds())
        return _thin(box)
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(path, ctypes.byref(matrix))
    rules: list[Rule] = []
    first = last = (0.0, 0.0)
    x, y = ctypes.c_float(), ctypes.c_float()
    for at in range(count):
        segment = raw.FPDFPath_GetPathSegment(path, at)
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        point = upright.point(
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            first = point
        elif kind == raw.FPDF_SEGMENT_LINETO:
            rules += _straight(last, point)
        last = point
        if raw.FPDFPathSegment_GetClose(segment):
            rules += _straight(last, first)
    return rules


def _thin(box: Box) -> list[Rule]:
    x, y = box.middle
    if box.height <= _THIN < box.x1 - box.x0:
        return [Rule(True, y, box.x0, box.x1)]
    if box.x1 - box.x0 <= _THIN < box.height:
        return [Rule(False, x, box.top, box.bottom)]
    return []


def _straight(start: tuple[float, float], end: tuple[float, float]) -> list[Rule]:
    (x0, y0), (x1, y1) = start, end
    if abs(y0 - y1) < 1 and abs(x0 - x1) > _THIN:
        return [Rule(True, (y0 + y1) / 2, min(x0, x1), max(x0, x1))]
    if abs(x0 - x1) < 1 and abs(y0 - y1) > _THIN:
        return [Rule(False, (x0 + x1) / 2, min(y0, y1), max(y0, y1))]
    return []
