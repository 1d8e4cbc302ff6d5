"""The parts of an article, verbatim: 款 are its paragraphs, 项 the numbered lines within one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from language.numbers import parse_number
from retrieval.passages import Passage

_LINE = re.compile(r"[^\n]*\S[^\n]*")
_COUNT = "[零〇一二三四五六七八九十百]{1,5}|[0-9]{1,3}"
_ITEM = re.compile(rf"\s*[(（]\s?(?P<number>{_COUNT})\s?[)）]")
_SUBITEM = re.compile(r"\s*[0-9]{1,2}\s?[.．、]")
_ARTICLE = re.compile(r"\s*第[零〇一二三四五六七八九十百千]{1,9}条(?:之[一二三四五六七八九十]{1,3})?\s+")
_LABEL = re.compile(rf"(?:第(?P<paragraph>{_COUNT})款)?(?:第[(（]?(?P<item>{_COUNT})[)）]?项)?")


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a text, [start, end); a paragraph with its items by number."""

    start: int
    end: int
    items: dict[int, "Clause"] = field(default_factory=dict)


def quote(passage: Passage, paragraph: str | None = None) -> str:
    """The verbatim text of an article, or of its `paragraph`: 第二款, 第（二）项, 第二款第（二）项."""
    return (paragraph and clause(passage.text, paragraph)) or passage.text


def clause(text: str, label: str) -> str | None:
    """The part of an article's `text` with that `label`, without 第…条 before it; None when there is none."""
    asked = _LABEL.fullmatch("".join(label.split()))
    if asked is None or not asked.group():
        return None
    paragraphs = list(_paragraphs(text))
    if asked["paragraph"]:
        number = _integer(asked["paragraph"])
        paragraphs = paragraphs[number - 1 : number] if number else []
    if asked["item"]:
        number = _integer(asked["item"])
        paragraphs = [one.items[number] for one in paragraphs if number in one.items]
    return text[paragraphs[0].start : paragraphs[0].end] if paragraphs else None


def paragraph_at(text: str, position: int) -> int:
    """The number of the paragraph (款) that holds `position`, counted from 1."""
    return sum(paragraph.start <= position for paragraph in _paragraphs(text))


def _paragraphs(text: str) -> Iterator[Clause]:
    """The paragraphs of an article. An item belongs to the paragraph before it, a line 1. to the item."""
    paragraph: Clause | None = None
    item: int | None = None
    for line in _LINE.finditer(text):
        start, end = line.start(), line.start() + len(line.group().rstrip())
        numbered = _ITEM.match(text, start)
        if paragraph is not None and (numbered or _SUBITEM.match(text, start)):
            items = dict(paragraph.items)
            if numbered:
                item = _integer(numbered["number"])
                items.setdefault(item, Clause(start, end))
            elif item is not None:
                items[item] = Clause(items[item].start, end)
            paragraph = Clause(paragraph.start, end, items)
            continue
        if paragraph is not None:
            yield paragraph
        named = _ARTICLE.match(text, start) if paragraph is None else None
        paragraph, item = Clause(named.end() if named else start, end), None
    if paragraph is not None:
        yield paragraph


def _integer(text: str) -> int:
    """The number written in Arabic or Chinese digits, which the patterns here make sure it is."""
    number = parse_number(text)
    return int(number) if number is not None else 0
