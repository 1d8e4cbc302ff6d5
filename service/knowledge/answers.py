"""Answers from the knowledge base: answer, ask back, or say that there is nothing to rest on."""

from __future__ import annotations

import json
from dataclasses import replace

from language.units import find_units
from retrieval.passages import Kind
from retrieval.search import Decision, Heard, Hit, Question
from service.conversations.replies import Choice, Reply, Slot
from service.conversations.why import Because
from service.knowledge.asked import LAST_QUESTION, OTHERS, TIMES, Asked
from service.knowledge.card_replies import CardReplies, source_on, source_read
from service.knowledge.choices import ASK_HUMAN, CHOICES, to_choose, worth_naming
from service.knowledge.explaining import OF_REFUSAL, why_found
from service.knowledge.following_up import FollowingUp, Resting
from service.knowledge.live_index import LiveIndex
from service.knowledge.looking_up import Found, find_ended, look_up
from service.knowledge.named_articles import NamedArticles
from service.knowledge.refusals import Refused, refused
from service.knowledge.several import TEXT_KEYS as SEVERAL_KEYS
from service.knowledge.several import questions_in, together
from service.knowledge.sources import cite, version_of
from service.knowledge.standard_words import StandardWords
from service.knowledge.standards import Standards
from service.knowledge.topics import OUT_OF_SCOPE, TOPICS, topic_of_intent, topics_of_intents
from service.people.contacts import Contacts
from service.people.viewer import lineage
from service.texts import Texts

ARTICLES = 5
"""Articles shown to read when no card answers, at most."""
NEAREST_FROM = 0.2
"""A refusal names the nearest card when it is right one time in five; below that it would mislead."""
OFFICERS = "officers"
"""Audience of cards on how the union itself goes about things."""
TOO_OFTEN = 3
"""Times the same is asked in a row until a person is offered."""
TOPIC_QUESTIONS = 6
"""Cards of one topic offered as things one can ask."""

TEXT_KEYS = tuple(
    f"knowledge.{key}"
    for key in (
        "clarify.lead", "clarify.single", "clarify.none_of_these", "articles.lead", "refuse.lead",
        "refuse.nearest", "refuse.second", "refuse.out_of_scope", "refuse.person", "refuse.no_person",
        "refuse.topics",
        "refuse.topic", "refuse.adviser", *(f"refuse.because.{kind}" for kind in Refused),
        "follow_up", "again", "meant.lead", "topics.lead", "topics.of", "topics.other", "source_gone",
        "passed",
        *(f"topic.{t}" for t in TOPICS),
    )
)  # fmt: skip


