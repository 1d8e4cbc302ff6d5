"""Titles: which lines are one, and the official name a title gives."""

import re
from dataclasses import dataclass

from language.spans import fold
from retrieval.documents.model import BlockKind
from retrieval.documents.structure.dates import date_alone
from retrieval.documents.structure.labels import annex, article_start, heading, point, spaced
from retrieval.documents.structure.lines import Line

_STATE = "中华人民共和国"
_RULES = (
    "法|法典|条例|规定|办法|细则|规则|规程|章程|解释|决定|决议|制度|守则|准则|公约|规范|标准|"
    "条款|手册|指引|指南|方案|预案"
)
_NOTICES = (
    "通知|通告|公告|意见|批复|复函|函|答复|通报|纲要|计划|规划|要求|须知|说明|流程|政策|答问|问答|答疑|解答|清单|"
    "要点|措施|协议|合同|令"
)
_ENDING = r"(?:\([^()]{1,40}\)|\[[^\[\]]{1,20}\])*"
_RULE_TITLE = re.compile(rf".{{1,80}}(?:{_RULES}){_ENDING}")
_ANY_TITLE = re.compile(rf".{{1,120}}(?:{_RULES}|{_NOTICES}){_ENDING}")
_NO_TITLE = re.compile(r"[。;!?]|[,:]$|^(?:根据|依照|按照|为了|为|经|现将|各|现予|本|\(|“|\")")
# 附件, red letterheads, numbers of documents and orders, and what offices stamp on top of a page.
_NUMBER = re.compile(
    r"[^\s。,;:]{1,24}\s*[\[〔【(]\s*(?:19|20)\d\d\s*[\]〕】)]\s*第?\s*\d{1,5}\s*号"
    r"|(?:[^\s。,;:]{0,30}(?:令|公告))?\s*\(?\s*第\s?[0-9零〇○一二三四五六七八九十百千]+\s?号\s*\)?"
)
_LETTERHEAD = re.compile(
    r".{2,40}文件|(?:特急|加急|急件|内部|公开|密级.*|机密.*|秘密.*|签发人.*|发文字号.*|索引号.*|主题词.*)"
    r"|.{0,30}(?:主席|国务院|委员会|部|院|署|局|行)(?:令|公告)"
)
ISSUER = (
    "(?:委员会|国务院|法院|检察院|[部院厅局署会行社委]|中心|公司|总工会|工会|政府|办公室|党组|集团|"
    "分行|支行|大学|学校)"
)
"""How the name of an office ends."""
_BODY = re.compile(rf"[^。,;:《》\d、\s]{{1,40}}{ISSUER}(?:[、\s]+[^。,;:《》、\s]{{1,30}}{ISSUER})*")
_CONTINUES = re.compile(r"(?:关于|的|实施|若干|暂行|试行|有关|适用|修改|《|及|和|、|与|暨)")
_LONGEST_LINE = 60
_BESIDE_CHINESE = re.compile(r"(?<=[^\x00-\xff])\s|\s(?=[^\x00-\xff])")
_VERSION = re.compile(r"\s*[(（\[][^()（）\[\]]{0,20}?(?:19|20)\d\d\s*年?[^()（）\[\]]{0,30}?[)）\]]\s*$")
_CODE = re.compile(r"(?P<code>.+法典)[·\s]*(?P<part>[^·\s]{1,8}编|总则|分则)")
_PART = re.compile(r"(?:第[一二三四五六七八九十]+编\s*)?(?:.{1,12}编|总则|分则|附则)")


@dataclass(frozen=True, slots=True)
class Title:
    """A title and the lines [first, last] it is printed on; `sure` is False for a guess."""

    text: str
    first: int
    last: int
    sure: bool = True


def official_name(title: str) -> str:
    """What citations call a text: without 中华人民共和国, the version in parentheses and outer brackets."""
    whole = _BESIDE_CHINESE.sub("", " ".join(title.split()))
    name = whole.replace(_STATE, "")
    while len(shorter := _VERSION.sub("", name)) < len(name):
        name = shorter
    if name.startswith("《") and name.find("》") == len(name) - 1:
        name = name[1:-1]
    return name or whole


def version_note(title: str) -> str | None:
    """The version that a title ends with, such as （2018年12月29日修正）."""
    match = _VERSION.search("".join(title.split()))
    return match.group().strip("（）()[] ") if match else None


def part_of(line: Line, title: str = "") -> str | None:
    """侵权责任编, 总则: what the second title of a file says that holds a part of a law.

    Below the `title` of a code a plain line says it too.
    """
    printed = line.kind is BlockKind.HEADING and line.level == 1
    if (printed or title.endswith("法典")) and line.is_text and _PART.fullmatch(spaced(line.text)):
        return spaced(line.text)
    return None


