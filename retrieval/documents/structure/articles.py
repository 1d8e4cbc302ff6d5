"""Texts with articles: which lines begin one, under which headings it stands, what is an annex."""

import re
from dataclasses import dataclass, field

from retrieval.documents.model import BlockKind, Doubt, Place
from retrieval.documents.structure.dates import date_alone
from retrieval.documents.structure.labels import (
    CHAPTER,
    Annex,
    ArticleStart,
    annex,
    article_start,
    heading,
    point,
    short,
    spaced,
    table_title,
)
from retrieval.documents.structure.lines import Line
from retrieval.documents.structure.splitting import Part
from retrieval.documents.structure.titles import is_body

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


@dataclass(slots=True)
class Appendix:
    """An annex with its lines."""

    annex: Annex
    place: Place
    lines: list[Line] = field(default_factory=list)
    quotations: frozenset[int] = frozenset()


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


def collect(
    part: Part, starts: dict[int, ArticleStart], begin: int
) -> tuple[list[Draft], list[Appendix], list[Doubt]]:
    """The articles and annexes from line `begin` on, and what is doubtful about them."""
    drafts: list[Draft] = []
    appendices: list[Appendix] = []
    doubts: list[Doubt] = []
    stack: list[tuple[int, int, str]] = []
    last_article = max(starts)
    loose: Draft | None = None
    index = begin
    while index < len(part.lines):
        line = part.lines[index]
        quoted = index in part.quotations
        if index > last_article and not quoted:
            opened = annex_at(part.lines, index) or _title_of_table(part.lines, index)
            if opened:
                appendices.append(Appendix(opened, line.place))
                index += 1
                continue
        if appendices:
            appendices[-1].lines.append(line)
        elif index in starts:
            loose = None
            drafts.append(_draft(line, starts[index], stack))
        elif not quoted and (found := _heading_at(part.lines, index)):
            rank, text, length = found
            _push(stack, rank, line.level if line.kind is BlockKind.HEADING else 0, text)
            following = index + length
            if following not in starts and following < len(part.lines) and index < last_article:
                loose = Draft(text, tuple(entry[2] for entry in stack), line.place)
            index = following
            continue
        elif loose is not None and not heading(line):
            if not loose.lines:
                doubts.append(Doubt("text_outside_articles", line.place, (("heading", loose.label),)))
                drafts.append(loose)
            loose.lines.append(line)
        elif drafts:
            drafts[-1].lines.append(line)
        index += 1
    return drafts, appendices, doubts + _order(drafts)


def _draft(line: Line, start: ArticleStart, stack: list[tuple[int, int, str]]) -> Draft:
    draft = Draft(start.label, tuple(entry[2] for entry in stack), line.place, [], start.number, start.sub)
    if text := line.text[start.end :].strip():
        draft.lines.append(Line(text, line.kind, place=line.place, folded=line.folded[start.end :].strip()))
    return draft


def _push(stack: list[tuple[int, int, str]], rank: int, level: int, text: str) -> None:
    """Put a heading below those that stand above it."""
    while stack and (stack[-1][0] >= rank):
        stack.pop()
    stack.append((rank, level, text))


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


def annex_at(lines: list[Line], index: int) -> Annex | None:
    """The annex that begins on this line; the list of annexes below a notice is none."""
    found = annex(lines[index])
    if found is None:
        return None
    following = [line for line in lines[index + 1 : index + 12] if not _listed(line)]
    if found.title and (not following or date_alone(following[0].folded) or is_body(following[0])):
        return None
    if index + 1 >= len(lines) or (not found.title and not following):
        return None
    if found.title and any(_same_annex(found, line) for line in lines[index + 1 :]):
        return None
    return found


def _listed(line: Line) -> bool:
    """Whether the line goes on with a list of annexes: 2.某某申请表."""
    return line.is_text and point(line) is not None and short(line.text)


def _same_annex(found: Annex, line: Line) -> bool:
    later = annex(line)
    return later is not None and (later.label.startswith(found.label[:2]) and later.label != found.label[:1])


def _title_of_table(lines: list[Line], index: int) -> Annex | None:
    """A table's title that follows a finished sentence or a note, and has something below it."""
    if index + 1 >= len(lines) or not _ENDS_SENTENCE.search(lines[index - 1].text):
        return None
    return table_title(lines[index])


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
