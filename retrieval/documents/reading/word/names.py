"""The names of WordprocessingML that reading needs, and how its elements are asked."""

from collections.abc import Iterator

from lxml import etree

Element = etree._Element  # lxml exports no public name for it

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"


def w(name: str) -> str:
    """The full name of an element or attribute in Word's own namespace."""
    return _W + name


MATH_TEXT = _M + "t"
ALTERNATIVES, CHOICE, FALLBACK = (_MC + name for name in ("AlternateContent", "Choice", "Fallback"))


def child(element: Element | None, *path: str) -> Element | None:
    """The first descendant by a path of Word's names, None when a step is missing."""
    for name in path:
        element = None if element is None else element.find(w(name))
    return element


def value(element: Element | None, *path: str) -> str | None:
    """The `w:val` of a descendant."""
    found = child(element, *path)
    return None if found is None else found.get(w("val"))


def number(element: Element | None, *path: str) -> int | None:
    """The `w:val` of a descendant as a number, None when it is none."""
    try:
        return int(value(element, *path) or "")
    except ValueError:
        return None


def on(element: Element | None, *path: str) -> bool:
    """Whether a switch such as `w:b` is there and not turned off."""
    found = child(element, *path)
    return found is not None and found.get(w("val")) not in ("0", "false", "off", "none")


def content(element: Element) -> Iterator[Element]:
    """The children of an element, those of wrappers that only describe (content controls, tags) in place."""
    for part in element:
        if part.tag == w("sdt"):
            inside = part.find(w("sdtContent"))
            if inside is not None:
                yield from content(inside)
        elif part.tag in _TRANSPARENT:
            yield from content(part)
        elif part.tag == ALTERNATIVES:
            # The choice and the fallback say the same twice.
            chosen = part.find(CHOICE)
            chosen = part.find(FALLBACK) if chosen is None else chosen
            if chosen is not None:
                yield from content(chosen)
        elif isinstance(part.tag, str):
            yield part


_TRANSPARENT = frozenset(
    map(w, ("smartTag", "customXml", "ins", "moveTo", "hyperlink", "fldSimple", "dir", "bdo"))
)
