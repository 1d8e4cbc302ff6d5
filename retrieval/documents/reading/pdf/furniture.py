"""What stands on every page around the text: running headers and footers, page numbers."""

import re
from collections import Counter

from retrieval.documents.reading.pdf.layout import Line, Page

_ZONE = 0.13  # of the page's height, at the top and at the bottom
_DIGITS = re.compile(r"\d+")
_SENTENCE = re.compile("[，。；]")  # what a text has and a header has not: there its numbers count
_NUMBER = re.compile(
    r"[-—–－·\s]*(?:第\s*)?(?:\d{1,4}|[ivxlIVXL]{1,7}|[〇一二三四五六七八九十]{1,4})(?:\s*页)?"
    r"(?:\s*(?:[/／,，]|共|of)\s*(?:共\s*)?\d{1,4}(?:\s*页)?)?[-—–－·\s]*"
)
_SAME_PLACE = 8.0


def without_furniture(pages: list[Page]) -> None:
    """Take running headers, footers and page numbers off the pages."""
    seen = Counter(key for page in pages for key in {_key(page, line) for line in _marginal(page)})
    least = max(2, -(-len(pages) * 2 // 5))
    for page in pages:
        marginal = {id(line): line for line in _marginal(page)}
        page.lines = [
            line
            for line in page.lines
            if id(line) not in marginal
            or not (_NUMBER.fullmatch(line.text.strip()) or _repeated(_key(page, line), seen, least))
        ]


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
