"""Texts with articles: which lines begin one, and under which headings it stands."""

import re
from dataclasses import dataclass, field

from retrieval.documents.model import BlockKind, Doubt, Place
from retrieval.documents.structure.annexes import Appendix, appendix_at
from retrieval.documents.structure.labels import (
    CHAPTER,
    ArticleStart,
    annex,
    article_start,
    heading,
    point,
    short,
    spaced,
)
from retrieval.documents.structure.lines import Line
from retrieval.documents.structure.splitting import Part

_FEWEST = 3
_ENDS_SENTENCE = re.compile("[。；：”）)]$")


@dataclass(slots=True)
class Draft:
    """An article as it is being collected."""

    label: str
    headings: tuple[str, ...]
    place: Place
    lines: list[Line] = field(default_factory=list)
    number: int = 0
    sub: int = 0


def article_lines(part: Part) -> dict[int, ArticleStart]:
    """The lines on which an article of this instrument begins; none where only others' are mentioned."""
    found: dict[int, ArticleStart] = {}
    number, sub = 0, 0
    for index, line in enumerate(part.lines):
        start = None if index in part.quotations else article_start(line)
        if start is None or not _begins(start, line, number, sub):
            continue
        found[index] = start
        number, sub = start.number, start.sub
    first = next(iter(found.values()), None)
    if first is None or (first.number != 1 and len(found) < _FEWEST):
        return {}
    return found


def _begins(start: ArticleStart, line: Line, number: int, sub: int) -> bool:
    """Whether the line begins an article after `number` and `sub`, and does not only mention one."""
    follows = (start.number, start.sub) in ((number + 1, 0), (number, sub + 1))
    if start.refers:
        # 第十条 所称…: a printed label stands apart from its text, a reference does not.
        return (
            follows and start.separated and start.end < len(line.text) and line.text[start.end - 1].isspace()
        )
    return follows or start.separated


def body_start(part: Part, starts: dict[int, ArticleStart]) -> int:
    """The first line of the text itself: the headings above the first article, or that article."""
    first = next(iter(starts))
    begin = first
    for index in range(first - 1, -1, -1):
        line = part.lines[index]
        if heading(line):
            begin = index
        elif not (short(line.text) and index > 0 and _untitled(part.lines[index - 1])):
            break
    return begin


def _untitled(line: Line) -> bool:
    found = heading(line)
    return found is not None and not found.complete


@dataclass(slots=True)
class Headings:
    """The headings that stand above a line, outermost first; `unused` are those that nothing stood under."""

    stack: list[tuple[int, str, list[Line]]] = field(default_factory=list)
    used: int = 0
    unused: list[Line] = field(default_factory=list)

    def push(self, rank: int, text: str, lines: list[Line]) -> None:
        """Put a heading below those that stand above it."""
        while self.stack and self.stack[-1][0] >= rank:
            self.pop()
        self.stack.append((rank, text, lines))

    def pop(self) -> None:
        _, _, lines = self.stack.pop()
        if len(self.stack) >= self.used:
            self.unused += lines
        self.used = min(self.used, len(self.stack))

    def above(self) -> tuple[str, ...]:
        """The headings above something that stands under all of them."""
        self.used = len(self.stack)
        return tuple(text for _, text, _ in self.stack)


@dataclass(slots=True)
class Collected:
    """What a text with articles consists of; `unused` are headings with nothing under them."""

    drafts: list[Draft] = field(default_factory=list)
    appendices: list[Appendix] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    unused: list[Line] = field(default_factory=list)


def collect(part: Part, starts: dict[int, ArticleStart], begin: int) -> Collected:
    """The articles and annexes from line `begin` on, and what is doubtful about them."""
    found = Collected()
    headings = Headings()
    last_article = max(starts)
    below_heading: str | None = None
    index = begin
    while index < len(part.lines):
        line = part.lines[index]
        own = index not in part.quotations
        opened = appendix_at(part.lines, index) if own and index > last_article else None
        if opened:
            found.appendices.append(Appendix(opened, line.place))
        elif found.appendices:
            found.appendices[-1].lines.append(line)
        elif index in starts:
            below_heading = None
            found.drafts.append(_draft(line, starts[index], headings.above()))
        elif own and (printed := _heading_at(part.lines, index)):
            rank, below_heading, length = printed
            headings.push(rank, below_heading, part.lines[index : index + length])
            index += length
            continue
        elif below_heading is not None:
            found.doubts.append(Doubt("text_outside_articles", line.place, (("heading", below_heading),)))
            found.drafts.append(Draft(below_heading, headings.above(), line.place, [line]))
            below_heading = None
        elif found.drafts:
            found.drafts[-1].lines.append(line)
        index += 1
    while headings.stack:
        headings.pop()
    found.unused = headings.unused
    found.doubts += _order(found.drafts)
    return found


def _draft(line: Line, start: ArticleStart, above: tuple[str, ...]) -> Draft:
    draft = Draft(start.label, above, line.place, [], start.number, start.sub)
    if text := line.text[start.end :].strip():
        draft.lines.append(Line(text, line.kind, place=line.place, folded=line.folded[start.end :].strip()))
    return draft


def _heading_at(lines: list[Line], index: int) -> tuple[int, str, int] | None:
    """The heading on this line: its rank, its text, and on how many lines it is printed."""
    line = lines[index]
    found = heading(line)
    if found is None:
        if line.kind is not BlockKind.HEADING or article_start(line) or annex(line) or not short(line.text):
            return None
        numbered = point(line)
        rank = CHAPTER + (numbered.rank if numbered else max(0, line.level - 2))
        return rank, spaced(line.text), 1
    following = lines[index + 1] if index + 1 < len(lines) else None
    if found.complete or following is None or not following.is_text or not short(following.text):
        return found.rank, found.text, 1
    if article_start(following) or heading(following) or point(following) or annex(following):
        return found.rank, found.text, 1
    return found.rank, f"{found.text} {spaced(following.text)}", 2


def _order(drafts: list[Draft]) -> list[Doubt]:
    """Where the numbers of articles jump or come again."""
    doubts = []
    before: Draft | None = None
    for draft in drafts:
        if not draft.number:
            continue
        if before is not None:
            here, last = (draft.number, draft.sub), (before.number, before.sub)
            values = (("before", before.label), ("label", draft.label))
            if here <= last:
                doubts.append(Doubt("article_repeats", draft.place, values))
            elif here not in ((last[0] + 1, 0), (last[0], last[1] + 1)):
                doubts.append(Doubt("article_jumps", draft.place, values))
        elif draft.number != 1:
            doubts.append(Doubt("articles_begin_late", draft.place, (("label", draft.label),)))
        before = draft
    return doubts
