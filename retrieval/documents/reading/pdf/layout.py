"""What stands on a page: glyphs, lines of text, rules and tables; positions from the top left in points."""

from dataclasses import dataclass, field, replace
from typing import Self


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `top` is smaller than `bottom`."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def middle(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def holds(self, point: tuple[float, float]) -> bool:
        """Whether a point lies inside."""
        x, y = point
        return self.x0 <= x <= self.x1 and self.top <= y <= self.bottom


@dataclass(frozen=True, slots=True)
class Glyph:
    """One printed character."""

    text: str
    box: Box
    size: float
    index: int
    """Its number on the page, by which its font can be asked for."""
    spaced: bool = False
    """Whether the file has a space before it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line, horizontal or vertical: `at` is its fixed coordinate."""

    horizontal: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of text on one baseline, or a table in the place of one (`rows`)."""

    text: str
    box: Box
    size: float
    page: int = 1
    number: int = 1
    """Which line of the page it is, from 1."""
    bold: bool = False
    confidence: float | None = None
    rows: tuple[tuple[str, ...], ...] = ()
    edges: tuple[float, ...] = ()
    """A table's column borders, by which it is known again on the next page."""

    def at(self, page: int, number: int) -> Self:
        """The same, numbered."""
        return replace(self, page=page, number=number)


@dataclass(slots=True)
class Page:
    """One page as it was found."""

    number: int
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Run:
    """Lines in reading order in one column."""

    lines: list[Line]
    column: int = 0
    """0 across the page, 1 the left of two, 2 the right."""
