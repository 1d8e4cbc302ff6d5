"""Articles of laws: labels as they are printed, and references as people write them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from language.law_names import LawNames
from language.numbers import chinese_integer, parse_number
from language.spans import Found, fold

__all__ = ["ArticleReference", "LawNames", "article_label", "article_number", "find_articles"]

_HIGHEST = 2_000  # 民法典, the longest, has 1,260
_LONGEST_RANGE = 30
_LONGEST_LIST = 30
_REACH = 60  # characters between a law's name and an article that is still taken to be its own

_ORDINAL = "(?:[0-9]{1,4}|[零〇○一二两三四五六七八九十百千]{1,9})"
_SMALL = "(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
_LABEL = re.compile(rf"第?\s?({_ORDINAL})\s?条(?:\s?之\s?({_SMALL}))?")
_PART = re.compile(
    rf"(?P<ordinal>第?)\s?(?P<number>{_ORDINAL})"
    rf"(?:\s?(?P<article>条)(?:\s?之\s?(?P<sub>{_SMALL}))?"
    rf"(?:\s?的?(?:第\s?|(?![一两]款))(?P<paragraph>{_SMALL})\s?款)?"
    rf"(?:\s?的?(?:第?\s?\(\s?(?P<item>{_SMALL})\s?\)\s?项?|(?:第\s?|(?![一两]项))(?P<bare_item>{_SMALL})\s?项))?)?"
)
# In a clause of its own a number with 条 is an article (那39条呢), unless it counts something (49条香烟).
_BARE = re.compile(
    r"(?:^|[,。;:!?\s])(?:那么?|这个?|其中的?|里面?的?)?"
    r"(?P<label>(?:[0-9]{1,4}\s?[、,和至到-]\s?){0,29}(?:[0-9]{1,4}|[零〇○一二两三四五六七八九十百千]{2,9})\s?条)"
    r"(?=$|[,。;:!?]|[是怎咋讲说规写呢吗没啥我]|什么|的?(?:内容|原文|意思))"
)
# Behind what one refers with, it needs no clause of its own: 依据是41条, 拿三十九条吓唬我.
_REFERRED_TO = re.compile(
    r"(?:依据|根据|援引|引用|违反|符合|适用|套用|按照|依照|[拿按照依凭])"
    r"(?:的是|是|的|了)?\s?"
    r"(?P<label>(?:[0-9]{1,4}|[零〇○一二两三四五六七八九十百千]{2,9})\s?条)(?![烟鱼命龙腿裤船街路线])"
)
_ASKS_TO_READ = re.compile("[是都]?(?:咋|怎么|怎样|如何)(?:写|说|讲|规定)")
# 第三条建议 counts what is no article.
_NO_ARTICLE = re.compile(r"条\s?(?:建议|意见|消息|原因|理由|提案|短信|回复|评论|要求|语音|通知|线|路|街)")
_JOIN = re.compile(r"\s?(?:(?P<range>[至到~-]|—+|–)|[、,和与及或]|以及|或者)\s?|(?<=[条款项])(?=[第0-9])")
_BETWEEN_LAW_AND_ARTICLE = re.compile(r"[的里中内面规定所:,\s]{0,6}")
_ITSELF = re.compile("本(?:法|条例|规定|办法|解释|细则|决定|规则|章程|规程)")
_DOCUMENT = re.compile(
    "(?P<noun>合同|协议书?|章程|手册|制度|规定|办法|细则|通知|条例|解释|规程|方案|守则|准则|公约|意见|法)"
    r"[》〉\"”]?[中里内]?的?\s?$"
)
_STATED = re.compile("[的所]?规定$")


@dataclass(frozen=True, slots=True)
class ArticleReference:
    """An article somebody refers to: the law by official name when it can be told, labels as printed.

    `paragraph` is 第二款, 第（二）项 or 第二款第（二）项. `start` and `end` are offsets into the given text
    and include the law's name where the article follows it directly.
    """

    law: str | None
    article: str
    paragraph: str | None
    start: int
    end: int


def article_label(number: int, sub: int | None = None) -> str:
    """Return the printed label: 39 is 第三十九条, (133, 1) is 第一百三十三条之一."""
    return f"第{chinese_integer(number)}条" + (f"之{chinese_integer(sub)}" if sub else "")


def article_number(label: str) -> tuple[int, int | None] | None:
    """Return (39, None) for 第三十九条, 第39条 or 39条, (39, 1) for 第三十九条之一; else None."""
    match = _LABEL.fullmatch(fold(label).strip())
    number = match and _integer(match[1])
    if not match or number is None:
        return None
    return number, _integer(match[2]) if match[2] else None


def find_articles(text: str, laws: LawNames | None = None) -> list[ArticleReference]:
    """Return the articles that `text` refers to, in order, one for each article of a list or range.

    An article belongs to the law it follows, else to the law named shortly before it, else to the only law
    the text names. 本法第三条 and 合同第三条 belong to none. Without 第, an article must follow its law
    (劳动合同法39条), stand in a clause of its own in a text that names the law (劳动合同法，那39条呢), or
    behind what one refers with (依据是41条).
    """
    folded = fold(text)
    named = (laws or LawNames({})).find(text)
    found: list[ArticleReference] = []
    for law in named:
        filler = _BETWEEN_LAW_AND_ARTICLE.match(folded, law.end)
        chain = list(_chain(folded, filler.end() if filler else law.end))
        if chain and not _counts_articles(folded, chain[0]):
            found.append(replace(chain[0], law=law.value, start=law.start))
            found += (replace(reference, law=law.value) for reference in chain[1:])
    position = 0
    while (position := folded.find("第", position)) >= 0:
        inside = next((r.end for r in found if r.start <= position < r.end), None)
        chain = [] if inside else list(_chain(folded, position))
        if chain and not _NO_ARTICLE.match(folded, chain[-1].end - 1):
            law_name = _law_of(folded, position, named, found)
            found += (replace(reference, law=law_name) for reference in chain)
        position = inside or (chain[-1].end if chain else position + 1)
    for pattern, needs_law in ((_BARE, True), (_REFERRED_TO, False)):
        for bare in pattern.finditer(folded):
            start = bare.start("label")
            law_name = _law_of(folded, start, named, found)
            begun = any(r.start <= start < r.end for r in found)
            asks = _ASKS_TO_READ.match(folded, bare.end("label"))
            if not begun and (law_name is not None or asks or not needs_law):
                found += (replace(reference, law=law_name) for reference in _chain(folded, start))
    return sorted(found, key=lambda reference: (reference.start, reference.end))


def _chain(folded: str, position: int) -> Iterator[ArticleReference]:
    """The articles listed at `position` (36、38条; 第三十九条至第四十一条), if any."""
    parts: list[tuple[re.Match[str], bool]] = []
    ranged = False
    while len(parts) < _LONGEST_LIST and (part := _PART.match(folded, position)):
        parts.append((part, ranged))
        join = _JOIN.match(folded, part.end())
        if not join:
            break
        ranged, position = bool(join["range"]), join.end()
    while parts and not parts[-1][0]["article"]:
        parts.pop()
    before = 0
    for part, ranged in parts:
        number = _integer(part["number"])
        if number is None:
            continue
        start, end = part.span()
        if ranged and 0 < number - before <= _LONGEST_RANGE:
            for between in range(before + 1, number):
                yield ArticleReference(None, article_label(between), None, start, end)
        sub = _integer(part["sub"]) if part["sub"] else None
        yield ArticleReference(None, article_label(number, sub), _paragraph(part), start, end)
        before = number


def _paragraph(part: re.Match[str]) -> str | None:
    paragraph = _integer(part["paragraph"]) if part["paragraph"] else None
    item_text = part["item"] or part["bare_item"]
    item = _integer(item_text) if item_text else None
    label = f"第{chinese_integer(paragraph)}款" if paragraph else ""
    label += f"第（{chinese_integer(item)}）项" if item else ""
    return label or None


def _integer(text: str) -> int | None:
    number = parse_number(text)
    return int(number) if number is not None and 0 < number <= _HIGHEST else None


def _counts_articles(folded: str, first: ArticleReference) -> bool:
    """劳动法一条都没守, 工会法的三条规定: a count, not a label."""
    wording = folded[first.start : first.end]
    if wording.startswith("第") or wording[0].isascii() or len(wording) > 2:
        return False
    return wording[0] in "一两" or folded[first.start - 1] == "的"


def _law_of(folded: str, position: int, named: list[Found[str]], found: list[ArticleReference]) -> str | None:
    """The law of an article that begins at `position` and does not follow a law's name."""
    before = [law for law in named if law.end <= position]
    document = _DOCUMENT.search(folded, max(0, position - 12), position)
    if document:
        noun_end = document.end("noun")
        names_a_law = any(law.end >= noun_end for law in before)
        states = any(_STATED.fullmatch(folded, law.end, noun_end) for law in before)
        if not names_a_law and not states:
            return None
    if not before:
        laws = {law.value for law in named}
        return laws.pop() if len(laws) == 1 else None
    nearest = max([(law.end, law.value) for law in before] + [(r.end, r.law) for r in found if r.law])
    end, law_name = nearest
    if position - end > _REACH or _ITSELF.search(folded, before[-1].end, position):
        return None
    return law_name
