"""Says what the asker's own unit gives, where it set the figure itself, or that none is registered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from retrieval.passages import Citation, Passage
from retrieval.precedence import Precedence
from service.conversations.replies import SourceVersion
from service.knowledge.standards import Standard, Standards, Value
from service.people.contacts import Contacts
from service.texts import Texts

KIND = "standard"
OWN_UNION = "own-union"
"""Named among a card's standards, it has the asker's own union told with its telephone: no file has it."""
_LINKS = (Precedence.FLOOR, Precedence.CEILING, Precedence.ADD)
TEXT_KEYS = (
    *(f"knowledge.standards.{key}" for key in ("own", "sample", "now", "now_none", "none", "no_unit", "and")),
    *(f"knowledge.standards.above.{kind.value}" for kind in _LINKS),
    "knowledge.when.day",
)


@dataclass(frozen=True, slots=True)
class Given:
    """Sentences for the short answer, the documents they rest on, and the versions of the figures."""

    sentences: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    sources: tuple[SourceVersion, ...] = ()


class StandardWords:
    """Puts the standards a card names into words. Threads may share this object."""

    def __init__(self, standards: Standards, texts: Texts, contacts: Contacts) -> None:
        texts.require(TEXT_KEYS)
        self._standards = standards
        self._texts = texts
        self._contacts = contacts

    def given(self, card: Passage, organisation: str | None, *, day: date, today: date) -> Given:
        """Say what holds for an asker on `day`, and what has changed until `today`."""
        sentences: list[str] = []
        used: list[tuple[Standard, Value]] = []
        missing: list[Standard] = []
        for standard in self._standards.of(card.standards):
            chain = standard.chain(organisation, day)
            if not chain:
                missing.append(standard)
                continue
            sentences.append("".join(self._said(standard, chain, organisation, day=day, today=today)))
            used += [(standard, value) for value in chain]
        if OWN_UNION in card.standards:
            sentences.insert(0, self._contacts.short(organisation))
        if missing:
            sentences.append(self._none(missing, organisation))
        return Given(
            tuple(sentences),
            tuple(dict.fromkeys(value.citation for _, value in used)),
            tuple(
                SourceVersion(f"{KIND}:{standard.id}:{value.scope}", value.version, KIND)
                for standard, value in used
            ),
        )

    def changed(self, card: Passage, organisation: str | None, *, day: date, today: date) -> bool:
        """Tell whether a figure that held on `day` is another today."""
        return any(
            standard.chain(organisation, day) != standard.chain(organisation, today)
            for standard in self._standards.of(card.standards)
        )

    def _said(
        self, standard: Standard, chain: Sequence[Value], organisation: str | None, *, day: date, today: date
    ) -> Iterator[str]:
        own, *above = chain
        yield self._texts("knowledge.standards.own", says=standard.said(own), **self._of(own))
        for value, below in zip(above, chain, strict=False):
            key = f"knowledge.standards.above.{below.precedence}"
            yield self._texts(key, says=standard.said(value), **self._of(value))
        now = standard.chain(organisation, today)
        if day != today and now != chain:
            if now:
                yield self._texts("knowledge.standards.now", says=standard.said(now[0]), **self._of(now[0]))
            else:
                yield self._texts("knowledge.standards.now_none")

    def _none(self, missing: Sequence[Standard], organisation: str | None) -> str:
        titles = self._texts("knowledge.standards.and").join(standard.title for standard in missing)
        if organisation is None:
            return self._texts("knowledge.standards.no_unit", titles=titles)
        unit, contact = self._contacts.name_of(organisation), self._contacts.short(organisation)
        return self._texts("knowledge.standards.none", unit=unit, titles=titles, contact=contact)

    def _of(self, value: Value) -> dict[str, str]:
        start = value.effective_from
        return {
            "unit": self._contacts.name_of(value.scope),
            "mark": self._texts("knowledge.standards.sample") if value.sample else "",
            "start": self._texts("knowledge.when.day", year=start.year, month=start.month, day=start.day),
        }
