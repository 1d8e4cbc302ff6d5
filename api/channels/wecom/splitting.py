"""Cutting a text that is too long for one message into several, by bytes, where a reader would pause."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MIN_ROOM = 32
"""Bytes a part must have for its text, beside its number."""

_PAUSES = tuple(
    re.compile(pattern)
    for pattern in (
        r"\n[^\S\n]*\n",  # a paragraph
        r"\n",
        r"[。！？；][”’」』）]*",
    )
)
_JOINER = "\u200d"


def split_utf8(text: str, *, limit: int, numbering: str) -> list[str]:
    """Return `text` in parts of at most `limit` bytes of UTF-8, numbered if there are several.

    Each begins with `numbering`, which has {number} and {total} in it; that counts towards the limit. Without
    the numbers the parts are the text again, save white space before a cut and line ends after it, which are
    left out, as are parts of nothing but blanks. A cut is at the end of a paragraph, else of a line, else of
    a sentence, if that leaves a part at least half full; else anywhere, though not within what is seen as one
    character. Raises ValueError when a part has less than MIN_ROOM bytes for its text.
    """
    if limit < MIN_ROOM:
        raise ValueError(f"a limit of {limit} bytes, of which a part needs {MIN_ROOM}")
    if len(text.encode()) <= limit:
        return [text]
    most = 9
    while True:  # ends: each round has less room for the text, until it is too little
        room = limit - len(numbering.format(number=most, total=most).encode())
        if room < MIN_ROOM:
            raise ValueError(
                f"a limit of {limit} bytes leaves {room} beside the number, of {MIN_ROOM} needed"
            )
        parts = list(_parts(text, room))
        if len(parts) == 1:
            return parts
        if len(parts) <= most:
            total = len(parts)
            return [numbering.format(number=at, total=total) + part for at, part in enumerate(parts, start=1)]
        most = most * 10 + 9


def _parts(text: str, room: int) -> Iterator[str]:
    begin = 0
    while begin < len(text):
        end = _cut(text, begin, room)
        part = text[begin:end]
        if end < len(text):
            part = part.rstrip()
            while end < len(text) and text[end] in "\r\n":
                end += 1
        if part.strip():
            yield part
        begin = end


def _cut(text: str, begin: int, room: int) -> int:
    """Return where the part that begins at `begin` ends, after at least one character."""
    fitting = text[begin : begin + room].encode()[:room].decode(errors="ignore")
    end = begin + len(fitting)
    if end == len(text):
        return end
    half = begin + len(fitting) // 2
    for pause in _PAUSES:
        ends = [found.end() for found in pause.finditer(text, half, end)]
        if ends:
            return ends[-1]
    while end > half and _is_within_one(text, end):
        end -= 1
    return end if end > half else begin + len(fitting)


def _is_within_one(text: str, at: int) -> bool:
    """Whether a cut at `at` would tear what is seen as one character."""
    before, after = text[at - 1], text[at]
    if _JOINER in (before, after) or unicodedata.category(after) in ("Mn", "Mc", "Me"):
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return True  # a colour of skin, a letter in the flag of a region
    if not _is_flag_letter(after):
        return False
    letters = 0  # two make a flag
    while letters < at and _is_flag_letter(text[at - 1 - letters]):
        letters += 1
    return letters % 2 == 1


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
