"""Texts without articles: a tree of headings and numbered points, cut into sections fit to be found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from retrieval.documents.model import BlockKind, Place
from retrieval.documents.structure.labels import Style, heading, point, short, spaced
from retrieval.documents.structure.lines import Line

LARGEST = 800
SMALLEST = 50
_LARGEST_PARAGRAPH = 1_600
_LARGEST_TABLE = 3_000
_LONGEST_LABEL = 60
_LONGEST_OPENING = 24
_LEAD = re.compile(r"(?P<lead>(?!本[^。]{1,8}自)[^。;:,]{2,15})[。:]\s*(?=\S)")
_OPENING = re.compile(r"[^。;；,，:：!！?？\n|]+")
_AFTER_SENTENCE = re.compile("(?<=[。！？；])")
# The sentence below the last point that says from when a decision holds is none of that point.
_CLOSING = re.compile("本(?:决定|通知|公告|批复|意见|方案|办法|制度|规定|细则)[^。]{0,10}自[^。]{2,20}起")
_CLOSING_RANK = 5
_NUMBER_ALONE = re.compile("[一二三四五六七八九十]{1,3}[、.]?")
_ORDER_OF_CHINESE = 10
_QUESTION = re.compile(r"(?:问题?|q)\s*[0-9一二三四五六七八九十]{0,3}\s*[:、.]\s*(?=\S)")
_QUESTION_RANK = 60


@dataclass(frozen=True, slots=True)
class Section:
    """A piece of a text: what it is called, verbatim what it says, and the headings above it."""

    label: str
    text: str
    headings: tuple[str, ...]
    place: Place


@dataclass(slots=True)
class Node:
    """A heading or point with its own lines and what stands under it."""

    rank: float
    level: int
    label: str
    number: str = ""
    printed: Line | None = None
    rest: str = ""
    lines: list[Line] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)

    def all_lines(self) -> Iterator[Line]:
        """What stands behind the label, in the order of the text, inner headings as lines."""
        if self.rest and self.printed:
            yield _plain(self.rest, self.printed)
        yield from self._below()

    def _below(self) -> Iterator[Line]:
        yield from self.lines
        for child in self.children:
            if child.printed:
                yield child.printed
            yield from child._below()

    @property
    def size(self) -> int:
        return sum(len(line.text) for line in self.all_lines())


def sections(
    lines: list[Line], quotations: frozenset[int], *, above: tuple[str, ...] = (), label: str = ""
) -> tuple[list[Line], list[Section]]:
    """The lines before the first heading or point, and the sections under the headings.

    `label` is put before each section's own (附件1), `above` before its headings; a text with neither
    heading nor point is one section called `label`, or several named by their first words.
    """
    root = _tree(lines, quotations, arabic=False)
    if not root.children:
        root = _tree(lines, quotations, arabic=True)
    found: list[Section] = []
    if label and root.size <= LARGEST:
        text = "\n".join(line.text for line in root.all_lines())
        return [], [Section(label, text, above, lines[0].place)] if text else []
    for child in root.children:
        found += _cut(child, above)
    if label:
        found = [Section(f"{label} {one.label}", one.text, one.headings, one.place) for one in found]
        found = [*_pieces(root.lines, label, above), *found]
        return [], found
    return root.lines, found


def opening_sections(lines: list[Line]) -> list[Section]:
    """Sections of paragraphs that stand under no heading, called by their first words."""
    return [Section(_opening(piece.text), piece.text, (), piece.place) for piece in _pieces(lines, "", ())]


def _opening(text: str) -> str:
    match = _OPENING.search(text)
    return (match.group().strip() if match else text)[:_LONGEST_OPENING] or text[:_LONGEST_OPENING]


def _tree(lines: list[Line], quotations: frozenset[int], *, arabic: bool) -> Node:
    root = Node(-1, 0, "")
    stack = [root]
    for number, line in enumerate(lines):
        node = None if number in quotations else _node(lines, number, arabic=arabic)
        if node and node.rank == _CLOSING_RANK and not (stack[-1].lines or stack[-1].rest):
            node = None
        if node is None:
            stack[-1].lines.append(line)
            continue
        while len(stack) > 1 and not _stands_above(stack[-1], node):
            stack.pop()
        if line.kind is BlockKind.HEADING and line.level and stack[-1].rank >= node.rank:
            node.rank = stack[-1].rank + 0.1
        if not node.label.strip():
            node.label = node.number
        if node.number and node.label == node.number and stack[-1].number:
            node.label = node.number = stack[-1].number + node.number
        stack[-1].children.append(node)
        stack.append(node)
    _prune(root)
    return root


def _stands_above(upper: Node, node: Node) -> bool:
    if upper.level and node.level:
        return upper.level < node.level
    return upper.rank < node.rank


def _node(lines: list[Line], number: int, *, arabic: bool) -> Node | None:
    """The heading or point that the line is, still without what stands under it."""
    line = lines[number]
    if not line.is_text:
        return None
    numbered = point(line)
    if asked := _QUESTION.match(line.folded):
        question = line.text[asked.end() :]
        rest = question if len(question) > _LONGEST_LABEL else ""
        return Node(_QUESTION_RANK, 0, question[:_LONGEST_LABEL], "", line, rest)
    level = line.level if line.kind is BlockKind.HEADING else 0
    if legal := heading(line):
        return Node(legal.rank, level, legal.text, printed=line)
    if line.kind is BlockKind.HEADING and len(line.text) <= _LONGEST_LABEL:
        rank = numbered.rank if numbered else float(level or 1)
        return Node(
            rank, level, spaced(line.text).rstrip("：:"), _numeral(numbered.number) if numbered else "", line
        )
    if numbered is None and _NUMBER_ALONE.fullmatch(line.folded) and number + 1 < len(lines):
        return Node(_ORDER_OF_CHINESE, level, "", line.text.rstrip("、.．"), line)
    if numbered is None:
        closing = _CLOSING.match(line.text) and len(line.text) <= LARGEST
        return Node(_CLOSING_RANK, 0, _opening(line.text), "", line, line.text) if closing else None
    rest = line.text[numbered.end :].strip()
    titled = short(rest.rstrip("：:"))
    if numbered.style in (Style.ARABIC, Style.DECIMAL):
        following = point(lines[number + 1]) if number + 1 < len(lines) else None
        last = number + 1 == len(lines)
        sibling = last or (following is not None and following.rank == numbered.rank)
        if titled and line.kind is not BlockKind.ITEM and not sibling:
            return Node(numbered.rank, 0, spaced(line.text).rstrip("：:"), numbered.number, line)
        if numbered.style is Style.ARABIC and not arabic:
            return None
    elif numbered.style not in (Style.CHINESE, Style.CHINESE_BRACKETS):
        return None
    if titled and number + 1 < len(lines):
        return Node(numbered.rank, 0, spaced(line.text).rstrip("：:"), _numeral(numbered.number), line)
    lead = _LEAD.match(line.folded, numbered.end)
    if lead and short(lead["lead"]):
        label = spaced(line.text[: lead.end("lead")])
        return Node(numbered.rank, 0, label, _numeral(numbered.number), line, line.text[lead.end() :])
    return Node(numbered.rank, 0, "", _numeral(numbered.number), line, rest)


def _numeral(number: str) -> str:
    return number.replace("(", "（").replace(")", "）")


def _prune(node: Node) -> None:
    """Make a heading with nothing under it a line of what stands before it."""
    kept: list[Node] = []
    for child in node.children:
        _prune(child)
        if child.rest or child.lines or child.children or child.printed is None:
            kept.append(child)
        else:
            before = kept[-1] if kept else node
            while before is not node and before.children:
                before = before.children[-1]
            before.lines.append(child.printed)
    node.children = kept


def _cut(node: Node, above: tuple[str, ...]) -> list[Section]:
    """The sections of a node: one where it is small, else its own lines and those of its children."""
    place = node.printed.place if node.printed else Place()
    if not node.children or node.size <= LARGEST:
        return _pieces(list(node.all_lines()), node.label, above, place)
    own = Node(node.rank, node.level, node.label, printed=node.printed, rest=node.rest, lines=node.lines)
    found: list[Section] = []
    below = (*above, node.label)
    children = list(node.children)
    if 0 < own.size < SMALLEST and children[0].size <= LARGEST:
        own.children.append(children.pop(0))
    found += _pieces(list(own.all_lines()), node.label, above, place)
    while children:
        child = children.pop(0)
        while child.size < SMALLEST and children and children[0].size <= LARGEST:
            child.children.append(children.pop(0))
        found += _cut(child, below)
    return found


def _pieces(
    lines: list[Line], label: str, above: tuple[str, ...], place: Place | None = None
) -> list[Section]:
    """The lines as one section, or as several of about the same size where they are too long for one."""
    units = [unit for line in lines for unit in _units(line)]
    size = sum(len(unit.text) for unit in units)
    if not units:
        return []
    target = size / -(-size // LARGEST)
    groups: list[list[Line]] = [[]]
    filled = 0
    for unit in units:
        if groups[-1] and filled + len(unit.text) / 2 > target:
            groups.append([])
            filled = 0
        groups[-1].append(unit)
        filled += len(unit.text)
    found = []
    for number, group in enumerate(groups):
        where = place if number == 0 and place else group[0].place
        found.append(Section(label, "\n".join(unit.text for unit in group), above, where))
    return found


def _units(line: Line) -> list[Line]:
    """A line, or its sentences or rows where it is too long to be one section."""
    if line.kind is BlockKind.TABLE:
        rows = line.text.split("\n")
        if len(line.text) <= _LARGEST_TABLE or len(rows) < 4:
            return [line]
        head = rows[:2]
        units, current = [], list(head)
        for row in rows[2:]:
            if len(current) > len(head) and sum(map(len, current)) + len(row) > LARGEST:
                units.append(_plain("\n".join(current), line))
                current = list(head)
            current.append(row)
        return [*units, _plain("\n".join(current), line)]
    if len(line.text) <= _LARGEST_PARAGRAPH:
        return [line]
    units, text = [], ""
    for sentence in _AFTER_SENTENCE.split(line.text):
        if text and len(text) + len(sentence) > LARGEST:
            units.append(_plain(text, line))
            text = ""
        text += sentence
    return [*units, _plain(text, line)] if text else units


def _plain(text: str, line: Line) -> Line:
    return Line(text, BlockKind.PARAGRAPH, place=line.place)
