"""What a question rests on that was asked and answered before it in the conversation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from retrieval.exact import question_key
from retrieval.passages import Kind, Passage
from retrieval.search import Decision, Hit
from service.conversations.replies import Reply
from service.conversations.why import Because, Why
from service.knowledge.asked import LAST_QUESTION, Asked
from service.knowledge.choices import worth_naming
from service.knowledge.explaining import why_found
from service.knowledge.in_context import (
    IN_SCOPE,
    SURE,
    asked_of,
    goes_on,
    in_context,
    names_matter,
    says_nothing_new,
    says_the_same,
)
from service.knowledge.live_index import LiveIndex
from service.knowledge.looking_up import Found
from service.knowledge.topics import OUT_OF_SCOPE

LIKELY_ALONE = 0.6
"""Probability of another card, asked alone, from which the last one is not given again unasked."""
SURELY_OUT = 0.5
"""Confidence of the dialogue from which a message that is not the union's business rests on nothing, unless
retrieval knows better."""
CERTAINLY_OUT = 0.95
"""The same from which it rests on nothing, whatever word of the last card it shares: 信用卡呢."""


@dataclass(frozen=True, slots=True)
class Resting:
    """What a question means behind the one `before` it: `found` for both, and the `card` that answers, or
    the `choices` it may mean."""

    before: str
    found: Found
    why: Why
    card: Passage | None = None
    choices: tuple[Hit, ...] = ()


class FollowingUp:
    """Looks at what came before. Threads may share this object."""

    def __init__(
        self, live: LiveIndex, search: Callable[[Asked], Found], topic_name: Callable[[str], str]
    ) -> None:
        self._live = live
        self._search = search
        self._topic_name = topic_name

    def behind(self, found: Found, asked: Asked) -> Resting | None:
        """Return what answers a question that rests on the one before it, or what both together may mean."""
        out = asked.intent_confidence if asked.intent == OUT_OF_SCOPE else 0.0
        if out >= CERTAINLY_OUT:
            return None
        card = self._last_card(asked)
        before = asked.last_question or (card.title if card else asked.text)
        by_last = self._by_last_card(card, asked) if card is not None else None
        if card is not None and by_last is not None:
            return Resting(before, by_last, why_found(by_last).after(Because.LAST_CARD), card=card)
        if out >= SURELY_OUT:
            # 护理费呢 is heard as none of ours, which it may be alone; what retrieval knows of it decides.
            found = self._search(replace(asked, intent=None, intents=()))
            if found.result.in_scope < IN_SCOPE:
                return None
        text = in_context(asked.text, asked.last_question, card, found.result)
        together = self._together(text, found, before, asked) if text is not None else None
        return together or self._within_topic(found, card, before, asked)

    def rather_behind(self, found: Found, asked: Asked) -> Resting | None:
        """Return what answers behind the last question where another topic's card answers alone: 给几倍."""
        card = self._last_card(asked)
        if card is None or found.result.hits[0].passage.topic == card.topic:
            return None
        if not says_nothing_new(asked.text, card):
            return None
        text = in_context(asked.text, asked.last_question, card, found.result)
        if text is None:
            return None
        both = self._search(replace(asked, text=text, intent=None, intents=()))
        first = both.result.hits[0].passage if both.result.hits else None
        sure = both.result.decision is Decision.ANSWER and both.result.confidence >= SURE
        if first is None or not sure or first.topic != card.topic:
            return None
        why = why_found(both, Because.LAST_QUESTION, Because.SURE, answer_from=SURE)
        return Resting(asked.last_question or card.title, both, why, card=first)

    def asks_again(self, reply: Reply, asked: Asked) -> bool:
        """Tell whether it is the last question again: the same words, or answered by the same card alone."""
        if asked.last_question is None:
            return False
        if question_key(asked.text) == question_key(asked.last_question):
            return True
        rests_on_it = LAST_QUESTION in reply.slots
        if reply.decision != Decision.ANSWER or not reply.sources:
            return False
        again = reply.sources[0].source_id == asked.last_source
        if not again or goes_on(asked.text) or (rests_on_it and not names_matter(asked.text)):
            return False
        return says_the_same(asked.text, asked.last_question)

    def _last_card(self, asked: Asked) -> Passage | None:
        if asked.last_source is None:
            return None
        return self._live.current().passage(asked.last_source, as_of=asked.as_of)

    def _together(self, text: str, found: Found, before: str, asked: Asked) -> Resting | None:
        """Return what answers both questions as one `text`, or what they may mean; `found` is for the last
        one alone."""
        both = self._search(replace(asked, text=text, intent=None, intents=()))
        result = both.result
        cards = [hit for hit in result.hits if hit.passage.kind is Kind.CARD]
        if not cards or result.decision is Decision.REFUSE:
            return None
        if result.decision is Decision.CLARIFY and result.confidence < found.result.confidence:
            return None
        sure = result.decision is Decision.ANSWER and result.confidence >= SURE
        # 能提前退吗 behind 几岁退休 is likely on another card than the one that answered.
        alone = [hit for hit in found.result.hits if hit.passage.kind is Kind.CARD]
        gone_on = bool(alone) and cards[0].passage.id == asked.last_source != alone[0].passage.id
        another = gone_on and found.result.confidence >= LIKELY_ALONE
        if sure and self._is_about_the_last(cards[0].passage, asked) and not another:
            why = why_found(both, Because.LAST_QUESTION, Because.SURE, answer_from=SURE)
            return Resting(before, both, why, card=cards[0].passage)
        named = worth_naming(cards, both.index.choice_from)
        others = [hit for hit in alone[:1] if hit.passage.id not in {one.passage.id for one in named}]
        why = why_found(both, Because.LAST_QUESTION, Because.NOT_SURE, answer_from=SURE)
        return Resting(before, both, why, choices=(*named, *others))

    def _within_topic(self, found: Found, card: Passage | None, before: str, asked: Asked) -> Resting | None:
        """Return the card on another matter of the same topic: 护理费呢 behind 工伤的医药费谁出."""
        first = next((hit.passage for hit in found.result.hits if hit.passage.kind is Kind.CARD), None)
        if card is None or card.topic is None or first is None or first.topic != card.topic:
            return None
        if not goes_on(asked.text):
            return None
        text = f"{self._topic_name(card.topic)}，{asked.text}"
        both = self._search(replace(asked, text=text, intent=None, intents=()))
        sure = both.result.decision is Decision.ANSWER and both.result.confidence >= SURE
        if not sure or both.result.hits[0].passage.id != first.id:
            return None
        why = why_found(both, Because.LAST_QUESTION, Because.SURE, answer_from=SURE)
        return Resting(before, both, why, card=first)

    def _is_about_the_last(self, card: Passage, asked: Asked) -> bool:
        """Tell whether a card is among those found for the last question: no other can go on from it.

        Where the last question was asked back about, only the likeliest one can.
        """
        if asked.last_question is None or card.id == asked.last_source:
            return True
        before = self._search(replace(asked, text=asked.last_question, intent=None, intents=()))
        hits = before.result.hits if asked.last_source is not None else before.result.hits[:1]
        return card.id in {hit.passage.id for hit in hits}

    def _by_last_card(self, card: Passage, asked: Asked) -> Found | None:
        """Return what is found for the last card's title with a question that points back, where that card
        speaks of all it asks about and is found first."""
        about = asked_of(card, asked.text)
        if card.kind is not Kind.CARD or about is None:
            return None
        # `day_given`: a time in the card's own title is not one the employee asks about.
        found = self._search(
            replace(asked, text=f"{card.title}，{about}", intent=None, intents=(), day_given=True)
        )
        sure = found.result.decision is Decision.ANSWER
        return found if sure and found.result.hits[0].passage.id == card.id else None