class Answers:
    """Turns what retrieval finds into replies. Threads may share this object."""

    def __init__(self, live: LiveIndex, texts: Texts, contacts: Contacts, standards: Standards) -> None:
        texts.require((*TEXT_KEYS, *SEVERAL_KEYS))
        self._live = live
        self._texts = texts
        self._contacts = contacts
        self._named = NamedArticles(texts)
        self._cards = CardReplies(texts, contacts, StandardWords(standards, texts, contacts))
        self._before = FollowingUp(live, self.search, lambda topic: texts(f"knowledge.topic.{topic}"))

    def search(self, asked: Asked, *, limit: int = 10) -> Found:
        """Find what answers `asked` in the rules of the day it asks about."""
        question = _question(asked, limit=limit)
        return look_up(self._live.current(), question, today=asked.as_of, dated=not asked.day_given)

    def answer(self, asked: Asked) -> Reply:
        """Answer `asked`, ask back with named choices, or refuse with a way on.

        Whoever asks the same for the third time in a row has not been helped by the answer: a person is
        offered with it.
        """
        reply = self._answer(asked)
        if reply.decision not in (Decision.ANSWER, Decision.CLARIFY):
            return reply
        times = asked.times + 1 if self._before.asks_again(reply, asked) else 1
        slots: dict[str, Slot] = {LAST_QUESTION: asked.text, **reply.slots, TIMES: float(times)}
        if times < TOO_OFTEN:
            return replace(reply, slots=slots)
        person = Choice(self._texts("knowledge.refuse.person"), ASK_HUMAN)
        others = tuple(choice for choice in reply.choices if choice.payload != ASK_HUMAN)
        text = "\n\n".join((self._texts("knowledge.again"), reply.text))
        again = reply.because(Because.THIRD_TIME)
        return replace(again, text=text, choices=(person, *others), slots=slots)

    def _answer(self, asked: Asked) -> Reply:
        found = self.search(asked)
        result, index = found.result, found.index
        if (read := self._named.reply(result, index, asked, day=found.day)) is not None:
            asked_for = Because.ARTICLE_ASKED_FOR if read.citations else Because.ARTICLE_MISSING
            return replace(read, why=why_found(found, asked_for))
        # A card's own question is the card's, whatever it is worded like and however many it asks.
        if not index.asking(asked.text):
            if (why := refused(asked.text)) is not None:
                return self._refuse_because(why, found, asked)
            if (both := self._several(asked)) is not None:
                return both
        decision = result.decision
        if decision is Decision.ANSWER:
            if (rather := self._before.rather_behind(found, asked)) is not None:
                return self._resting(rather, asked)
            return _with_others(self._cards.answer(result.hits[0].passage, found, asked), found)
        if found.since is not None:
            return self._cards.not_yet(found.since, found, asked)
        if (resting := self._before.behind(found, asked)) is not None:
            return self._resting(resting, asked)
        if (ended := self._ended(found, asked)) is not None:
            return ended
        cards = [hit for hit in result.hits if hit.passage.kind is Kind.CARD]
        if decision is Decision.CLARIFY and result.hits:
            if result.hits[0].passage.kind is Kind.ARTICLE:
                return self._articles_to_read(found, asked)
            return self._ask_back(worth_naming(cards, index.choice_from), found, asked)
        return self._refuse(cards[:1] if result.confidence >= NEAREST_FROM else [], found, asked)

    def _several(self, asked: Asked) -> Reply | None:
        """Answer a message that asks several things, where each of them is answered by a card of its own."""
        parts = questions_in(asked.text)
        if len(parts) == 1:
            return None
        replies: list[tuple[str, Reply, Choice]] = []
        behind = replace(asked, intent=None, intents=())
        for part in parts:
            reply = self._answer(replace(behind, text=part))
            cards = [source for source in reply.sources if source.kind == Kind.CARD]
            card = self._live.current().passage(cards[0].source_id, as_of=asked.as_of) if cards else None
            if reply.decision != Decision.ANSWER or card is None:
                return None
            replies.append((part, reply, to_choose(card.id, card.title)))
            behind = replace(behind, last_source=card.id, last_question=part)
        if len({choice for _, _, choice in replies}) < len(replies):
            return None
        reply = together(replies, self._texts)
        return replace(reply, intent=asked.intent, why=reply.why.after(Because.SEVERAL))

    def meant_otherwise(self, asked: Asked) -> Reply | None:
        """Offer the cards that came next in the last answer, to whom it was no answer; None without any."""
        index = self._live.current()
        offered = [
            to_choose(source, card.title)
            for source in asked.others
            if (card := index.passage(source_read(source)[0])) is not None
        ]
        if not offered:
            return None
        return Reply(
            self._texts("knowledge.meant.lead"),
            intent=asked.intent,
            decision=Decision.CLARIFY.value,
            choices=(*offered, self._none_of_these()),
        ).because(Because.MEANT_OTHERWISE)

    def answer_source(self, source_id: str, asked: Asked) -> Reply:
        """Answer with the card the employee chose from the choices, as it held on the day it was for."""
        reply = self._cards.chosen(source_id, self._live.current(), asked)
        if reply is None:
            gone = Reply(self._texts("knowledge.source_gone"), intent=asked.intent, decision="refuse")
            return gone.because(Because.CHOSEN, Because.CHOSEN_GONE)
        card = self._live.current().passage(reply.sources[0].source_id)
        return reply if card is None else replace(reply, slots={LAST_QUESTION: card.title, TIMES: 1.0})

    def choose_topic(self, topic: str | None, asked: Asked) -> Reply:
        """Offer the topics, or what can be asked about one of them."""
        if topic not in TOPICS:
            choices = tuple(
                Choice(str(title), f'/choose_topic{{"topic": "{name}"}}')
                for name, title in self._texts.section("knowledge.topic").items()
            )
            return Reply(
                self._texts("knowledge.topics.lead"), intent=asked.intent, decision="flow", choices=choices
            )
        choices = (
            *self.related(topic, asked, limit=TOPIC_QUESTIONS),
            Choice(self._texts("knowledge.topics.other"), "/choose_topic{}"),
        )
        lead = self._texts("knowledge.topics.of", topic=self._texts(f"knowledge.topic.{topic}"))
        return Reply(lead, intent=asked.intent, decision="flow", choices=choices, topic=topic)

    def related(self, topic: str | None, asked: Asked, *, limit: int = 3) -> tuple[Choice, ...]:
        """Return cards of a topic as choices, the most general first: those with the shortest titles."""
        if topic is None:
            return ()
        cards = self._live.current().cards_of(
            topic, as_of=asked.as_of, organisations=lineage(asked.organisation)
        )
        own = [card for card in cards if card.audience != OFFICERS]
        own.sort(key=lambda card: (len(card.title), card.id))
        return tuple(to_choose(card.id, card.title) for card in own[:limit])

    def _resting(self, resting: Resting, asked: Asked) -> Reply:
        """Answer behind the question before, or ask back.

        The card's title stands before the answer, so that whoever meant something else sees it at once.
        """
        kept: dict[str, Slot] = {LAST_QUESTION: resting.before}
        if resting.card is None:
            back = self._ask_back(list(resting.choices), resting.found, asked)
            return replace(back, slots={**back.slots, **kept}, why=resting.why)
        reply = _with_others(self._cards.answer(resting.card, resting.found, asked), resting.found)
        said = self._texts("knowledge.follow_up", title=resting.card.title, text=reply.text)
        return replace(reply, text=said, slots={**reply.slots, **kept}, why=resting.why)

    def _ended(self, found: Found, asked: Asked) -> Reply | None:
        """Where the rule that was asked for has ended, say what holds now, or that nothing does."""
        if found.period is not None or asked.day_given or found.result.decision is Decision.ANSWER:
            return None
        ended = find_ended(found.index, _question(asked), found.result, today=asked.as_of)
        if ended is None:
            return None
        return replace(self._cards.ended(ended, found.index, asked), why=why_found(found, Because.ENDED))

    def _ask_back(self, hits: list[Hit], found: Found, asked: Asked) -> Reply:
        reply = Reply(
            self._texts("knowledge.clarify.lead" if len(hits) > 1 else "knowledge.clarify.single"),
            intent=asked.intent,
            decision=Decision.CLARIFY.value,
            confidence=found.result.confidence,
            choices=(*(_choose(hit, found) for hit in hits), self._none_of_these()),
            sources=tuple(version_of(hit.passage) for hit in hits),
            topic=hits[0].passage.topic,
            index_version=found.result.index_version,
            why=why_found(found),
        )
        return _with_others(reply, found)

    def _none_of_these(self) -> Choice:
        return Choice(self._texts("knowledge.clarify.none_of_these"), "/not_what_i_meant")

    def _articles_to_read(self, found: Found, asked: Asked) -> Reply:
        articles = [hit for hit in found.result.hits if hit.passage.kind is Kind.ARTICLE][:ARTICLES]
        return Reply(
            self._texts("knowledge.articles.lead"),
            intent=asked.intent,
            decision=Decision.CLARIFY.value,
            confidence=found.result.confidence,
            citations=tuple(
                cite(hit.passage, found.index, as_of=found.day, paragraph=hit.paragraph)[0]
                for hit in articles
            ),
            choices=(Choice(self._texts("knowledge.refuse.person"), ASK_HUMAN),),
            sources=tuple(version_of(hit.passage) for hit in articles),
            topic=topic_of_intent(asked.intent),
            index_version=found.result.index_version,
            why=why_found(found, Because.ONLY_ARTICLES),
        )

    def _refuse(self, nearest: list[Hit], found: Found, asked: Asked) -> Reply:
        person = Choice(self._texts("knowledge.refuse.person"), ASK_HUMAN)
        topics = self._topics_to_choose(asked)
        near = tuple(_choose(hit, found) for hit in nearest)
        choices: tuple[Choice, ...]
        why = why_found(found)
        if asked.refusals >= 1:
            why = why.also(Because.REFUSED_AGAIN)
            text = self._texts("knowledge.refuse.second", contact=self._contacts.short(asked.organisation))
            choices = (person, Choice(self._texts("knowledge.refuse.no_person"), "/deny"))
        elif asked.intent == OUT_OF_SCOPE:
            why = why.also(Because.HEARD_AS_NOT_OURS)
            text, choices = self._texts("knowledge.refuse.out_of_scope"), (topics, person)
        else:
            key = "knowledge.refuse.nearest" if near else "knowledge.refuse.lead"
            text, choices = self._texts(key), (*near, topics, person)
        return Reply(
            text,
            intent=asked.intent,
            decision=Decision.REFUSE.value,
            confidence=found.result.confidence,
            choices=choices,
            topic=topic_of_intent(asked.intent),
            index_version=found.result.index_version,
            why=why,
        )

    def _refuse_because(self, why: Refused, found: Found, asked: Asked) -> Reply:
        """Refuse for what is asked. Whoever wants to know how something ends is shown what decides it."""
        cards: list[Hit] = []
        choices = [Choice(self._texts("knowledge.refuse.person"), ASK_HUMAN)]
        if why is Refused.PREDICTION:
            among = [hit for hit in found.result.hits if hit.passage.kind is Kind.CARD]
            cards = among[:1] if found.result.confidence >= NEAREST_FROM else []
            adviser = Choice(self._texts("knowledge.refuse.adviser"), "/book_legal_consultation")
            choices = [*(_choose(hit, found) for hit in cards), adviser, *choices]
        else:
            choices = [self._topics_to_choose(asked), *choices]
        return Reply(
            self._texts(f"knowledge.refuse.because.{why}"),
            intent=asked.intent,
            decision=Decision.REFUSE.value,
            confidence=found.result.confidence,
            choices=tuple(choices),
            sources=tuple(version_of(hit.passage) for hit in cards),
            topic=topic_of_intent(asked.intent),
            index_version=found.result.index_version,
            why=why_found(found, OF_REFUSAL[why]),
        )

    def _topics_to_choose(self, asked: Asked) -> Choice:
        """Offer all topics, or the one a calculation is about: what it is about is not in doubt then."""
        topic = topic_of_intent(asked.intent)
        if topic is None or not (asked.intent or "").startswith("calc_"):
            return Choice(self._texts("knowledge.refuse.topics"), "/choose_topic{}")
        title = self._texts("knowledge.refuse.topic", topic=self._texts(f"knowledge.topic.{topic}"))
        return Choice(title, f'/choose_topic{{"topic": "{topic}"}}')