def code_and_part(title: str) -> tuple[str, str | None]:
    """A title that names a code and its part (民法典合同编), taken apart."""
    match = _CODE.fullmatch(title)
    return (match["code"], match["part"]) if match else (title, None)


def is_number(line: Line) -> bool:
    """Whether a document's number is all that stands on the line."""
    return line.is_text and bool(_NUMBER.fullmatch(line.folded))


def is_body(line: Line) -> bool:
    """Whether the line is the name of an office, as in a signature or above a title."""
    return line.is_text and len(line.text) <= _LONGEST_LINE and bool(_BODY.fullmatch(fold(spaced(line.text))))


def is_letterhead(line: Line) -> bool:
    return is_number(line) or bool(_LETTERHEAD.fullmatch("".join(line.folded.split())))


def is_rule_title(line: Line) -> bool:
    """Whether the line can be the title of a text with articles."""
    return _may_be_title(line) and bool(_RULE_TITLE.fullmatch("".join(line.folded.split())))


def is_title(line: Line) -> bool:
    """Whether the line can be the title of any official text."""
    return _may_be_title(line) and bool(_ANY_TITLE.fullmatch("".join(line.folded.split())))


def _may_be_title(line: Line) -> bool:
    return (
        line.is_text
        and len(line.text) <= 120
        and line.kind is not BlockKind.ITEM
        and not _NO_TITLE.search(line.folded)
        and not is_letterhead(line)
        and date_alone(line.folded) is None
        and not (article_start(line) or heading(line) or point(line) or annex(line))
    )


def find_title(lines: list[Line], end: int) -> Title | None:
    """The title among the lines before `end`: a heading, else lines that end as titles do, else the first."""
    printed = [
        number
        for number in range(end)
        if lines[number].kind is BlockKind.HEADING
        and not (heading(lines[number]) or article_start(lines[number]) or annex(lines[number]))
        and not (is_letterhead(lines[number]) or point(lines[number]))
    ]
    plain = next((title for first in range(min(end, 20)) if (title := _title_from(lines, first, end))), None)
    if printed:
        first = min(printed, key=lambda number: (lines[number].level or 9, number))
        if plain and plain.last < first and not is_title(lines[first]):
            return plain
        last = first
        while last + 1 in printed and _goes_on(lines[first : last + 1], lines[last + 1]):
            last += 1
        return Title(_joined(lines[first : last + 1]), first, last)
    if plain:
        return plain
    for first in range(min(end, 5)):
        line = lines[first]
        likely = line.is_text and len(line.text) <= _LONGEST_LINE and not is_letterhead(line)
        if likely and not _NO_TITLE.search(line.folded) and not point(line):
            return Title(spaced(line.text), first, first, sure=False)
    return None


def _goes_on(before: list[Line], line: Line) -> bool:
    """Whether a heading goes on with the next line, which has the same level."""
    if line.level != before[-1].level or part_of(line):
        return False
    return not is_title(before[-1]) or bool(_CONTINUES.match(line.folded))


def _title_from(lines: list[Line], first: int, end: int) -> Title | None:
    """The title that begins on line `first`, on up to four lines."""
    for last in range(first, min(end, first + 4)):
        line = lines[last]
        if not line.is_text or len(line.text) > 120 or is_letterhead(line) or date_alone(line.folded):
            return None
        if annex(line) or (last > first and (article_start(line) or heading(line) or point(line))):
            return None
        joined = _joined(lines[first : last + 1])
        whole = Line(joined, BlockKind.PARAGRAPH, folded=fold(joined))
        if _NO_TITLE.search(line.folded) and not (last > first and _CONTINUES.match(line.folded)):
            return None
        if last == first and is_body(line) and last + 1 < end and is_title(lines[last + 1]):
            # An office above a title belongs to it only where the title cannot stand alone.
            if not lines[last + 1].text.startswith("关于"):
                return None
            continue
        if is_title(whole):
            following = lines[last + 1] if last + 1 < end else None
            if (
                following is not None
                and len(following.text) <= 20
                and following.text.startswith(("实施", "若干", "的"))
                and is_title(Line("某" + following.text, BlockKind.PARAGRAPH, folded="某" + following.folded))
            ):
                joined, last = joined + spaced(following.text), last + 1
            return Title(joined, first, last)
    return None


def _joined(lines: list[Line]) -> str:
    return "".join(spaced(line.text) for line in lines)
