"""Blocks as a format's reader makes them: cleaned, counted, and dropped when nothing is left."""

from dataclasses import replace
from typing import Final

from retrieval.documents.model import Block, BlockKind, Doubt, Place, Reading
from retrieval.documents.reading.cleaning import clean, commonmark, joined, rectangular
from retrieval.documents.reading.errors import UnreadableError


class Draft:
    """Collects the blocks and doubts of one file; refuses more text than `characters`."""

    def __init__(self, characters: int) -> None:
        self.blocks: Final[list[Block]] = []
        self.doubts: Final[list[Doubt]] = []
        self.most: Final = characters
        self._left = characters

    def add(
        self,
        kind: BlockKind,
        text: str,
        place: Place,
        *,
        level: int = 0,
        confidence: float | None = None,
        one_line: bool = False,
    ) -> None:
        """Append a block unless it has no text. `one_line` joins its lines: breaks there meant nothing."""
        text = clean(text)
        if one_line:
            text = joined(text.split("\n"))
        if text:
            self._append(Block(kind, text, place, level, confidence=confidence))

    def add_table(self, rows: list[list[str]], place: Place, *, confidence: float | None = None) -> None:
        """Append a table unless all its cells are empty; one cell alone is a frame around a paragraph."""
        cells = rectangular([[clean(cell) for cell in row] for row in rows])
        if not cells:
            return
        if len(cells[0]) == 1 and len(cells) == 1:
            for line in cells[0][0].split("\n"):
                self.add(BlockKind.PARAGRAPH, line, place, confidence=confidence)
            return
        flat = tuple(tuple(joined(cell.split("\n")) for cell in row) for row in cells)
        table = Block(BlockKind.TABLE, commonmark(flat), place, rows=flat, confidence=confidence)
        self._append(table)

    def doubt(self, code: str, place: Place | None = None, **values: str) -> None:
        """Note something a person should look at, once for the same code and place."""
        found = Doubt(code, place or Place(), tuple(values.items()))
        if found not in self.doubts:
            self.doubts.append(found)

    def reading(self, format_: str, *, title: str | None = None, scanned: bool = False) -> Reading:
        """What was read. Raises UnreadableError no_text when there is nothing."""
        if not self.blocks:
            raise UnreadableError("no_text", format=format_)
        title = joined(clean(title).split("\n")) if title else None
        return Reading(format_, tuple(self.blocks), title or None, tuple(self.doubts), scanned)

    def retitle(self, at: int, kind: BlockKind, level: int) -> None:
        """Say anew what the block at a position is, once the whole file has been seen."""
        self.blocks[at] = replace(self.blocks[at], kind=kind, level=level)

    def _append(self, block: Block) -> None:
        self._left -= len(block.text)
        if self._left < 0:
            raise UnreadableError("too_long", block.place, most=str(self.most))
        self.blocks.append(block)
