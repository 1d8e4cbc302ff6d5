"""Small files of every kind that employees send."""

from __future__ import annotations

import io
import zipfile

PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 9
JPEG = b"\xff\xd8\xff\xe0" + b"photo" * 9
PDF = b"%PDF-1.7\n" + b"paper" * 9
KINDS = {
    "image/png": PNG,
    "image/jpeg": JPEG,
    "image/gif": b"GIF89a...",
    "image/webp": b"RIFF\x10\0\0\0WEBPVP8 ",
    "application/pdf": PDF,
}


def word(*members: str) -> bytes:
    """A Word document with these members beside what every one has."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name in ("[Content_Types].xml", "word/document.xml", *members):
            archive.writestr(name, "<a/>")
    return kept.getvalue()


def archive(*members: str) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as packed:
        for name in members:
            packed.writestr(name, "")
    return kept.getvalue()
