"""What is said around a handover, to the employee and in the explanation staff read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from service.handover.rules import Route, Why
from service.handover.when import When
from service.people.contacts import UNION_HOTLINE, Contacts
from service.people.organisations import Unit
from service.texts import Texts

SENTENCES = (
    "queued", "queued_first", "offered_again", "after_hours", "waiting_already", "noted_already",
    "called_already", "above_by_phone", "nobody_above", "leave", "claimed", "claimed_later", "handed_back",
    "closed", "left", "nobody_waits", "escalated", "deferred", "staff_name",
)  # fmt: skip
WATCHES = ("on_call", "officers", "later", "nobody", "talking")


class Voice:
    """Sentences of texts/handover.yml and urgent.watch. Threads may share this object."""

    def __init__(self, texts: Texts, contacts: Contacts, units: Mapping[str, Unit], when: When) -> None:
        texts.require(
            (
                *(f"handover.{key}" for key in SENTENCES),
                *(f"handover.why.{why}" for why in Why),
                *(f"urgent.watch.{watch}" for watch in WATCHES),
            )
        )
        self._texts = texts
        self._contacts = contacts
        self._units = units
        self._when = when

    def explain(self, route: Route, organisation: str | None, **fields: object) -> str:
        """Return in one line where a conversation was routed and why."""
        unit = self._units.get(organisation or "")
        return self._texts(
            f"handover.why.{route.why}",
            union=self.union(route.path),
            unit=unit.short_name if unit is not None else "",
            own=self.union(route.own) if route.own is not None else "",
            **fields,
        )

    def union(self, path: str) -> str:
        """Return the name of the union responsible for a unit."""
        union = self._contacts.union_of(path)
        return union.name if union is not None else path

    def staff(self, path: str, name: str) -> str:
        """Return how a member of staff of a union is introduced to employees."""
        return self._texts("handover.staff_name", union=self.union(path), name=name)

    def queued(self, path: str, position: int, *, unasked: bool) -> str:
        key = "offered_again" if unasked else "queued_first" if position == 1 else "queued"
        return self._texts(f"handover.{key}", union=self.union(path), position=position)

    def after_hours(
        self, path: str, *, expected_at: datetime, ticket: str, now: datetime, today: date
    ) -> str:
        return self._texts(
            "handover.after_hours",
            union=self.union(path),
            expected=self._when.moment(expected_at, now=now),
            ticket=ticket,
            hotline=self._contacts.hotline(UNION_HOTLINE, as_of=today).number,
        )

    def nobody_above(self, organisation: str | None, *, today: date) -> str:
        """Return how to reach the union above one's own where nobody can be handed to."""
        fields = self._contacts.fields(organisation, as_of=today)
        above = self._contacts.above(organisation)
        if above is None:
            return self._texts("handover.nobody_above", union=fields["union_name"], hotline=fields["hotline"])
        return self._texts(
            "handover.above_by_phone",
            union=above.name,
            contact=self._texts("contacts.contact", **above.model_dump()),
            hours=above.hours,
            own=fields["union_name"],
            hotline=fields["hotline"],
        )

    def already(
        self,
        path: str,
        *,
        position: int | None,
        expected_at: datetime | None,
        ticket: str | None,
        now: datetime,
    ) -> str:
        """Return what one is told who asks for a person twice."""
        if position is not None:
            return self._texts("handover.waiting_already", union=self.union(path), position=position)
        if expected_at is not None and ticket is not None:
            expected = self._when.moment(expected_at, now=now)
            return self._texts(
                "handover.noted_already", union=self.union(path), expected=expected, ticket=ticket
            )
        return self._texts("handover.called_already")

    def deferred(self, path: str, *, expected_at: datetime, ticket: str, now: datetime) -> str:
        expected = self._when.moment(expected_at, now=now)
        return self._texts("handover.deferred", union=self.union(path), expected=expected, ticket=ticket)

    def watch(self, name: str, *, expected_at: datetime | None = None, now: datetime) -> str:
        """Return the truth about who sees a cry for help, and when."""
        expected = self._when.moment(expected_at, now=now) if expected_at is not None else ""
        return self._texts(f"urgent.watch.{name}", expected=expected)

    def say(self, key: str, **fields: object) -> str:
        """Return the sentence `key` of texts/handover.yml."""
        return self._texts(f"handover.{key}", **fields)
