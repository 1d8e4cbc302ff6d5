"""Small repairs that every format's text needs before anything is understood from it."""

import re
from collections.abc import Sequence

_UNSPEAKABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\u00ad]")
_SPACES = re.compile("[ \t\u00a0\u2002-\u200a\u202f\u205f]+")
_WIDE = "\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff\u3000-\u303f\uff00-\uffef“”‘’—…"
_GAP_BETWEEN_WIDE = re.compile(f"(?<=[{_WIDE}])[ ]?\n[ ]?(?=[{_WIDE}])")


def clean(text: str) -> str:
    """Return `text` without control and invisible characters, spaces made plain, lines trimmed.

    Wide spaces inside a line are kept: between “第一条” and its text they are the only separator.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    text = _INVISIBLE.sub("", _UNSPEAKABLE.sub("", text.replace("\u2028", "\n").replace("\u2029", "\n")))
    lines = (_SPACES.sub(" ", line).strip(" \u3000") for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def joined(lines: Sequence[str]) -> str:
    """Return lines of one paragraph in one line: Chinese meets without a space, words with one."""
    text = _GAP_BETWEEN_WIDE.sub("", "\n".join(line.strip() for line in lines if line.strip()))
    return text.replace("\n", " ")


def commonmark(rows: Sequence[Sequence[str]]) -> str:
    """Return a table's cells as a CommonMark (GFM) table whose first row is the heading."""
    if not rows:
        return ""
    lines = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * len(rows[0]))
    return "\n".join(lines)


def rectangular(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Return the rows, all as long as the longest, without rows and columns that are empty throughout."""
    width = max(map(len, rows), default=0)
    full = [[*row, *[""] * (width - len(row))] for row in rows if any(row)]
    kept = [at for at in range(width) if any(row[at] for row in full)]
    return tuple(tuple(row[at] for at in kept) for row in full)


def _cell(text: str) -> str:
    return joined(text.split("\n")).replace("\\", "\\\\").replace("|", "\\|")
