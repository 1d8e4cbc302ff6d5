"""Where a case goes: the union that works on it, and whether somebody there may."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from service.handover.hours import WorkingHours
from service.handover.queries import staffed
from service.handover.rules import route
from service.people.viewer import lineage
from service.tickets.kinds import CaseKind


class Routing:
    """Routes cases by kind and by the unit of who files them. Threads may share this object."""

    def __init__(self, hours: Mapping[str, WorkingHours], *, root: str) -> None:
        self._hours = hours
        self._root = root

    def of(self, db: Session, kind: CaseKind, organisation: str | None) -> str:
        """Return the unit whose union works on it: the nearest with a reader of this kind.

        Where nobody may read it yet, the nearest union all the same; an account made later sees it.
        """
        above = kind.route == "above"
        for there in (staffed(db, *kind.roles), frozenset(self._hours)):
            found = route(
                organisation, unions=self._hours.keys(), staffed=there, root=self._root, above=above
            )
            if found is not None:
                return found.path
        return self._root

    def hours_of(self, path: str) -> WorkingHours:
        return self._hours[path]

    def has_reader(self, db: Session, kind: CaseKind, path: str) -> bool:
        """Tell whether somebody with an account may read a case that went to `path`."""
        readers = staffed(db, *kind.roles)
        return any(unit in readers for unit in lineage(path))
