"""Says which organisation's rule was followed, and why: national, head office's or the branch's."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.passages import NATIONAL, Passage
from retrieval.precedence import Precedence, Ruling, Standing
from service.people.contacts import Contacts
from service.texts import Texts

ADDITIONS = 2
"""Rules that rest on the one that answers and are named with it, at most."""
TEXT_KEYS = (
    "knowledge.precedence.national",
    "knowledge.precedence.quoted",
    *(
        f"knowledge.precedence.{part}.{kind.value}"
        for part in ("first", "further", "below")
        for kind in Precedence
    ),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What to say with an answer, the cards that speaks of, and those of them to open from there.

    `sentences` go into the answer's first paragraph, which is all that is seen at first; `more` comes below.
    """

    sentences: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    cards: tuple[Passage, ...] = ()
    offered: tuple[Passage, ...] = ()


class RuleWords:
    """Puts how a card stands to others into words. Threads may share this object."""

    def __init__(self, texts: Texts, contacts: Contacts) -> None:
        texts.require(TEXT_KEYS)
        self._texts = texts
        self._contacts = contacts

    def told(self, standing: Standing) -> Told:
        """Say which rule counts when a card that stands so is the answer; nothing where it stands alone."""
        above, below = _governing(standing.above), standing.below[:ADDITIONS]
        sentences = [self._why(above)] if above else []
        sentences += [self._clause("below", ruling) for ruling in below]
        more = []
        if above and above[0].precedence in (Precedence.FLOOR, Precedence.CEILING):
            base = above[0].base
            more.append(
                self._texts("knowledge.precedence.quoted", base=self._name(base), text=short_answer(base))
            )
        own = tuple(ruling.own for ruling in below)
        return Told(tuple(sentences), tuple(more), (*(ruling.base for ruling in above), *own), own)

    def _why(self, chain: tuple[Ruling, ...]) -> str:
        """One sentence for the whole chain, from the card that answers upwards."""
        nearest, *further = chain
        clauses = [self._clause("first", nearest), *(self._clause("further", ruling) for ruling in further)]
        return "；".join(clauses) + "。"

    def _clause(self, part: str, ruling: Ruling) -> str:
        return self._texts(
            f"knowledge.precedence.{part}.{ruling.precedence.value}",
            own=self._name(ruling.own),
            own_title=ruling.own.title,
            base=self._name(ruling.base),
            base_title=ruling.base.title,
        )

    def _name(self, card: Passage) -> str:
        if card.scope == NATIONAL:
            return self._texts("knowledge.precedence.national")
        return self._contacts.name_of(card.scope)


def _governing(chain: tuple[Ruling, ...]) -> tuple[Ruling, ...]:
    """The chain up to the first card that only adds: what is above its base says nothing about it."""
    for at, ruling in enumerate(chain, 1):
        if ruling.precedence is Precedence.ADD:
            return chain[:at]
    return chain


def short_answer(card: Passage) -> str:
    """Return a card's first paragraph, which answers by itself."""
    return card.text.split("\n\n", 1)[0].strip()
