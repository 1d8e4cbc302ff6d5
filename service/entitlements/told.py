"""Told: what one sentence says of each field, and what is left of it when it says two things."""

from __future__ import annotations

from dataclasses import dataclass

from service.entitlements.corrections import corrected_between


@dataclass(frozen=True, slots=True)
class Saying:
    """A value of a field where it was said; None is something inexact."""

    start: int
    field: str
    value: object | None


class Told:
    """What is said in one text, collected in any order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._sayings: list[Saying] = []

    def add(self, start: int, field: str, value: object | None) -> None:
        self._sayings.append(Saying(start, field, value))
        self._sayings.sort(key=lambda saying: saying.start)

    @property
    def fields(self) -> set[str]:
        return {saying.field for saying in self._sayings}

    def corrected_by(self, start: int) -> list[str]:
        """Return the fields whose value is taken back by what begins at `start`, the nearest first."""
        return [
            saying.field
            for saying in reversed(self._sayings)
            if saying.start < start and corrected_between(self._text, saying.start, start)
        ]

    def settled(self) -> tuple[dict[str, object], list[str]]:
        """Return the value of each field, and the fields of which nothing exact or two things are said."""
        values: dict[str, object] = {}
        vague: list[str] = []
        for field in dict.fromkeys(saying.field for saying in self._sayings):
            exact = [saying for saying in self._sayings if saying.field == field and saying.value is not None]
            last = self._last(exact)
            if last is None:
                vague.append(field)
            else:
                values[field] = last.value
        return values, vague

    def _last(self, exact: list[Saying]) -> Saying | None:
        """Return what holds: what is said last, if everything else before it is the same or taken back."""
        holds = exact[0] if exact else None
        for saying in exact[1:]:
            differs = holds is not None and saying.value != holds.value
            if differs and not corrected_between(self._text, exact[0].start, saying.start):
                return None
            holds = saying
        return holds
