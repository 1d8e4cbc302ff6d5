"""The body of an instrument: its articles or sections, its annexes, and what stands around them."""

import itertools
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from retrieval.documents.model import Article, Doubt
from retrieval.documents.structure.annexes import Appendix, annex_at
from retrieval.documents.structure.articles import collect
from retrieval.documents.structure.dates import DATE
from retrieval.documents.structure.labels import ArticleStart, annex, point, short, spaced
from retrieval.documents.structure.lines import Line
from retrieval.documents.structure.notes import note_lines, signature
from retrieval.documents.structure.sections import SMALLEST, Section, opening_sections, sections
from retrieval.documents.structure.splitting import Part
from retrieval.documents.structure.titles import is_letterhead

_ADDRESSES = re.compile(r"[^。;]{2,400}:")
_IMPRINT = re.compile(rf".{{2,40}}{DATE}\s*印发|(?:抄送|主送|共印)[:\s].{{0,200}}")
_DECIDES = re.compile("(?:决定|如下|公告|通过):?$|决定:")


@dataclass(slots=True)
class Body:
    """What an instrument consists of. `head` stands before its first article, `signed` below its last.

    Headings that nothing stands under are with what is signed.
    """

    articles: list[Article]
    head: list[Line]
    signed: list[Line] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)


def body_with_articles(part: Part, starts: dict[int, ArticleStart], begin: int) -> Body:
    """The body of a text with articles, of which the first or its headings begin on line `begin`."""
    found = collect(part, starts, begin)
    doubts = found.doubts
    found.drafts[-1].lines, signed = _without_signature(found.drafts[-1].lines)
    articles = []
    for draft in found.drafts:
        text = "\n".join(line.text for line in draft.lines)
        articles.append(Article(draft.label, text, draft.headings, draft.place))
        if not text:
            doubts.append(Doubt("article_empty", draft.place, (("label", draft.label),)))
    for appendix in found.appendices:
        articles += _annex(appendix)
    return Body(articles, part.lines[:begin], [*found.unused, *signed], doubts)


def body_without_articles(part: Part, begin: int, *, decides: bool) -> Body:
    """The body of a text in headings and points, which follows its title on line `begin`.

    What a decision says before its first point is its preamble; in other texts it is content.
    """
    lines = part.lines
    first = _after_notes(lines, begin)
    bounds = [number for number in range(first + 1, len(lines)) if annex_at(lines, number)]
    main, signed = _without_signature(lines[first : bounds[0] if bounds else len(lines)])
    quotations = frozenset(number - first for number in part.quotations)
    opening, found = sections(main, quotations)
    head = list(lines[:first])
    if found and (decides or sum(len(line.text) for line in opening) < SMALLEST):
        head += opening
    else:
        found = [*opening_sections(opening), *found]
    articles = [_article(section) for section in found]
    for start, end in itertools.pairwise([*bounds, len(lines)]):
        opened = annex_at(lines, start)
        if opened is not None:
            inside = frozenset(number - start - 1 for number in part.quotations)
            articles += _annex(Appendix(opened, lines[start].place, lines[start + 1 : end], inside))
    return Body(articles, head, signed)


def _after_notes(lines: list[Line], begin: int) -> int:
    """The first line that is neither a note nor a letterhead nor says to whom a notice is addressed."""
    notes = {begin + number for number in note_lines(lines[begin : begin + 20])}
    number = begin
    while number < len(lines) and (number in notes or is_letterhead(lines[number])):
        number += 1
    if number < len(lines) and lines[number].is_text:
        folded = lines[number].folded
        if _ADDRESSES.fullmatch(folded) and not _DECIDES.search(folded) and number + 1 < len(lines):
            number += 1
    return number


def _without_signature(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """The lines, and those they end with: the list of annexes, the signature, a note, the imprint."""
    end = len(lines)
    while end > 1 and _below_signature(lines[end - 1]):
        end -= 1
    numbers, _, _ = signature(lines[:end])
    if numbers and numbers[-1] == end - 1 and numbers[0] > 0:
        end = numbers[0]
    elif end < len(lines) and not any(_IMPRINT.fullmatch(line.folded) for line in lines[end:]):
        end = len(lines)
    listed = end
    while listed > 1 and point(lines[listed - 1]) and short(lines[listed - 1].text):
        listed -= 1
    if listed > 1 and (found := annex(lines[listed - 1])) and (found.title or listed < end):
        end = listed - 1
    return lines[:end], lines[end:]


def _below_signature(line: Line) -> bool:
    """A note in brackets, the imprint of an office: what a notice ends with below the signature."""
    return line.is_text and bool(
        (
            line.folded.startswith("(")
            and line.folded.endswith(")")
            and len(line.text) < 60
            and not point(line)
        )
        or is_letterhead(line)
        or _IMPRINT.fullmatch(line.folded)
    )


def _annex(appendix: Appendix) -> list[Article]:
    """The sections of an annex."""
    lines, label, title = appendix.lines, appendix.annex.label, appendix.annex.title
    if not title and len(lines) > 1 and lines[0].is_text and short(lines[0].text):
        title, lines = spaced(lines[0].text), lines[1:]
    heading = f"{label} {title}".rstrip()
    if not lines:
        return [Article(label, title or label, (), appendix.place, annex=True)]
    above = (heading,) if title else ()
    removed = len(appendix.lines) - len(lines)
    quotations = frozenset(number - removed for number in appendix.quotations)
    _, found = sections(lines, quotations, above=above, label=label)
    places = [appendix.place, *(section.place for section in found[1:])]
    return [
        replace(_article(section), annex=True, place=place)
        for section, place in zip(found, places, strict=False)
    ]


def _article(section: Section) -> Article:
    return Article(section.label, section.text, section.headings, section.place)


def unique(articles: Iterable[Article]) -> list[Article]:
    """The articles with a number behind each label that was there before: 三、报销标准〔2〕."""
    seen: Counter[str] = Counter()
    taken: set[str] = set()
    found = []
    for article in articles:
        label = article.label
        while label in taken or not label:
            seen[article.label] += 1
            label = f"{article.label}〔{seen[article.label] + 1}〕"
        taken.add(label)
        found.append(replace(article, label=label))
    return found
