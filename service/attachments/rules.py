"""What may be sent, and what it is: told from the content, never from its name. Pure."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from service.errors import AttachmentKind, AttachmentTooLarge

SIZE_LIMIT = 10 * 1024 * 1024
"""Bytes of one attachment."""
PER_MESSAGE = 9
PER_CONVERSATION = 50
NAME_LIMIT = 120
"""Characters of a name."""
LOOSE_FOR = timedelta(minutes=30)
"""How long what was sent without saying what for goes along with the next case of the conversation."""
UNSENT_FOR = timedelta(days=1)
"""How long what was handed in waits for the message that sends it."""
ATTACH_TO = "attach_to"
"""The command of an option that puts what was sent into a case; handled without the dialogue."""
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SUFFIXES = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    DOCX: (".docx",),
}
"""What is taken, with the endings its name may have; the first is given to a name without one of them."""
_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Categories of characters that show nothing, or turn what follows around."""


def is_picture(media_type: str) -> bool:
    return media_type.startswith("image/")


def attach_command(ticket_number: str, *, since: datetime) -> str:
    """Return what an option says that puts what is loose since a moment into a case."""
    return f'/{ATTACH_TO}{{"ticket": "{ticket_number}", "since": {int(since.timestamp())}}}'


def check(data: bytes) -> str:
    """Return the media type of a content. Raises AttachmentTooLarge, AttachmentKind."""
    if len(data) > SIZE_LIMIT:
        raise AttachmentTooLarge(limit=SIZE_LIMIT // 1024 // 1024)
    for signature, media_type in _SIGNATURES:
        if data.startswith(signature):
            return media_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data.startswith(b"PK\x03\x04") and _is_word(data):
        return DOCX
    raise AttachmentKind


def _is_word(data: bytes) -> bool:
    """Tell whether a ZIP file is a Word document without macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {name.lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return False
    macros = any(name.rsplit("/", 1)[-1] == "vbaproject.bin" for name in names)
    return {"[content_types].xml", "word/document.xml"} <= names and not macros


def clean_name(name: str, media_type: str) -> str:
    """Return the last part of a path without what cannot be seen, ending as the content does.

    At most NAME_LIMIT characters; empty where nothing of a name is left.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(char for char in last if unicodedata.category(char) not in _UNSEEN)
    shown = " ".join(shown.split())
    suffix = PurePosixPath(f"_{shown}").suffix
    if suffix.lower() in SUFFIXES[media_type]:
        shown = shown[: -len(suffix)]
    else:
        suffix = SUFFIXES[media_type][0]
    shown = shown.strip(". ")
    return f"{shown[: NAME_LIMIT - len(suffix)]}{suffix}" if shown else ""
