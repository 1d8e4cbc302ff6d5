"""Reads one file in this process, by its format. Only the parsing process calls it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from retrieval.documents.model import Doubt, QuestionTable, Reading
from retrieval.documents.reading.errors import UnreadableError
from retrieval.documents.reading.formats import IMAGES, Format, recognise
from retrieval.documents.reading.limits import Limits, Scans

Columns = Mapping[str, str]


def parse(path: Path, limits: Limits, columns: Columns, *, scans: Scans) -> Reading | QuestionTable:
    """Read `path`. Raises UnreadableError, or whatever a parser raises on a broken file."""
    format_ = recognise(path, limits)
    result = _parser(format_, columns, scans)(path, limits)
    if format_.named and format_.named in _KNOWN:
        doubt = Doubt("mislabelled", values=(("named", format_.named), ("format", format_.name)))
        return replace(result, doubts=(doubt, *result.doubts))
    return result


_KNOWN = frozenset(
    {"docx", "pdf", "md", "html", "xlsx", "csv", "doc", "xls", "wps", "et", "ppt", "pptx", "rtf", *IMAGES}
)


def _parser(
    format_: Format, columns: Columns, scans: Scans
) -> Callable[[Path, Limits], Reading | QuestionTable]:
    # Imported when needed: most files of a batch need one or two of these, and each is dear to load.
    match format_.name:
        case "txt":
            from retrieval.documents.reading.plain import read_plain

            return read_plain
        case "md":
            from retrieval.documents.reading.markdown import read_markdown

            return read_markdown
        case "html" if format_.named in ("xls", "xlsx", "et"):
            from retrieval.documents.reading.spreadsheets import read_html_sheet

            return lambda path, limits: read_html_sheet(path, limits, columns)
        case "html":
            from retrieval.documents.reading.pages import read_html

            return read_html
        case "docx":
            from retrieval.documents.reading.word.document import read_docx

            return read_docx
        case "xlsx":
            from retrieval.documents.reading.spreadsheets import read_xlsx

            return lambda path, limits: read_xlsx(path, limits, columns)
        case "csv":
            from retrieval.documents.reading.spreadsheets import read_csv

            return lambda path, limits: read_csv(path, limits, columns)
        case "pdf":
            from retrieval.documents.reading.pdf.document import read_pdf

            return lambda path, limits: read_pdf(path, limits, scans)
        case image if image in IMAGES:
            from retrieval.documents.reading.scans import read_image

            return lambda path, limits: read_image(path, limits, image, scans)
        case other:
            raise UnreadableError("unknown_format", format=other)
