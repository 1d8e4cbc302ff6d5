"""The numbers Word prints before paragraphs: they are counted here, the file holds only the rules.

Laws and policies are often numbered this way (第一条, 一、, （一）), and a citation needs the number.
"""

import re
from dataclasses import dataclass, field

from retrieval.documents.reading.word.names import Element, child, number, on, value, w
from retrieval.documents.reading.word.numerals import written

_PART = re.compile(r"%([1-9])")
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list counts and what it prints."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    legal: bool = False
    """Whether outer numbers are printed in digits, whatever their own format."""
    restart: int | None = None
    """The level (from 1) after which it starts again; 0 for never, None for any outer one."""
    style: str | None = None


@dataclass(slots=True)
class _Counts:
    """Where a list stands. Lists that share a definition count on together."""

    values: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)


@dataclass(frozen=True, slots=True)
class Label:
    """A printed number or bullet."""

    text: str
    level: int
    bullet: bool = False

    def before(self, text: str) -> str:
        """The paragraph as printed: no space after 一、 or （一）, one elsewhere."""
        if not self.text:
            return text
        return self.text + ("" if self.text[-1] in "、）．，：" else " ") + text


class Numbering:
    """The lists of a document; `label` has to be asked in reading order, for each paragraph once."""

    def __init__(self, root: Element | None) -> None:
        self._definitions: dict[int, dict[int, Level]] = {}
        self._lists: dict[int, tuple[int, dict[int, Level]]] = {}
        self._counts: dict[int, _Counts] = {}
        self._started: set[int] = set()
        self._overridden: dict[int, list[int]] = {}
        if root is not None:
            self._load(root)

    def label(self, list_id: int, level: int | None, style: str | None = None) -> Label | None:
        """Count one paragraph of a list on and return its number; None when there is no such list.

        Without a level it is the one bound to the paragraph's `style`, else the outermost.
        """
        found = self._lists.get(list_id)
        if found is None:
            return None
        definition, levels = found
        if level is None:
            bound = (at for at, rule in levels.items() if rule.style and rule.style == style)
            level = next(bound, 0)
        rule = levels.get(level)
        if rule is None or not 0 <= level < _LEVELS:
            return None
        values = self._counts.setdefault(definition, _Counts()).values
        self._start_over(list_id, levels, values)
        current = values[level]
        values[level] = rule.start if current is None else current + 1
        for outer in range(level):
            if values[outer] is None:
                values[outer] = levels[outer].start if outer in levels else 1
        for inner in range(level + 1, _LEVELS):
            restart = levels[inner].restart if inner in levels else None
            if restart is None or 0 < level + 1 <= restart:
                values[inner] = None
        if rule.format == "bullet":
            return Label("•", level, bullet=True)
        return Label(_printed(rule, levels, values), level)

    def _start_over(self, list_id: int, levels: dict[int, Level], values: list[int | None]) -> None:
        """A list that overrides a start begins there the first time it is used."""
        if list_id in self._started:
            return
        self._started.add(list_id)
        for level in self._overridden.get(list_id, ()):
            values[level] = None

    def _load(self, root: Element) -> None:
        by_style: dict[str, int] = {}
        deferred: dict[int, str] = {}
        for element in root.findall(w("abstractNum")):
            name = _attribute(element, "abstractNumId")
            self._definitions[name] = {
                _attribute(level, "ilvl"): _level(level) for level in element.findall(w("lvl"))
            }
            if link := value(element, "styleLink"):
                by_style[link] = name
            if link := value(element, "numStyleLink"):
                deferred[name] = link
        for name, link in deferred.items():
            if link in by_style:
                self._definitions[name] = self._definitions[by_style[link]]
        for element in root.findall(w("num")):
            self._load_list(element)

    def _load_list(self, element: Element) -> None:
        name = _attribute(element, "numId")
        definition = number(element, "abstractNumId")
        if definition is None:
            return
        levels = dict(self._definitions.get(definition, {}))
        for override in element.findall(w("lvlOverride")):
            at = _attribute(override, "ilvl")
            own = child(override, "lvl")
            if own is not None:
                levels[at] = _level(own)
            start = number(override, "startOverride")
            if start is not None and at in levels:
                old = levels[at]
                levels[at] = Level(start, old.format, old.text, old.legal, old.restart, old.style)
                self._overridden.setdefault(name, []).append(at)
        self._lists[name] = (definition, levels)


def _level(element: Element) -> Level:
    start = number(element, "start")
    return Level(
        start=1 if start is None else start,
        format=value(element, "numFmt") or _special_format(element),
        text=value(element, "lvlText") or "",
        legal=on(element, "isLgl"),
        restart=number(element, "lvlRestart"),
        style=value(element, "pStyle"),
    )


def _special_format(element: Element) -> str:
    """Newer formats stand beside an older one for programs that do not know them."""
    for inside in element.iter(w("numFmt")):
        if (found := inside.get(w("val"))) and found != "custom":
            return found
    return "decimal"


def _printed(rule: Level, levels: dict[int, Level], values: list[int | None]) -> str:
    def one(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        form = "decimal" if rule.legal or at not in levels else levels[at].format
        return written(values[at] or 0, form)

    return _PART.sub(one, rule.text).strip()


def _attribute(element: Element, name: str) -> int:
    try:
        return int(element.get(w(name)) or 0)
    except ValueError:
        return 0
