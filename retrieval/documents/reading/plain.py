"""Plain text: every line a paragraph, unless the lines were broken at a fixed width."""

import unicodedata
from collections import Counter
from pathlib import Path

from retrieval.documents.model import BlockKind, Place, Reading
from retrieval.documents.reading.cleaning import joined
from retrieval.documents.reading.drafts import Draft
from retrieval.documents.reading.encodings import decode
from retrieval.documents.reading.errors import UnreadableError
from retrieval.documents.reading.limits import Limits

_LONGEST_WRAPPED = 120
_LONGEST_CHARACTER = 4  # bytes
_ENDS = "。；：！？….;:!?”）》"


def text_of(path: Path, draft: Draft) -> str:
    """The text of a file in whatever encoding; doubts say when characters were lost."""
    if path.stat().st_size > _LONGEST_CHARACTER * draft.most:
        raise UnreadableError("too_long", most=str(draft.most))
    decoded = decode(path.read_bytes())
    if decoded is None:
        raise UnreadableError("unknown_format", format=path.suffix.lstrip(".") or "?")
    if decoded.replaced:
        draft.doubt("characters_lost", count=str(decoded.replaced), encoding=decoded.encoding)
    return decoded.text.replace("\r\n", "\n").replace("\r", "\n")


def read_plain(path: Path, limits: Limits) -> Reading:
    """Read plain text."""
    draft = Draft(limits.characters)
    lines = text_of(path, draft).split("\n")
    width = _wrapped_at(lines)
    paragraph: list[str] = []
    began = 1
    for number, line in enumerate(lines, 1):
        if paragraph and (not line.strip() or _indented(line)):
            draft.add(BlockKind.PARAGRAPH, joined(paragraph), Place(line=began))
            paragraph = []
        if not paragraph:
            began = number
        paragraph.append(line)
        if width is None or _width(line) < width - 3:
            draft.add(BlockKind.PARAGRAPH, joined(paragraph), Place(line=began))
            paragraph = []
    draft.add(BlockKind.PARAGRAPH, joined(paragraph), Place(line=began))
    return draft.reading("txt", title=path.stem)


def _wrapped_at(lines: list[str]) -> int | None:
    """The width at which lines were broken, None when each line is a paragraph of its own.

    Broken text has many lines of nearly one width, most of which stop in the middle of a sentence.
    """
    widths = [_width(line) for line in lines if line.strip()]
    if len(widths) < 8 or max(widths) > _LONGEST_WRAPPED or max(widths) < 40:
        return None
    top = max(
        Counter(widths), key=lambda width: (sum(width - 3 <= other <= width for other in widths), width)
    )
    full = [line for line in lines if top - 3 <= _width(line) <= top]
    cut = sum(line.rstrip()[-1] not in _ENDS for line in full)
    beyond = sum(width > top + 2 for width in widths)
    return top if len(full) * 10 >= len(widths) * 4 and cut * 2 >= len(full) and beyond == 0 else None


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line.rstrip())


def _indented(line: str) -> bool:
    return line.startswith(("\u3000", "  ", "\t"))
