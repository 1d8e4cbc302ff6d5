"""What the beginning of a line says it is: an article, a heading of a law, an annex, a numbered point."""

import re
from dataclasses import dataclass
from enum import StrEnum

from language.laws import article_label
from language.numbers import parse_number
from retrieval.documents.model import BlockKind
from retrieval.documents.structure.lines import Line

_DIGIT = "零〇○一二两三四五六七八九十百千"
NUMERAL = rf"(?:[0-9]{{1,4}}|[{_DIGIT}](?:\s?[{_DIGIT}]){{0,8}})"
_HIGHEST_ARTICLE = 2_000
_LONGEST_HEADING = 40
_LONGEST_POINT_HEADING = 40

_ARTICLE = re.compile(
    rf"第\s?(?P<number>{NUMERAL})\s?条(?:\s?之\s?(?P<sub>[{_DIGIT}]{{1,3}}|[0-9]{{1,2}})(?![{_DIGIT}]))?"
    r"(?P<after>\s*[:、.]\s*|\s+|(?=[\[【(〔])|$)?"
)
# 第三十九条规定的情形, 第三条至第五条, 第十二条修改为: a reference at the start of a line.
_REFERS = re.compile(
    "[第的所和、,或及至到中之与款项]|规定|修改|改为|以[上下及]|删[去除]|作为|增加|同时|继续|不再"
)
_HEADING = re.compile(
    rf"第\s?(?P<number>{NUMERAL})\s?(?P<unit>部分|分编|编|篇|章|节)(?P<after>\s*[:、.]\s*|\s+)?(?P<title>.*)"
)
_RANKS = {"部分": 0, "编": 1, "篇": 1, "分编": 2, "章": 3, "节": 4}
CHAPTER = _RANKS["章"]
_SENTENCE = re.compile("[。;!?]|[:,]$")
# 将第三十九条修改为: a change to another text is no heading.
_NO_HEADING = re.compile('[。；;，,！？!?“”"]|修改为|改为|增加一[条款项]|删[去除]')
_BARE_HEADING = re.compile(r"(?:总|附|分|罚)\s*则|序\s*言")
_BETWEEN_CHINESE = re.compile(r"(?<=[^\x00-\xff])\s+(?=[^\x00-\xff])")
_ANNEX = re.compile(
    rf"(?P<label>附(?:件|表|录|图)?\s?(?:{NUMERAL}(?![{_DIGIT}0-9年月日]))?)(?P<colon>\s*[:、.]\s*|\s+|$)(?P<title>.*)"
)
_RATE_TABLE = re.compile(rf"[^,。;:]{{2,30}}表{NUMERAL}?(?:\([^()]*\))?")
CONTENTS = re.compile(r"[\[(【]?目\s*[录次][\])】]?")
CONTENTS_ENTRY = re.compile(r"(?P<entry>.*?\S)(?:[\s.·…—-]*[\s.·…—]\d{1,4})?")


class Style(StrEnum):
    """How a point is numbered."""

    CHINESE = "一、"
    CHINESE_BRACKETS = "（一）"
    ARABIC = "1."
    DECIMAL = "1.1"
    ARABIC_BRACKETS = "（1）"
    CIRCLED = "①"


_CN = "[一二三四五六七八九十百]{1,4}"
_WIDE = r"[^\x00-\xff]"
_STYLES = (
    (Style.CHINESE, re.compile(rf"(?P<number>{_CN})\s?[、.]\s*")),
    (Style.CHINESE_BRACKETS, re.compile(rf"\(\s?(?P<number>{_CN})\s?\)[、.]?\s*")),
    (Style.DECIMAL, re.compile(rf"(?P<number>\d{{1,2}}(?:\.\d{{1,2}}){{1,4}})(?:[.、]\s*|\s+|(?={_WIDE}))")),
    (Style.ARABIC, re.compile(rf"(?P<number>\d{{1,3}})(?:、\s*|\.\s*(?!\d)|\s+(?={_WIDE}))")),
    (Style.ARABIC_BRACKETS, re.compile(r"\(?\s?(?P<number>\d{1,3})\s?\)[、.]?\s*")),
    (Style.CIRCLED, re.compile(r"(?P<number>[①-⑳])\s*")),
)
_ORDER = {
    Style.CHINESE: 10,
    Style.CHINESE_BRACKETS: 20,
    Style.ARABIC: 30,
    Style.ARABIC_BRACKETS: 40,
    Style.CIRCLED: 50,
}


