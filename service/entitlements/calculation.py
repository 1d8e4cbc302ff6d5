"""A calculation in a conversation: what has been told, and what is asked for. Kept in one slot as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from pydantic_core import to_jsonable_python

SLOT = "calculation"
"""The dialogue's slot that holds a calculation, also after its result: a value may be changed then."""
FORM = "calculation_form"


class Remark(StrEnum):
    """What is said before a question; the sentences are `calculation.remark` in texts/."""

    BACK = "back"
    VAGUE = "vague"
    UNKNOWN = "unknown"
    MISSED = "missed"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Calculation:
    """`values` as they were told, in that order. `asked` is the field that is asked for, if any.

    `begun` is false while it was only offered, with what was told by then. `sentence` says why what was told
    cannot be. `misses` counts the messages in a row that brought nothing. `heard` is the turn heard last.
    """

    calculator: str
    values: Mapping[str, Any] = field(default_factory=dict)
    asked: str | None = None
    remark: Remark | None = None
    sentence: str | None = None
    misses: int = 0
    heard: str | None = None
    begun: bool = False

    def kept(self) -> str:
        return json.dumps(to_jsonable_python(asdict(self)), ensure_ascii=False)

    @classmethod
    def read(cls, kept: str) -> Calculation:
        told = json.loads(kept)
        return cls(**{**told, "remark": Remark(told["remark"]) if told["remark"] else None})

    def told(self, values: Mapping[str, object]) -> Calculation:
        """Return it with new values, which count as told last."""
        kept = {name: value for name, value in self.values.items() if name not in values}
        return replace(self, values={**kept, **values}, remark=None, sentence=None, misses=0)

    def without(self, name: str) -> Calculation:
        return replace(self, values={other: value for other, value in self.values.items() if other != name})

    def saying(self, remark: Remark) -> Calculation:
        """Return it with what is said before it asks again; `misses` goes up for what brought nothing."""
        missed = remark in (Remark.VAGUE, Remark.UNKNOWN, Remark.MISSED)
        return replace(self, remark=remark, sentence=None, misses=self.misses + 1 if missed else 0)
