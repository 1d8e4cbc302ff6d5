"""What a paragraph's style says about it, along the chain of styles it is based on."""

import re
from dataclasses import dataclass

from retrieval.documents.reading.word.names import Element, child, number, on, value, w

_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_TITLE = re.compile(r"title|标题|文档标题|公文标题", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|目录)\s*(?:[1-9]|heading|标题)?", re.IGNORECASE)
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Style:
    """`heading` counts from 1; `numbering` is (list, level) as far as the style says it."""

    title: bool = False
    contents: bool = False
    heading: int | None = None
    numbering: tuple[int | None, int | None] = (None, None)
    bold: bool = False
    centred: bool = False
    size: float | None = None
    hidden: bool = False


class Styles:
    """The styles of a document by their id."""

    def __init__(self, root: Element | None) -> None:
        found = [] if root is None else root.findall(w("style"))
        self._elements = {style.get(w("styleId"), ""): style for style in found}
        self._known: dict[str, Style] = {}
        defaults = child(root, "docDefaults", "rPrDefault", "rPr")
        self.size = (number(defaults, "sz") or 21) / 2
        self._default = next(
            (name for name, style in self._elements.items() if _is_default(style)),
            "",
        )

    def of(self, style_id: str | None) -> Style:
        """The style with an id; the document's default for None or an unknown one."""
        name = style_id if style_id in self._elements else self._default
        if name not in self._known:
            self._known[name] = self._resolved(name)
        return self._known[name]

    def _resolved(self, name: str) -> Style:
        chain: list[Element] = []
        while name in self._elements and len(chain) < _DEEPEST:
            element = self._elements[name]
            chain.append(element)
            name = value(element, "basedOn") or ""
        names = [value(element, "name") or "" for element in chain]
        first = names[0] if names else ""
        return Style(
            title=_TITLE.fullmatch(first) is not None,
            contents=any(_CONTENTS.fullmatch(name) for name in names),
            heading=_heading(chain, names),
            numbering=(
                _first(chain, "pPr", "numPr", "numId"),
                _first(chain, "pPr", "numPr", "ilvl"),
            ),
            bold=_switch(chain, "b"),
            centred=next((v for e in chain if (v := value(e, "pPr", "jc"))), None) == "center",
            size=next((size / 2 for e in chain if (size := number(e, "rPr", "sz"))), None),
            hidden=_switch(chain, "vanish"),
        )


def _is_default(style: Element) -> bool:
    return style.get(w("type")) == "paragraph" and style.get(w("default")) in ("1", "true")


def _heading(chain: list[Element], names: list[str]) -> int | None:
    level = _first(chain, "pPr", "outlineLvl")
    if level is not None:
        return level + 1 if 0 <= level < 9 else None
    named = next((match for name in names if (match := _HEADING.fullmatch(name.strip()))), None)
    return int(named[1]) if named else None


def _first(chain: list[Element], *path: str) -> int | None:
    return next((found for element in chain if (found := number(element, *path)) is not None), None)


def _switch(chain: list[Element], name: str) -> bool:
    said = next((element for element in chain if child(element, "rPr", name) is not None), None)
    return said is not None and on(said, "rPr", name)
