"""A PDF as blocks. Nothing in it is run, and nothing it points to is opened."""

import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from retrieval.documents.model import BlockKind, Place, Reading
from retrieval.documents.reading.drafts import Draft
from retrieval.documents.reading.errors import UnreadableError
from retrieval.documents.reading.limits import Limits, Scans
from retrieval.documents.reading.pdf.columns import runs_of
from retrieval.documents.reading.pdf.furniture import without_furniture
from retrieval.documents.reading.pdf.glyphs import Found, found_on
from retrieval.documents.reading.pdf.headings import body_size, heading_levels
from retrieval.documents.reading.pdf.layout import Line, Page
from retrieval.documents.reading.pdf.lines import lines_of
from retrieval.documents.reading.pdf.paragraphs import Paragraph, paragraphs_of
from retrieval.documents.reading.pdf.tables import without_tables
from retrieval.documents.reading.scans import note_uncertain, print_on

_FEW = 50  # characters on a page of a picture: a stamp, a page number, a scanner's name
_DRAWN = 60  # shapes on a page without text: letters turned into curves
_BULLET = re.compile(r"[•●■◆▪➢◇○]\s*")
_NAMED_BY_PROGRAM = re.compile(
    r"microsoft word|untitled|anonymous|^\W*$|\.(?:docx?|wps|pdf|xlsx?)$", re.IGNORECASE
)


def read_pdf(path: Path, limits: Limits, scans: Scans) -> Reading:
    """Read a PDF. Pages without text are recognised, put off (UnreadableError needs_ocr) or noted."""
    document = _opened(path)
    try:
        if len(document) > limits.pages:
            raise UnreadableError("too_long", pages=str(len(document)), most=str(limits.pages))
        draft = Draft(limits.characters)
        _note_active(document, draft)
        pages = list(_pages(document, draft, limits, scans))
        title = document.get_metadata_dict().get("Title", "")
    finally:
        document.close()
    scanned = any(line.confidence is not None for page in pages for line in page.lines)
    body = body_size(pages)
    without_furniture(pages, body)
    paragraphs = paragraphs_of((run for page in pages for run in runs_of(page)), body)
    _add(paragraphs, heading_levels(paragraphs, body), draft)
    note_uncertain(draft, [line for page in pages for line in page.lines])
    named = title if title and not _NAMED_BY_PROGRAM.search(title) else path.stem
    return draft.reading("pdf", title=named, scanned=scanned)


def _opened(path: Path) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        code = "encrypted" if "password" in str(error).lower() else "corrupt"
        raise UnreadableError(code, format="pdf") from error


def _note_active(document: pdfium.PdfDocument, draft: Draft) -> None:
    """Say that a file carries scripts or other files: they are left alone."""
    if raw.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        draft.doubt("javascript")
    if raw.FPDFDoc_GetAttachmentCount(document) > 0:
        draft.doubt("attachments", count=str(raw.FPDFDoc_GetAttachmentCount(document)))


def _pages(document: pdfium.PdfDocument, draft: Draft, limits: Limits, scans: Scans) -> Iterator[Page]:
    recognised = 0
    characters = 0
    put_off = 0
    for number in range(1, len(document) + 1):
        try:
            page = document[number - 1]
            text = page.get_textpage()
        except pdfium.PdfiumError:
            draft.doubt("page_corrupt", Place(page=number))
            continue
        found = found_on(page, text)
        if found.unmapped * 20 > len(found.glyphs) + found.unmapped:
            draft.doubt("unreadable_characters", Place(page=number), count=str(found.unmapped))
        if found.layered:
            draft.doubt("text_layer", Place(page=number))
        if found.turned > _FEW:
            draft.doubt("turned_text", Place(page=number), count=str(found.turned))
        characters += len(found.glyphs)
        if characters > limits.characters:
            raise UnreadableError("too_long", Place(page=number), most=str(limits.characters))
        laid = _laid_out(found, number)
        if _is_scan(found):
            recognised += 1
            if scans is not Scans.NOTE and recognised > limits.scanned_pages:
                raise UnreadableError("too_many_scans", most=str(limits.scanned_pages))
            if scans is Scans.READ:
                laid.lines = _numbered(print_on(page), number)
            elif scans is Scans.DEFER:
                put_off += 1
            else:
                draft.doubt("page_needs_ocr", Place(page=number))
        text.close()
        page.close()
        yield laid
    if put_off or (scans is Scans.NOTE and recognised == len(document)):
        raise UnreadableError("needs_ocr", pages=str(recognised))


def _is_scan(found: Found) -> bool:
    """A picture instead of text; or text whose fonts do not say what its characters are."""
    unknown = found.unmapped > len(found.glyphs)
    empty = len(found.glyphs) < _FEW and (found.pictured or (not found.glyphs and found.paths > _DRAWN))
    return empty or (unknown and found.unmapped >= _FEW)


def _laid_out(found: Found, number: int) -> Page:
    glyphs, tables = without_tables(found.glyphs, found.rules, bold=found.bold)
    page = Page(number, found.width, found.height)
    page.lines = _numbered([*lines_of(glyphs, bold=found.bold), *tables], number)
    return page


def _numbered(lines: list[Line], page: int) -> list[Line]:
    ordered = sorted(lines, key=lambda line: (line.box.top, line.box.x0))
    return [line.at(page, number) for number, line in enumerate(ordered, 1)]


def _add(paragraphs: list[Paragraph], levels: dict[int, int], draft: Draft) -> None:
    for at, paragraph in enumerate(paragraphs):
        first = paragraph.lines[0]
        place = Place(first.page, first.number)
        sure = [line.confidence for line in paragraph.lines if line.confidence is not None]
        confidence = min(sure) if sure else None
        if first.rows:
            rows = [list(row) for line in paragraph.lines for row in line.rows]
            draft.add_table(rows, place)
        elif paragraph.note:
            draft.add(BlockKind.NOTE, paragraph.text, place, confidence=confidence)
        elif at in levels:
            draft.add(BlockKind.HEADING, paragraph.text, place, level=levels[at], confidence=confidence)
        elif bullet := _BULLET.match(paragraph.text):
            text = "• " + paragraph.text[bullet.end() :]
            draft.add(BlockKind.ITEM, text, place, level=1, confidence=confidence)
        else:
            draft.add(BlockKind.PARAGRAPH, paragraph.text, place, confidence=confidence)
