"""A message inside a form, and what it does to the form."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from service.tickets.drafts import Draft

SURE = 0.7
"""Confidence from which a request made instead of an answer is believed."""


class Act(StrEnum):
    """What the form does with a message."""

    TAKEN = "taken"
    ASIDE = "aside"
    QUESTION = "question"
    DROP = "drop"
    LATER = "later"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class Said:
    """A message inside a form. `text` is masked, `unmasked` as it was written.

    `knew_on` is the day it names from which a time of the law would run.
    """

    text: str
    unmasked: str
    intent: str | None
    confidence: float
    turn_id: str
    entities: Mapping[str, str] = field(default_factory=dict)
    knew_on: date | None = None

    @property
    def pressed(self) -> bool:
        return self.text.startswith("/")

    def means(self, intents: Collection[str], *, least: float = SURE) -> bool:
        return self.intent in intents and self.confidence >= least


@dataclass(frozen=True, slots=True)
class Heard:
    """What a message does to the form; `contact` and `details` are unmasked, to be sealed."""

    act: Act
    draft: Draft
    contact: str | None = None
    details: str | None = None


def described(draft: Draft, text: str, said: Said, *, to: str | None = None) -> Draft:
    """Return the draft with `text` as its description, behind `to` where there is one."""
    known = [day for day in (draft.knew_on if to else None, said.knew_on) if day is not None]
    return replace(draft, text=f"{to}\n{text}" if to else text, knew_on=min(known, default=None))
