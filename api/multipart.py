"""Reading the one file of a multipart form.

In memory, because what employees send are medical papers: nothing of them is to be on the disk unsealed.
"""

from __future__ import annotations

import re
from email.message import Message
from email.parser import HeaderParser
from email.utils import collapse_rfc2231_value

from service.attachments.keeping import Upload

_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")


class MultipartError(Exception):
    """The body is not a form with one file in its field."""


def read_file(content_type: str, body: bytes, *, field: str) -> Upload:
    """Return the file that a form carries in `field`; other fields are left out.

    Raises MultipartError for anything else than one such file, a form that was cut off included.
    """
    files = [
        Upload(name, content)
        for header, content in _parts(_boundary(content_type), body)
        if (name := _file_name(header, field)) is not None
    ]
    if len(files) != 1:
        raise MultipartError
    return files[0]


def _boundary(content_type: str) -> bytes:
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_boundary("")
    if header.get_content_type() != "multipart/form-data" or not _BOUNDARY.fullmatch(boundary):
        raise MultipartError
    return boundary.encode("ascii")


def _parts(boundary: bytes, body: bytes) -> list[tuple[bytes, bytes]]:
    """Return header and content of every part."""
    delimiter = b"\r\n--" + boundary
    at = 0 if body.startswith(delimiter[2:]) else body.find(delimiter) + 2
    if not body.startswith(delimiter[2:], at):
        raise MultipartError
    at += len(delimiter) - 2
    parts = []
    while not body.startswith(b"--", at):
        end = body.find(delimiter, at)
        begin = body.find(b"\r\n", at) + 2
        blank = body.find(b"\r\n\r\n", begin - 2)
        if end < 0 or not 2 <= begin <= end + 2 or body[at : begin - 2].strip(b" \t") or not 0 <= blank < end:
            raise MultipartError
        parts.append((body[begin:blank], body[blank + 4 : end]))
        at = end + len(delimiter)
    return parts


def _file_name(header: bytes, field: str) -> str | None:
    """Return the name of the file in a part, None where it is another field."""
    try:
        headers = HeaderParser().parsestr(header.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise MultipartError from error
    where = "content-disposition"
    if headers.get_param("name", header=where) != field:
        return None
    name = headers.get_param("filename", header=where)
    return None if name is None else collapse_rfc2231_value(name)
