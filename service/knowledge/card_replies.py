"""Replies that rest on one card: what it says, which rule that is, and when it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from language.dates import DateRange
from retrieval.index import Index
from retrieval.passages import NATIONAL, Kind, Passage
from retrieval.precedence import successor
from retrieval.search import Decision
from service.conversations.replies import Choice, Cited, Reply
from service.conversations.why import Because
from service.knowledge.choices import ASK_HUMAN, to_choose
from service.knowledge.dated import DatedWords
from service.knowledge.explaining import why_found
from service.knowledge.looking_up import Ended, Found
from service.knowledge.precedence import RuleWords, Told
from service.knowledge.sources import cite, place, version_of
from service.knowledge.standard_words import StandardWords
from service.people.contacts import Contacts
from service.people.viewer import lineage
from service.texts import Texts

if TYPE_CHECKING:
    from service.knowledge.asked import Asked

TEXT_KEYS = ("knowledge.ended.followed", "knowledge.ended.over", "knowledge.refuse.person")
_AUDIENCE = "knowledge.audience"
_AT = "@"


class CardReplies:
    """Composes the replies. Threads may share this object."""

    def __init__(self, texts: Texts, contacts: Contacts, standards: StandardWords) -> None:
        texts.require(TEXT_KEYS)
        self._audiences = texts.section(_AUDIENCE)
        self._texts = texts
        self._standards = standards
        self._rules = RuleWords(texts, contacts)
        self._dates = DatedWords(texts)

    def answer(self, card: Passage, found: Found, asked: Asked) -> Reply:
        """Answer with `card` as `found`, with what is to be said of the time that was asked about."""
        told = Told()
        if found.period is not None:
            told = self._told(card, found.index, found.period, asked, day=found.day)
        reply = self._composed(card, found.index, asked, found.day, told=told)
        return replace(reply, confidence=found.result.confidence, why=why_found(found))

    def chosen(self, source: str, index: Index, asked: Asked) -> Reply | None:
        """Answer with the card that was chosen, or the one that holds in its place by now.

        None when there is no such card for the asker.
        """
        source_id, day = source_read(source)
        card = index.passage(source_id)
        if card is None or card.kind is not Kind.CARD:
            return None
        if card.scope not in (NATIONAL, *lineage(asked.organisation)):
            return None
        if card.in_force_on(day or asked.as_of):
            told = Told()
            if day is not None and day != asked.as_of:
                period = DateRange(day, day)
                told = self._told(card, index, period, asked, day=day)
            reply = self._composed(card, index, asked, day or asked.as_of, told=told)
            return reply.because(Because.CHOSEN)
        if day is None and card.effective_to is not None and card.effective_to < asked.as_of:
            following = successor(card, index.versions(card), day=asked.as_of)
            return self.ended(Ended(card, following, 1.0), index, asked).because(
                Because.CHOSEN, Because.ENDED
            )
        return None

    def ended(self, ended: Ended, index: Index, asked: Asked) -> Reply:
        """Answer with the rule that holds in place of one that has ended, or say that none does."""
        to = self._dates.day(ended.card.effective_to or date.max)
        if ended.successor is not None:
            told = Told((self._texts("knowledge.ended.followed", title=ended.card.title, to=to),))
            reply = self._composed(ended.successor, index, asked, asked.as_of, told=told)
            then = to_choose(source_on(ended.card.id, ended.card.effective_to), ended.card.title)
            return replace(reply, confidence=ended.confidence, choices=(then, *reply.choices))
        return Reply(
            self._texts("knowledge.ended.over", title=ended.card.title, to=to),
            intent=asked.intent,
            decision=Decision.REFUSE.value,
            confidence=ended.confidence,
            citations=cite(ended.card, index, as_of=ended.card.effective_to or asked.as_of)[:1],
            choices=(Choice(self._texts("knowledge.refuse.person"), ASK_HUMAN),),
            sources=(version_of(ended.card),),
            topic=ended.card.topic,
            index_version=index.identity,
        )

    def not_yet(self, card: Passage, found: Found, asked: Asked) -> Reply:
        """Say that no rule is known for the time that was asked about, and offer the one that began later."""
        person = Choice(self._texts("knowledge.refuse.person"), ASK_HUMAN)
        return Reply(
            self._dates.not_yet(card, found.period or DateRange(found.day, found.day)),
            intent=asked.intent,
            decision=Decision.REFUSE.value,
            confidence=found.result.confidence,
            choices=(to_choose(card.id, card.title), person),
            sources=(version_of(card),),
            topic=card.topic,
            index_version=found.index.identity,
            why=why_found(found, Because.NOT_YET),
        )

    def _told(self, card: Passage, index: Index, period: DateRange, asked: Asked, *, day: date) -> Told:
        changed = self._standards.changed(card, asked.organisation, day=day, today=asked.as_of)
        versions = index.versions(card)
        return self._dates.told(card, versions, period, today=asked.as_of, figures_changed=changed)

    def _composed(self, card: Passage, index: Index, asked: Asked, day: date, *, told: Told) -> Reply:
        """Say `card` as it holds on `day`: `told`, its short answer, the figures of the asker's unit, which
        rule that is, and the rest."""
        standing = index.standing(card, as_of=day, organisations=lineage(asked.organisation))
        rule = self._rules.told(standing)
        first, _, rest = card.text.partition("\n\n")
        given = self._standards.given(card, asked.organisation, day=day, today=asked.as_of)
        parts = (
            "\n".join((*told.sentences, first, *given.sentences, *rule.sentences, *self._for_whom(card))),
            *rule.more,
            rest,
        )
        cards = tuple(dict.fromkeys((card, *rule.cards)))
        on = day if day != asked.as_of else None
        return Reply(
            "\n\n".join(part for part in parts if part),
            intent=asked.intent,
            decision=Decision.ANSWER.value,
            confidence=1.0,
            citations=_once(
                (
                    *(cited for one in cards for cited in cite(one, index, as_of=day)),
                    *(
                        place(one, index, organisation=asked.organisation, as_of=day)
                        for one in given.citations
                    ),
                )
            ),
            choices=(
                *(to_choose(one.id, one.title) for one in told.offered),
                *(to_choose(source_on(one.id, on), one.title) for one in rule.offered),
            ),
            sources=(*(version_of(one) for one in cards), *given.sources),
            topic=card.topic,
            index_version=index.identity,
        )

    def _for_whom(self, card: Passage) -> tuple[str, ...]:
        """Say whom a card is for, where that is not everybody."""
        said = self._audiences.get(card.audience or "")
        return (said,) if isinstance(said, str) else ()


def source_on(source_id: str, day: date | None) -> str:
    """Return the id by which a card is chosen as it held on `day`; None: today, whenever that will be."""
    return f"{source_id}{_AT}{day.isoformat()}" if day is not None else source_id


def source_read(source: str) -> tuple[str, date | None]:
    """Return the id and the day of what `source_on` made."""
    source_id, _, day = source.partition(_AT)
    try:
        return source_id, date.fromisoformat(day) if day else None
    except ValueError:
        return source_id, None


def _once(cited: Iterable[Cited]) -> tuple[Cited, ...]:
    places: dict[tuple[str, str], Cited] = {}
    for one in cited:
        places.setdefault((one.source_id, one.title), one)
    return tuple(places.values())