def _question(asked: Asked, *, limit: int = 10) -> Question:
    return Question(
        text=_without_other_unit(asked),
        as_of=asked.as_of,
        organisations=lineage(asked.organisation),
        heard=_heard(asked),
        limit=limit,
    )


def _without_other_unit(asked: Asked) -> str:
    """Return what is asked without the unit it begins with, where that is not the asker's own.

    Rules of other units are nobody else's business, and the name would only draw the own unit's cards on
    whatever else (浙江省分行结婚慰问多少, asked in Guangdong).
    """
    begins = next((unit for unit in find_units(asked.text) if unit.start == 0), None)
    own = {part for path in lineage(asked.organisation) for part in path.split("/")}
    if begins is None or begins.value in own:
        return asked.text
    return asked.text[begins.end :].lstrip("的，, ") or asked.text


def _heard(asked: Asked) -> Heard | None:
    if not asked.intents:
        return None
    return Heard(topics_of_intents(asked.intents), dict(asked.intents).get(OUT_OF_SCOPE, 0.0))


def _with_others(reply: Reply, found: Found) -> Reply:
    """Return `reply` with the best cards it neither rests on nor offers, for whoever meant something else."""
    shown = {source.source_id for source in reply.sources} | {choice.payload for choice in reply.choices}
    day = found.day if found.period is not None else None
    others = [
        source_on(hit.passage.id, day)
        for hit in found.result.hits
        if hit.passage.kind is Kind.CARD
        and hit.passage.id not in shown
        and _choose(hit, found).payload not in shown
    ]
    return replace(reply, slots={**reply.slots, OTHERS: json.dumps(others[:CHOICES])})


def _choose(hit: Hit, found: Found) -> Choice:
    day = found.day if found.period is not None else None
    return to_choose(source_on(hit.passage.id, day), hit.passage.title)
