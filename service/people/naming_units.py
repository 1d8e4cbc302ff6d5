"""Which unit somebody says to belong to: “单位 合肥分行”, “我的单位是蜀山支行”."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from language.normalise import normalise
from service.people.organisations import Unit

_SAYS = re.compile(r"(?:我(?:们)?的?)?(?:工作)?单位(?:是|在)?[：:，,\s]*(?P<name>.+?)[。.！!\s]*")


class UnitNames:
    """Knows the units by full name, short name and what people call them."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._units: defaultdict[str, list[Unit]] = defaultdict(list)
        for unit in units:
            for name in {unit.name, unit.short_name, *unit.aliases}:
                self._units[_plain(name)].append(unit)

    def said(self, text: str) -> Sequence[Unit]:
        """Return the units that `text`, which says nothing else, may name: none, one, or several alike.

        The rest of the sentence has to be a unit's name and no more: “单位不给年假” names none.
        """
        said = _SAYS.fullmatch(text.strip())
        return self._units.get(_plain(said["name"]), ()) if said is not None else ()


def _plain(name: str) -> str:
    return re.sub(r"\s", "", normalise(name))
