"""The lines of a reading: blocks taken apart where they hold several, without what nobody sees."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from language.spans import fold
from retrieval.documents.model import Block, BlockKind, Place

_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
# Zero-width characters, byte order marks, soft hyphens, controls: web pages and Word leave them behind.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]+"
)
_OPENS = re.compile('[“"]')
_AMENDS = re.compile('(?:修改为|增加|改为|作为|如下|规定)[^“"。]{0,30}[:：]\\s*[“"][^”"]{0,2000}$')
_CLOSES = re.compile('[”"]\\s*[。；;，,]?$')
_LONGEST_QUOTATION = 80  # lines; a quotation mark that is not closed by then was forgotten
_NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a block, stripped; a table is one line. `folded` has the length of `text` (see `fold`)."""

    text: str
    kind: BlockKind
    level: int = 0
    place: Place = _NOWHERE
    rows: tuple[tuple[str, ...], ...] = ()
    folded: str = field(default="", compare=False)

    @property
    def is_text(self) -> bool:
        """Whether it can be a heading or begin an article: tables and notes never do."""
        return self.kind not in (BlockKind.TABLE, BlockKind.NOTE)


def lines_of(blocks: Iterable[Block]) -> list[Line]:
    """The lines of `blocks` in order, empty ones left out."""
    return [line for block in blocks for line in _lines(block)]


def _lines(block: Block) -> Iterator[Line]:
    text = _INVISIBLE.sub("", block.text)
    pieces = [text.strip()] if block.kind is BlockKind.TABLE else map(str.strip, _BREAK.split(text))
    for piece in pieces:
        if piece:
            yield Line(piece, block.kind, block.level, block.place, block.rows, fold(piece))


def quoted(lines: list[Line]) -> frozenset[int]:
    """The numbers of the lines that belong to a quotation of several lines.

    A decision that amends a law quotes articles (将第三十九条修改为：“第三十九条 …”); they are not its own.
    """
    inside: set[int] = set()
    number = 0
    while number < len(lines):
        line = lines[number]
        opens = bool(_OPENS.match(line.text))
        if line.is_text and (opens or _AMENDS.search(line.text)) and not _balanced(line.text):
            end = _end_of_quotation(lines, number + 1)
            if end is not None:
                inside.update(range(number if opens else number + 1, end + 1))
                number = end
        number += 1
    return frozenset(inside)


def _balanced(text: str) -> bool:
    return text.count("“") == text.count("”") and text.count('"') % 2 == 0


def _end_of_quotation(lines: list[Line], start: int) -> int | None:
    """The line that closes a quotation: every paragraph of it may open with a mark, only the last closes."""
    for number in range(start, min(len(lines), start + _LONGEST_QUOTATION)):
        if _CLOSES.search(lines[number].text):
            return number
    return None
