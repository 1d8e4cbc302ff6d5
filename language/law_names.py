"""Names of laws: what a law is officially called, however people write it."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from language.spans import Found, fold

_OPENING, _CLOSING = "《〈<(", "》〉>)"
_STATE = "中华人民共和国"
_VERSION = r"(?:\((?:19|20)\d\d年?(?:修[正订改])?[版本]?\))"
_DISREGARDED = re.compile(rf"{_STATE}|{_VERSION}(?=[》〉>\s]*$)|[{_OPENING}{_CLOSING}\s]")

# 河南省工伤保险条例 is not the national one.
_NOT_LOCAL = "(?<![省市州县])(?<!自治区)"
# 劳动法规, 公司法人 and 劳动法律师 are not laws; 工会法规定 begins with one.
_ENDS_HERE = "(?:(?<!法)|(?!务|庭|院|官(?!方|网)|律|规(?!定)|人|定(?!的)|警|医|治|盲|援))"
_QUOTED = re.compile("《(?:[^《》]|《[^《》]*》)+》")
_LEGAL = re.compile(
    "(?:法|法典|条例|规定|办法|细则|解释|决定|规则|通知|意见|章程|批复|准则|公约|制度)"
    r"(?:\([一二三四五六七八九十]+\))?$"
)
# 江苏省实施《工会法》办法, 关于适用《公司法》若干问题的规定: documents about a law.
_ABOUT = re.compile("(?:实施|适用|贯彻|执行|修改|修订)$")
_ABOUT_GOES_ON = re.compile("(?:的?(?:实施|若干|补充))?的?(?:办法|解释|决定|规定|细则|意见|问题)")


class LawNames:
    """The laws known by name, and the short names people use for them.

    Brackets, quotation marks, spaces, 中华人民共和国 and a version in parentheses make no difference.
    """

    def __init__(self, aliases: Mapping[str, Iterable[str]]) -> None:
        """Take official names, each with its short names; ValueError when one name stands for two laws."""
        self._aliases = {law: tuple(others) for law, others in aliases.items()}
        self._laws: dict[str, str] = {}
        for law, others in self._aliases.items():
            for name in (law, *others):
                if self._laws.setdefault(name_key(name), law) != law:
                    raise ValueError(f"{name} stands for both {self._laws[name_key(name)]} and {law}")
        self._pattern = _pattern(self.names)

    @classmethod
    def load(cls, file: Path) -> "LawNames":
        """Read `official name<TAB>alias,alias` by line; `#` begins a comment line."""
        aliases: dict[str, tuple[str, ...]] = {}
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                law, _, others = line.partition("\t")
                aliases[law.strip()] = tuple(other.strip() for other in others.split(",") if other.strip())
        return cls(aliases)

    def including(self, laws: Iterable[str]) -> "LawNames":
        """Return these names and `laws`, such as the laws of an index or the rules of one's own company."""
        unknown = {name_key(law): law for law in laws if name_key(law) not in self._laws}
        return LawNames(self._aliases | dict.fromkeys(unknown.values(), ()))

    @property
    def official(self) -> tuple[str, ...]:
        """The official names, in the order they were given."""
        return tuple(self._aliases)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that is known: each official one, followed by the short names for it."""
        return tuple(name for law, others in self._aliases.items() for name in (law, *others))

    def resolve(self, name: str) -> str | None:
        """Return the official name of the law that is called `name`, or None."""
        return self._laws.get(name_key(name))

    def find(self, text: str) -> list[Found[str]]:
        """Return the laws named in `text`, in order, by official name.

        A law in 《》 that is not known is returned under the name it is given; other documents are not.
        """
        folded = fold(text)
        candidates = [
            Found(self._laws[name_key(match.group())], *match.span())
            for match in self._pattern.finditer(folded)
        ]
        for match in _QUOTED.finditer(folded):
            title = text[match.start() + 1 : match.end() - 1]
            if _LEGAL.search(fold(title)):
                candidates.append(Found(self.resolve(title) or _bare(title), *match.span()))
        candidates = [law for law in candidates if not _is_subject(folded, law)]
        return _longest(candidates)


def name_key(name: str) -> str:
    """Return what all spellings of one law's name share."""
    return _DISREGARDED.sub("", fold(name))


def _bare(title: str) -> str:
    """The title as it is written, without 中华人民共和国 and version."""
    return re.sub(rf"^{_STATE}|[(（][^()（）]*\d{{4}}[^()（）]*[)）]$", "", title.strip())


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    """A pattern over folded text that prefers longer names and lets brackets come and go."""
    spellings = sorted({fold(name).replace(_STATE, "") for name in names}, key=len, reverse=True)
    if not spellings:
        return re.compile("(?!)")
    first = "".join(sorted({re.escape(spelling[0]) for spelling in spellings}))
    alternatives = "|".join("".join(map(_flexible, spelling)) for spelling in spellings)
    return re.compile(
        rf"{_NOT_LOCAL}(?=[《〈<{_STATE[0]}{first}])[《〈<]?(?:{_STATE})?(?:{alternatives}){_VERSION}?"
        rf"(?:[》〉>]|{_ENDS_HERE})"
    )


def _flexible(character: str) -> str:
    if character in _OPENING:
        return f"[{re.escape(_OPENING)}]?(?:{_STATE})?"
    if character in _CLOSING:
        return f"[{re.escape(_CLOSING)}]?"
    return re.escape(character)


def _is_subject(folded: str, law: Found[str]) -> bool:
    before = _ABOUT.search(folded, 0, law.start)
    return bool(before and _ABOUT_GOES_ON.match(folded, law.end))


def _longest(candidates: list[Found[str]]) -> list[Found[str]]:
    """Where candidates overlap, keep the one that covers more."""
    kept: list[Found[str]] = []
    for law in sorted(candidates, key=lambda law: (law.start - law.end, law.start)):
        if all(law.end <= other.start or other.end <= law.start for other in kept):
            kept.append(law)
    return sorted(kept, key=lambda law: law.start)
