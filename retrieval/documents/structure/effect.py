"""What a text says about itself in its articles: when it takes effect, what it repeals and amends."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from language.spans import fold
from retrieval.documents.structure.dates import DATE, parse_date
from retrieval.documents.structure.titles import official_name

_TAKES_EFFECT = "(?:正式)?(?:施行|实施|执行|生效|试行)"
_SUBJECT = "(?:(?:本|该|此|上述|以上)[^。,;《》]{1,20})?"
_ON_A_DAY = re.compile(
    rf"(?:^|[。,;\s(]){_SUBJECT}(?:"
    rf"(?:[自从于]|定于|将于)\s*(?P<day>{DATE})\s*(?:起|开始)?|(?P<since>{DATE})\s*(?:起|开始)"
    rf")\s*{_TAKES_EFFECT}"
)
_ON_PROMULGATION = re.compile(
    "[自从]?(?:公布|发布|印发|颁布|下发|签发|发文|通过|批准)(?:之)?日(?:起)?"
    rf"(?P<later>[^。,;]{{0,8}}后)?{_TAKES_EFFECT}"
)
_LIMITED = re.compile(rf"有效期(?:为|至|限)?[^。]{{0,30}}|试行期[^。]{{0,20}}|(?:施行|执行|实施)至\s*{DATE}")
_SENTENCE = re.compile(r"[^。\n;]+[。\n;]?")
_NAME = re.compile("《((?:[^《》]|《[^《》]*》)+)》")
_ENDS = re.compile(
    "(?:同时|一并)(?:予以)?(?:废止|失效)|(?:予以|即行|相应|一律|随之)废止|停止执行|"
    "(?:施行|实施|公布)之日起(?:同时)?废止|废止(?=。|$)"
)
# 《…》中有关退休年龄的规定, 《…》（文号）第三十二条: only a part of the text ceases.
_ONLY_IN_PART = re.compile(
    r"\s*(?:\([^()]*\))*\s*[中里内]?(?:有关|关于|的)?[^《》,。]{0,4}"
    r"(?:第\s?[0-9零〇一二三四五六七八九十百千]+\s?[条章款项]|规定|条款|内容)"
)
_BY_THE_WAY = re.compile("(?:根据|依据|依照|按照|经|依)$")
_CHANGES_IN_TITLE = re.compile("(?:修改|修正|修订|废止|调整)(?=[^修]*《)")
_CHANGED = re.compile(
    r"(?:^|[、。;]|对|将|把)\s*《((?:[^《》]|《[^《》]*》)+)》(?:\([^()]*\))?"
    r"(?:作(?:出)?(?:如下|以下)?修改|中?的?第[^。,;]{1,12}条[^。;]{0,60}(?:修改为|增加|删[去除]|改为))"
)


@dataclass(frozen=True, slots=True)
class Effect:
    """When a text takes effect, as it says. `on_promulgation` is 自公布之日起; `limited` quotes a limit."""

    day: date | None = None
    on_promulgation: bool = False
    limited: str | None = None


def effect_of(texts: Iterable[str]) -> Effect:
    """What the articles say about the day on which the text takes effect; the last that says so counts."""
    day, on_promulgation, limited = None, False, None
    for text in texts:
        folded = fold(text)
        for match in _ON_A_DAY.finditer(folded):
            if (found := parse_date(match["day"] or match["since"])) and not _names_another(
                folded, match.start()
            ):
                day, on_promulgation = found, False
        at_once = _ON_PROMULGATION.search(folded)
        if at_once and not at_once["later"] and not _names_another(folded, at_once.start()):
            day, on_promulgation = None, True
        if limit := _LIMITED.search(folded):
            limited = text[limit.start() : limit.end()]
    return Effect(day, on_promulgation, limited if day or on_promulgation else None)


def _names_another(folded: str, position: int) -> bool:
    """Whether the clause before `position` has another text as its subject: 《…》自…起施行."""
    clause = re.split("[。;,\n]", folded[max(0, position - 60) : position])[-1]
    return "》" in clause and "本" not in clause.partition("》")[2]


def repealed_by(texts: Iterable[str], title: str) -> tuple[str, ...]:
    """The texts that cease to hold altogether, by official name."""
    found: dict[str, None] = {}
    everything = "废止" in title and "修改" not in title
    for text in texts:
        for sentence in _SENTENCE.finditer(text):
            end = _ENDS.search(sentence.group())
            if end is None and not everything:
                continue
            for name in _NAME.finditer(sentence.group()):
                behind = sentence.group()[name.end() :]
                before = sentence.group()[: name.start()]
                if (end and name.start() > end.start()) or _BY_THE_WAY.search(before):
                    continue
                if not _ONLY_IN_PART.match(fold(behind)):
                    found[official_name(name[1])] = None
    return tuple(found)


def amended_by(texts: Iterable[str], title: str) -> tuple[str, ...]:
    """The texts that a decision changes, by official name: those in its title, then those in its points."""
    found: dict[str, None] = {}
    change = _CHANGES_IN_TITLE.search(title)
    if change is None:
        return ()
    if "修" in change.group() or "调整" in change.group():
        for name in _NAME.finditer(title, change.end()):
            found[official_name(name[1])] = None
    for text in texts:
        for match in _CHANGED.finditer(fold(text)):
            found[official_name(text[match.start(1) : match.end(1)])] = None
    return tuple(found)
