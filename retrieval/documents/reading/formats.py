"""What a file really is: told by its content, because names are what people made of them."""

from dataclasses import dataclass
from pathlib import Path

from retrieval.documents.reading.archives import open_archive
from retrieval.documents.reading.encodings import decode
from retrieval.documents.reading.errors import UnreadableError
from retrieval.documents.reading.limits import Limits

_HEAD = 8192
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"BM", "bmp"),
)
IMAGES = frozenset(format_ for _, format_ in _IMAGES)
_ENDINGS = {
    "markdown": "md", "htm": "html", "shtml": "html", "xhtml": "html", "jpg": "jpeg", "tif": "tiff",
    "xlsm": "xlsx", "xltx": "xlsx", "dotx": "docx", "docm": "docx", "tsv": "csv", "text": "txt",
}  # fmt: skip
_TEXTS = frozenset({"md", "html", "txt", "csv"})
_PARTS = (  # in the directory of an Office archive
    ("word/", "docx"),
    ("xl/", "xlsx"),
)
_PROGRAMS = (("ppt/", "pptx"), ("OFD.xml", "ofd"), ("content.xml", "odf"), ("Index/", "iwork"))
_OLD_OFFICE = frozenset({"doc", "dot", "wps", "xls", "et", "ppt", "dps"})
_STREAMS = (("WordDocument", "doc"), ("Workbook", "xls"), ("Book", "xls"), ("PowerPoint Document", "ppt"))


@dataclass(frozen=True, slots=True)
class Format:
    """What the content is, and what the name says where that is something else."""

    name: str
    named: str | None = None


def recognise(path: Path, limits: Limits) -> Format:
    """Say what `path` is. Raises UnreadableError for what cannot be read, and says the cure if any."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    named = path.suffix.lower().lstrip(".")
    named = _ENDINGS.get(named, named)
    actual = _actual(path, head, named, limits)
    return Format(actual, named if named and named != actual else None)


def _actual(path: Path, head: bytes, named: str, limits: Limits) -> str:
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise UnreadableError("empty")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _office(path, limits)
    if head.startswith(_OLE):
        raise _old_office(path, named)
    if b"%PDF-" in head[:1024]:
        return "pdf"
    for mark, format_ in _IMAGES:
        if head.startswith(mark) and (format_ != "bmp" or b"\x00" in head):
            return format_
    if head.startswith(b"{\\rtf"):
        raise UnreadableError("convert_first", format="rtf")
    if head.lstrip()[:13].lower() == b"mime-version:":
        raise UnreadableError("convert_first", format="mhtml")
    return _text(head, named)


def _office(path: Path, limits: Limits) -> str:
    with open_archive(path, limits) as archive:
        names = archive.namelist()
    for folder, format_ in _PARTS:
        if any(name.startswith(folder) for name in names):
            return format_
    for part, format_ in _PROGRAMS:
        if any(name.startswith(part) for name in names):
            raise UnreadableError("convert_first", format=format_)
    raise UnreadableError("unknown_format", format="zip")


def _old_office(path: Path, named: str) -> UnreadableError:
    """Office before 2007 and encrypted newer files share a container, whose stream names tell them apart."""
    with path.open("rb") as file:
        content = file.read(64 << 20)
    if "EncryptedPackage".encode("utf-16-le") in content:
        return UnreadableError("encrypted")
    for stream, format_ in _STREAMS:
        if stream.encode("utf-16-le") in content:
            return UnreadableError("convert_first", format=format_)
    if named in _OLD_OFFICE:
        return UnreadableError("convert_first", format=named)
    return UnreadableError("unknown_format", format=named or "ole")


def _text(head: bytes, named: str) -> str:
    # A character of four bytes may be cut in two at the end of the sample.
    whole = any(decode(head[: len(head) - cut]) for cut in range(4 if len(head) == _HEAD else 1))
    if not whole:
        raise UnreadableError("unknown_format", format=named or "?")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")) or (b"<html" in start and b"<body" in start):
        return "html"
    if named in ("xls", "xlsx", "et"):
        return "csv"  # many systems export their tables so
    return named if named in _TEXTS - {"html"} else "html" if named == "html" and b"<" in start else "txt"
