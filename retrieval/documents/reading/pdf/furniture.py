"""What stands on every page around the text: running headers and footers, page numbers."""

import re
from collections import Counter
from itertools import pairwise
from statistics import median

from retrieval.documents.reading.pdf.layout import Line, Page

_ZONE = 0.13  # of the page's height, at the top and at the bottom
_DIGITS = re.compile(r"\d+")
_SENTENCE = re.compile("[，。；]")  # what a text has and a header has not: there its numbers count
_NUMBER = re.compile(
    r"[-—–－·\s]*(?:第\s*)?(?:\d{1,4}|[ivxlIVXL]{1,7}|[〇一二三四五六七八九十]{1,4})(?:\s*页)?"
    r"(?:\s*(?:[/／,，]|共|of)\s*(?:共\s*)?\d{1,4}(?:\s*页)?)?[-—–－·\s]*"
)
_SAME_PLACE = 8.0
_LARGER = 1.05
_SET_APART = 1.3
_GAP = 6.0


def without_furniture(pages: list[Page], body: float) -> None:
    """Take running headers, footers and page numbers off the pages, whose text is mostly of size `body`.

    Only what is repeated, no larger than the text and set apart from it is a header: the first line of a text
    may well be the same on two pages, and must not be lost.
    """
    seen = Counter(key for page in pages for key in {_key(page, line) for line in _marginal(page)})
    least = max(2, -(-len(pages) * 2 // 5))
    for page in pages:
        repeated = {
            id(line)
            for line in _marginal(page)
            if line.size <= _LARGER * body and _repeated(_key(page, line), seen, least)
        }
        text = [line for line in page.lines if id(line) not in repeated]
        usual = _usual_gap(text)
        dropped = {
            id(line)
            for line in _marginal(page)
            if _NUMBER.fullmatch(line.text.strip()) or (id(line) in repeated and _apart(line, text, usual))
        }
        page.lines = [line for line in page.lines if id(line) not in dropped]


def _apart(line: Line, text: list[Line], usual: float) -> bool:
    """Whether a line is further away from the text than the text's own lines are from each other."""
    box = line.box
    gaps = [max(box.top - other.box.bottom, other.box.top - box.bottom) for other in text]
    return min(gaps, default=usual * 10) > _SET_APART * usual


def _usual_gap(lines: list[Line]) -> float:
    ordered = sorted(lines, key=lambda line: line.box.top)
    gaps = [below.box.top - above.box.bottom for above, below in pairwise(ordered)]
    return median([gap for gap in gaps if gap > 0] or [_GAP])


def _repeated(key: tuple[str, int], seen: Counter[tuple[str, int]], least: int) -> bool:
    text, at = key
    return sum(seen[text, at + by] for by in (-1, 0, 1)) >= least


def _marginal(page: Page) -> list[Line]:
    zone = _ZONE * page.height
    return [
        line
        for line in page.lines
        if not line.rows and (line.box.bottom <= zone or line.box.top >= page.height - zone)
    ]


def _key(page: Page, line: Line) -> tuple[str, int]:
    """What a line says apart from numbers, and how far from the edge, which the page's size may move."""
    top = line.box.bottom <= page.height / 2
    at = line.box.top if top else page.height - line.box.bottom
    side = 0 if top else 1_000_000
    text = "".join(line.text.split())
    return text if _SENTENCE.search(text) else _DIGITS.sub("#", text), side + round(at / _SAME_PLACE)
