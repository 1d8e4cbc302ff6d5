"""Several instruments in one file, and what is no text of any: the table of contents."""

import itertools
import re
from dataclasses import dataclass

from retrieval.documents.model import BlockKind
from retrieval.documents.structure.dates import date_alone
from retrieval.documents.structure.labels import (
    CONTENTS,
    CONTENTS_ENTRY,
    annex,
    article_start,
    heading,
    point,
)
from retrieval.documents.structure.lines import Line, quoted
from retrieval.documents.structure.notes import note_lines
from retrieval.documents.structure.titles import is_body, is_letterhead, is_number, is_rule_title, is_title

_LONGEST_CONTENTS = 400
_LONGEST_ENTRY = 120
_FEWEST_HEADINGS = 3
_INTRODUCTION = 8  # paragraphs between a title and the first article
_ORDER = re.compile("现予公布|现予发布|予以公布|公布施行|现将[^。]{0,40}公布")
_LONGEST_ORDER = 14
_GOES_ON = re.compile("(?:关于|的|实施|若干|暂行|试行|有关|适用|修改)")


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of one instrument; `quotations` are the numbers of those that are quoted from another."""

    lines: list[Line]
    quotations: frozenset[int]


def without_contents(lines: list[Line]) -> list[Line]:
    """`lines` without tables of contents: entries behind 目录, or headings that all come again."""
    left_out: set[int] = set()
    keys = [_key(line) for line in lines]
    number = 0
    while number < len(lines):
        if lines[number].is_text and CONTENTS.fullmatch(lines[number].folded):
            end = _end_of_contents(lines, keys, number + 1)
            left_out.update(range(number, end))
        else:
            end = _end_of_repeated(lines, keys, number)
            left_out.update(range(number, end))
        number = max(end, number + 1)
    return [line for number, line in enumerate(lines) if number not in left_out]


def _key(line: Line) -> str:
    match = CONTENTS_ENTRY.fullmatch(line.folded) if len(line.text) <= _LONGEST_ENTRY else None
    return "".join((match["entry"] if match else line.folded).split())


def _end_of_contents(lines: list[Line], keys: list[str], start: int) -> int:
    """The first line behind the entries that begin at `start`: where the first comes again as a heading."""
    limit = min(len(lines), start + _LONGEST_CONTENTS)
    if start == limit:
        return start
    for number in range(start, limit):
        if number > start and keys[number] == keys[start]:
            return number
        if not _is_entry(lines[number]):
            break
    later = {key: number for number, key in enumerate(keys)}
    for number in range(start, limit):
        line, key = lines[number], keys[number]
        paged = key != "".join(line.folded.split())
        listed = heading(line) or annex(line) or paged or later[key] > number
        if not (listed and _is_entry(line)):
            return number
    return limit


def _is_entry(line: Line) -> bool:
    return line.is_text and len(line.text) <= _LONGEST_ENTRY and "。" not in line.text


def _end_of_repeated(lines: list[Line], keys: list[str], start: int) -> int:
    """The end of a run of headings of which the first comes again behind it; `start` when there is none."""
    number = start
    while number < len(lines) and heading(lines[number]) and (number == start or keys[number] != keys[start]):
        number += 1
    again = number - start >= _FEWEST_HEADINGS and keys[start] in keys[number : number + 2]
    return number if again else start


def parts_of(lines: list[Line]) -> list[Part]:
    """The instruments that `lines` hold, one after another; at least one."""
    quotations = quoted(lines)
    starts = sorted(_beginnings(lines, quotations))
    bounds = list(itertools.pairwise([0, *starts, len(lines)]))
    parts: list[Part] = []
    waiting = 0
    for number, (start, end) in enumerate(bounds):
        last = number == len(bounds) - 1
        if not last and _only_promulgates(lines[start:end]):
            waiting = waiting or end - start
            continue
        first = start - waiting
        inside = frozenset(number - first for number in quotations if first <= number < end)
        parts.append(Part(lines[first:end], inside))
        waiting = 0
    return parts


def _beginnings(lines: list[Line], quotations: frozenset[int]) -> set[int]:
    """The lines where an instrument begins that is not the first."""
    starts: set[int] = set()
    lowest = 0
    for number, line in enumerate(lines):
        start = None if number in quotations else article_start(line)
        if start and start.number == 1 and not start.sub and not start.refers:
            title = _title_before(lines, number, lowest)
            if title is not None and title > 0 and _has_substance(lines[lowest:title]):
                starts.add(title)
            lowest = number + 1
        elif number >= lowest + 2 and date_alone(lines[number - 1].folded) and is_body(lines[number - 2]):
            goes_on = number + 1 < len(lines) and not article_start(lines[number + 1])
            if goes_on and is_title(line):
                starts.add(number)
                lowest = number
    return starts


def _title_before(lines: list[Line], position: int, lowest: int) -> int | None:
    """The first line of the title above the first article at `position`; None where there is none."""
    notes = {lowest + number for number in note_lines(lines[lowest:position])}
    paragraphs = 0
    for number in range(position - 1, lowest - 1, -1):
        line = lines[number]
        if number in notes or heading(line):
            continue
        printed = (
            line.kind is BlockKind.HEADING and line.level == 1 and not (point(line) or article_start(line))
        )
        if (printed and not annex(line)) or is_rule_title(line):
            return _above(lines, number, lowest)
        paragraphs += 1
        if paragraphs > _INTRODUCTION:
            return None
    return None


def _above(lines: list[Line], number: int, lowest: int) -> int:
    """Where a title begins that ends on line `number`: other lines of it, its number, 附件 above it."""
    while number > lowest:
        line, before = lines[number], lines[number - 1]
        whole = _GOES_ON.match(line.folded) and before.is_text and len(before.text) <= 60
        belongs = whole and not re.search("[。;:,]$", before.folded) and date_alone(before.folded) is None
        beside = annex(before) is not None or (is_letterhead(before) and not is_number(line))
        same_heading = line.kind is before.kind is BlockKind.HEADING and line.level == before.level == 1
        if not (belongs or beside or same_heading):
            break
        number -= 1
    return number


def _has_substance(lines: list[Line]) -> bool:
    """Whether there is a text of its own and not only a title with notes."""
    notes = set(note_lines(lines))
    return any(
        number not in notes and (len(line.text) >= 30 or "。" in line.text) and not is_title(line)
        for number, line in enumerate(lines)
    )


def _only_promulgates(lines: list[Line]) -> bool:
    """Whether the lines are the order that promulgates the next instrument: 国务院令 …现予公布."""
    return (
        len(lines) <= _LONGEST_ORDER
        and any(_ORDER.search(line.text) for line in lines)
        and any(is_letterhead(line) for line in lines[:6])
    )
