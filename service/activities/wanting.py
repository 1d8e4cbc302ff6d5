"""What somebody wants of an activity or a slot, and how it is kept while a name is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from service.activities.tables import SlotKind
from service.activities.words import INTENTS
from service.conversations.replies import Reply
from service.knowledge.asked import Asked

NAME_FOR = "name_for"
"""The dialogue's slot that holds a `Wanted` while the name is asked for."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a command or a sentence asks for. `name` None: not known yet how the person is called."""

    activity: str | None = None
    slot: str | None = None
    wait: bool = False
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What lacks only a name: a seat, a place on the waiting list, or a time of an adviser."""

    activity: str | None = None
    slot: str | None = None
    kind: SlotKind | None = None
    wait: bool = False

    @property
    def purpose(self) -> str:
        """Name the texts that ask for the name: join, wait, legal or counselling."""
        if self.kind is not None:
            return self.kind.value
        return "wait" if self.wait else "join"

    @property
    def intent(self) -> str:
        return INTENTS[self.kind] if self.kind is not None else "join_activity"

    def ask_name(self, asked: Asked) -> Reply:
        """Say nothing yet and have the dialogue ask for the name."""
        return Reply("", intent=asked.intent, slots={NAME_FOR: self.kept()})

    def kept(self) -> str:
        return f"{self.purpose} {self.slot or self.activity}"

    @classmethod
    def read(cls, kept: str) -> Wanted:
        """Return what `kept` says. Raises ValueError for anything that `kept()` does not write."""
        purpose, _, target = kept.partition(" ")
        if not target:
            raise ValueError(f"not a wish: {kept!r}")
        if purpose in ("join", "wait"):
            return cls(activity=target, wait=purpose == "wait")
        return cls(slot=target, kind=SlotKind(purpose))

    def named(self, name: str) -> Wish:
        return Wish(activity=self.activity, slot=self.slot, wait=self.wait, name=name)
