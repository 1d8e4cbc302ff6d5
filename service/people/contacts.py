"""Whom to reach: the union of the asker's unit or of the nearest above it, and the union hotline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path

from service.people.hotlines import Hotline, HotlinesError, load_hotlines
from service.people.organisations import Union, Unit
from service.people.viewer import lineage
from service.texts import Texts

UNION_HOTLINE = "12351"


class Contacts:
    """Contacts by unit. Someone whose unit is not known is sent to the hotline and told to choose a unit."""

    def __init__(self, units: Sequence[Unit], hotlines: Sequence[Hotline], texts: Texts) -> None:
        texts.require(
            f"contacts.{key}"
            for key in (
                "contact",
                "short",
                "unknown.name",
                "unknown.contact",
                "unknown.hours",
                "unknown.short",
            )
        )
        self._unions = {unit.path: unit.union for unit in units if unit.union is not None}
        self._names = {unit.path: unit.short_name for unit in units}
        self._hotlines = tuple(hotlines)
        self._texts = texts

    def name_of(self, organisation: str) -> str:
        """Return a unit's short name, or the last part of a path that is not in the list."""
        return self._names.get(organisation, organisation.rpartition("/")[2])

    def union_of(self, organisation: str | None) -> Union | None:
        """Return the union responsible for a unit."""
        return next(self._unions_up(organisation), None)

    def above(self, organisation: str | None) -> Union | None:
        """Return the next union above the one responsible for a unit."""
        return next(islice(self._unions_up(organisation), 1, None), None)

    def _unions_up(self, organisation: str | None) -> Iterator[Union]:
        return (self._unions[path] for path in lineage(organisation) if path in self._unions)

    def hotline(self, number: str, *, as_of: date) -> Hotline:
        """Return the entry of a number in force on a day. Raises HotlinesError when there is none."""
        for hotline in self._hotlines:
            if hotline.number == number and hotline.in_force_on(as_of):
                return hotline
        raise HotlinesError(f"no hotline {number} on {as_of}")

    def fields(self, organisation: str | None, *, as_of: date) -> dict[str, str]:
        """Return what fills {union_name}, {union_contact}, {hours} and {hotline} of a text."""
        union = self.union_of(organisation)
        hotline = self.hotline(UNION_HOTLINE, as_of=as_of).number
        if union is None:
            return {
                "union_name": self._texts("contacts.unknown.name"),
                "union_contact": self._texts("contacts.unknown.contact"),
                "hours": self._texts("contacts.unknown.hours"),
                "hotline": hotline,
            }
        return {
            "union_name": union.name,
            "union_contact": self._texts("contacts.contact", **union.model_dump()),
            "hours": union.hours,
            "hotline": hotline,
        }

    def short(self, organisation: str | None) -> str:
        """Return the contact in half a sentence."""
        union = self.union_of(organisation)
        if union is None:
            return self._texts("contacts.unknown.short")
        return self._texts("contacts.short", **union.model_dump())


def load_contacts(knowledge_base: Path, units: Sequence[Unit], texts: Texts) -> Contacts:
    """Read the hotlines of `knowledge_base` and join them to the units. Raises HotlinesError."""
    return Contacts(units, load_hotlines(knowledge_base / "parameters" / "hotlines.yml"), texts)