@dataclass(frozen=True, slots=True)
class ArticleStart:
    """第三十九条之一 at the start of a line; the article's text begins at `end`.

    `separated`: something stands between label and text, as is printed. `refers`: what follows reads as if
    the line referred to the article.
    """

    label: str
    number: int
    sub: int
    end: int
    separated: bool
    refers: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a law; a smaller `rank` stands above. `complete`: its title is on the same line."""

    rank: int
    text: str
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Annex:
    """The first line of an annex: 附件1, 附表, 附录：…"""

    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Point:
    """A numbered point: its number as printed (三, （二）), its rank, where its text begins."""

    style: Style
    number: str
    rank: int
    end: int


def article_start(line: Line) -> ArticleStart | None:
    """The article that begins on this line, if it begins as one does."""
    match = _ARTICLE.match(line.folded) if line.is_text else None
    number = match and _integer(match["number"])
    if not match or not number or number > _HIGHEST_ARTICLE:
        return None
    sub = _integer(match["sub"]) if match["sub"] else 0
    refers = bool(_REFERS.match(line.folded, match.end()))
    separated = match["after"] is not None
    return ArticleStart(article_label(number, sub or None), number, sub, match.end(), separated, refers)


def heading(line: Line) -> Heading | None:
    """The 编, 章 or 节 that this line is the heading of; 附则 alone on a line counts as a chapter."""
    if not line.is_text or len(line.text) > _LONGEST_HEADING:
        return None
    match = _HEADING.fullmatch(line.folded)
    if match is None:
        if _BARE_HEADING.fullmatch(line.folded):
            return Heading(CHAPTER, spaced(line.text))
        return None
    printed = line.kind is BlockKind.HEADING
    title = line.text[match.start("title") :].strip()
    if not printed and title and (_SENTENCE.search(match["title"]) or "," in match["title"]):
        return None
    if match["after"] is None and _REFERS.match(match["title"]):
        return None
    number = "".join(line.text[match.start("number") : match.end("number")].split())
    text = f"第{number}{match['unit']}"
    return Heading(_RANKS[match["unit"]], f"{text} {spaced(title)}".rstrip(), complete=bool(title))


def spaced(title: str) -> str:
    """`title` without the spaces that only spread its characters (总　则), others single."""
    return " ".join(_BETWEEN_CHINESE.sub("", title).split())


def annex(line: Line) -> Annex | None:
    """The annex that begins on this line."""
    if not line.is_text or len(line.text) > 60:
        return None
    match = _ANNEX.fullmatch(line.folded)
    if match is None or _SENTENCE.search(match["title"]):
        return None
    if match["label"] == "附" and not match["colon"].strip():
        return None
    return Annex("".join(line.text[: match.end("label")].split()), line.text[match.start("title") :].strip())


def table_title(line: Line) -> Annex | None:
    """A table's title behind the last article: 个人所得税税率表一（综合所得适用）."""
    if not line.is_text or not _RATE_TABLE.fullmatch(line.folded):
        return None
    return Annex(spaced(line.text), "")


def point(line: Line) -> Point | None:
    """The number with which this line begins, if it is a point of a list."""
    if not line.is_text:
        return None
    for style, pattern in _STYLES:
        match = pattern.match(line.folded)
        if match is None or match.end() == len(line.folded):
            continue
        depth = match["number"].count(".") if style is Style.DECIMAL else 0
        rank = _ORDER[Style.ARABIC] + depth if depth else _ORDER[style]
        number = "".join(line.text[: match.end()].split()).rstrip("、.．")
        return Point(style, number, rank, match.end())
    return None


def short(text: str) -> bool:
    """Whether `text` can be a heading rather than a sentence."""
    return 0 < len(text) <= _LONGEST_POINT_HEADING and not _NO_HEADING.search(text)


def _integer(text: str) -> int:
    number = parse_number("".join(text.split()))
    return int(number) if number is not None and number == int(number) else 0
