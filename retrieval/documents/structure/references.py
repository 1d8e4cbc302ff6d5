"""References in an article to others: 依照本法第三十六条, 前条, 本条第二款, 《工会法》第二十条."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from language.laws import ArticleReference, LawNames, article_number, find_articles
from language.numbers import chinese_integer, parse_number
from language.spans import fold
from retrieval.clauses import paragraph_at
from retrieval.documents.model import Link
from retrieval.documents.structure.titles import official_name

_NUMERAL = "[一二两三四五六七八九十]{1,3}|[0-9]{1,2}"
_SELF = "法|条例|规定|办法|细则|规则|解释|决定|章程|规程|制度|准则|守则|规范|公约"
_ITSELF = re.compile(rf"本(?:实施|暂行|试行|管理)?(?:{_SELF})(?:\([^()]*\))?的?\s*$")
_BARE = re.compile(
    r"(?:^|[。;,:\n(、]|依照|按照|根据|依据|违反|适用|符合|具有|除|执行|参照|属于|有(?!关))\s*$"
)
_QUOTED = re.compile("《(?P<law>(?:[^《》]|《[^《》]*》)+)》")
_NUMBERED_LAW = re.compile(r"》\s*\([^()]{1,36}\)\s*的?$")
_JOIN = re.compile(r"\s?(?:[、,和与及或]|以及|或者|至|到)?\s?")
_NAMED_HERE = re.compile(
    '《(?P<law>(?:[^《》]|《[^《》]*》)+)》[^《》。]{0,12}以下(?:简称|称)[“"]?(?P<short>[^”"）)。,，]{2,30}?)[”"]?[)）]'
)
_BEFORE = re.compile(
    rf"(?<![以之目从此提空生])前(?P<count>{_NUMERAL})?(?P<unit>[条款])(?![件约例件])"
    rf"(?:第(?P<paragraph>{_NUMERAL})款)?(?:第?\s?\(?(?P<item>{_NUMERAL})\)?项)?"
)
_THIS = re.compile(rf"本条(?:第(?P<paragraph>{_NUMERAL})款)?(?:第?\s?\(?(?P<item>{_NUMERAL})\)?项)?")
_MOST_BEFORE = 5


@dataclass(frozen=True, slots=True)
class Setting:
    """What references are read against: the instrument's name, its labels in order, the names of laws.

    `abbreviations` are the names the instrument itself introduces (以下简称条例). `closed`: every article of
    the instrument is there, so that a label it does not have is none of its own.
    """

    name: str
    labels: tuple[str, ...]
    laws: LawNames
    abbreviations: tuple[tuple[str, str], ...] = ()
    closed: bool = True


def abbreviations_in(texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The short names that the texts introduce for laws, each with the law's official name; longest first."""
    found = {
        fold(match["short"]): official_name(match["law"])
        for text in texts
        for match in _NAMED_HERE.finditer(text)
    }
    return tuple(sorted(found.items(), key=lambda entry: -len(entry[0])))


def links_of(text: str, label: str, setting: Setting) -> tuple[Link, ...]:
    """The links of the article `label` whose text is `text`; only those that are certain."""
    if "条" not in text and "款" not in text:
        return ()
    folded = fold(text)
    found = [*_to_articles(text, folded, setting), *_relative(text, folded, label, setting)]
    return tuple(sorted(found, key=lambda link: (link.start, link.end)))


def _to_articles(text: str, folded: str, setting: Setting) -> list[Link]:
    found: list[Link] = []
    law: str | None = None
    end = -1
    for reference in find_articles(text, setting.laws):
        joined = end >= 0 and (reference.start < end or bool(_JOIN.fullmatch(folded, end, reference.start)))
        if not joined:
            law = _law_of(reference, folded, setting)
        end = reference.end
        own = law == setting.name
        if law and not (own and setting.closed and reference.article not in setting.labels):
            start = reference.start
            if own and not joined and (itself := _ITSELF.search(folded, max(0, start - 12), start)):
                start = itself.start()
            found.append(Link(start, reference.end, law, reference.article, reference.paragraph))
    return found


def _law_of(reference: ArticleReference, folded: str, setting: Setting) -> str | None:
    """The law named right before the article; this instrument where it can only be that."""
    start = reference.start
    if _ITSELF.search(folded, max(0, start - 12), start):
        return setting.name
    for short, law in setting.abbreviations:
        if folded.endswith(short, 0, start):
            return law
    if quoted := _QUOTED.match(folded, start):
        return official_name(quoted["law"])
    if not folded.startswith("第", start) or _NUMBERED_LAW.search(folded, max(0, start - 40), start):
        return reference.law
    return setting.name if _BARE.search(folded, max(0, start - 6), start) else None


def _relative(text: str, folded: str, label: str, setting: Setting) -> list[Link]:
    """前条, 前两款, 本条第二款."""
    found = []
    for match in _BEFORE.finditer(folded):
        count = _integer(match["count"]) if match["count"] else 1
        if not 0 < count <= _MOST_BEFORE:
            continue
        if match["unit"] == "条":
            places = [(before, _clause(match)) for before in _labels_before(label, count, setting)]
        else:
            places = [
                (label, _clause(match, paragraph))
                for paragraph in _paragraphs_before(text, match.start(), count)
            ]
        found += [Link(*match.span(), setting.name, article, clause) for article, clause in places]
    for match in _THIS.finditer(folded):
        if clause := _clause(match):
            found.append(Link(*match.span(), setting.name, label, clause))
    return found


def _labels_before(label: str, count: int, setting: Setting) -> list[str]:
    position = setting.labels.index(label) if label in setting.labels else 0
    if article_number(label) is None or position < count:
        return []
    before = setting.labels[position - count : position]
    return [one for one in before if article_number(one) is not None]


def _paragraphs_before(text: str, position: int, count: int) -> range:
    here = paragraph_at(text, position)
    return range(here - count, here) if here > count else range(0)


def _clause(match: re.Match[str], paragraph: int = 0) -> str | None:
    groups = match.groupdict()
    if groups["paragraph"]:
        paragraph = _integer(groups["paragraph"])
    clause = f"第{chinese_integer(paragraph)}款" if paragraph else ""
    if groups["item"] and (item := _integer(groups["item"])):
        clause += f"第（{chinese_integer(item)}）项"
    return clause or None


def _integer(text: str) -> int:
    number = parse_number(text)
    return int(number) if number is not None else 0
