"""Print in pictures: recognised line by line with the optional rapidocr, whose models come with its wheel."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval.documents.model import BlockKind, Place, Reading
from retrieval.documents.reading.drafts import Draft
from retrieval.documents.reading.errors import UnreadableError
from retrieval.documents.reading.limits import Limits, Scans
from retrieval.documents.reading.pdf.columns import runs_of
from retrieval.documents.reading.pdf.headings import body_size, heading_levels
from retrieval.documents.reading.pdf.layout import Box, Line, Page
from retrieval.documents.reading.pdf.paragraphs import paragraphs_of

if TYPE_CHECKING:
    import pypdfium2 as pdfium

SURE = 0.9
"""Lines recognised with less confidence are for a person to compare with the picture."""
_POINTS_PER_INCH = 72
_RESOLUTION = 200
_LONGEST_SIDE = 4000
_PRINT = 0.82  # of a box's height: it is drawn around the characters with some air


def print_on(page: "pdfium.PdfPage") -> list[Line]:
    """The lines recognised on a page of a PDF, in the page's own measure."""
    scale = min(_RESOLUTION / _POINTS_PER_INCH, _LONGEST_SIDE / max(page.get_size()))
    bitmap = page.render(scale=scale, grayscale=False)
    try:
        return _recognised(bitmap.to_numpy(), scale=bitmap.width / max(page.get_width(), 1))
    finally:
        bitmap.close()


def read_image(path: Path, limits: Limits, format_: str, scans: Scans) -> Reading:
    """Read a picture of one page, or a TIFF of several."""
    if scans is not Scans.READ:
        raise UnreadableError("needs_ocr", pages="1")
    import numpy as np
    from PIL import Image, ImageOps, ImageSequence

    Image.MAX_IMAGE_PIXELS = limits.pixels
    pages: list[Page] = []
    try:
        with Image.open(path) as image:
            if image.width * image.height > limits.pixels:
                raise UnreadableError(
                    "too_large", size=f"{image.width}×{image.height}", most=str(limits.pixels)
                )
            for number, frame in enumerate(ImageSequence.Iterator(image), 1):
                if number > limits.scanned_pages:
                    raise UnreadableError("too_many_scans", most=str(limits.scanned_pages))
                upright = ImageOps.exif_transpose(frame).convert("RGB")
                upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
                page = Page(number, float(upright.width), float(upright.height))
                lines = sorted(_recognised(np.asarray(upright), scale=1.0), key=lambda line: line.box.top)
                page.lines = [line.at(number, at) for at, line in enumerate(lines, 1)]
                pages.append(page)
    except Image.DecompressionBombError as error:
        raise UnreadableError("too_large", size="?", most=str(limits.pixels)) from error
    draft = Draft(limits.characters)
    body = body_size(pages)
    paragraphs = paragraphs_of((run for page in pages for run in runs_of(page)), body)
    levels = heading_levels(paragraphs, body)
    for at, paragraph in enumerate(paragraphs):
        place = Place(paragraph.lines[0].page, paragraph.lines[0].number)
        confidence = min(line.confidence or 0.0 for line in paragraph.lines)
        kind = BlockKind.HEADING if at in levels else BlockKind.PARAGRAPH
        draft.add(kind, paragraph.text, place, level=levels.get(at, 0), confidence=confidence)
    note_uncertain(draft, [line for page in pages for line in page.lines])
    return draft.reading(format_, title=path.stem, scanned=True)


def note_uncertain(draft: Draft, lines: Iterable[Line]) -> None:
    """Mark lines a person has to compare with the picture."""
    for line in lines:
        if line.confidence is not None and line.confidence < SURE:
            place = Place(line.page, line.number)
            draft.doubt("uncertain_print", place, text=line.text, confidence=f"{line.confidence:.2f}")


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "critical"})


def _recognised(picture: Any, *, scale: float) -> list[Line]:
    result = _engine()(picture)
    if result.boxes is None:
        return []
    lines = []
    for corners, text, confidence in zip(result.boxes, result.txts, result.scores, strict=True):
        xs, ys = [float(x) / scale for x, _ in corners], [float(y) / scale for _, y in corners]
        box = Box(min(xs), min(ys), max(xs), max(ys))
        if text.strip():
            lines.append(Line(text, box, round(_PRINT * box.height, 1), confidence=float(confidence)))
    return lines
