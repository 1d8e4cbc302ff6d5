"""Answers from the knowledge base: answer, ask back, or say that there is nothing to rest on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from retrieval.index import Index
from retrieval.passages import Kind
from retrieval.search import Decision, Hit, Question, Result
from retrieval.tokens import segmenter
from service.conversations.replies import Choice, Reply
from service.knowledge.choices import ASK_HUMAN, to_choose
from service.knowledge.live_index import LiveIndex
from service.knowledge.named_articles import NamedArticles
from service.knowledge.rules import follows_up, weigh_intent
from service.knowledge.sources import cite, version_of
from service.knowledge.topics import TOPICS, topic_of_intent
from service.people.contacts import Contacts
from service.people.viewer import lineage
from service.texts import Texts

CHOICES = 4
"""Named choices in a question back, at most."""
ARTICLES = 5
"""Articles shown to read when no card answers, at most."""
NEAREST_FROM = 0.2
"""A refusal names the nearest card when it is right one time in five; below that it would mislead."""
TOPIC_QUESTIONS = 6
"""Cards of one topic offered as things one can ask."""

TEXT_KEYS = tuple(
    f"knowledge.{key}"
    for key in (
        "clarify.lead", "clarify.none_of_these", "articles.lead", "refuse.lead", "refuse.nearest",
        "refuse.second", "refuse.out_of_scope", "refuse.person", "refuse.no_person", "refuse.topics",
        "refuse.topic",
        "follow_up", "topics.lead", "topics.of", "topics.other", "source_gone", "passed",
        *(f"topic.{t}" for t in TOPICS),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in its conversation; the intent is None where the dialogue did not see it.

    `refusals` counts the refusals directly before it; `last_source` is the card that answered last.
    """

    text: str
    as_of: date
    organisation: str | None = None
    intent: str | None = None
    intent_confidence: float = 0.0
    refusals: int = 0
    last_source: str | None = None


class Answers:
    """Turns what retrieval finds into replies. Threads may share this object."""

    def __init__(self, live: LiveIndex, texts: Texts, contacts: Contacts) -> None:
        texts.require(TEXT_KEYS)
        self._live = live
        self._texts = texts
        self._contacts = contacts
        self._named = NamedArticles(texts)

    def search(self, asked: Asked, *, limit: int = 10) -> tuple[Result, Index]:
        index = self._live.current()
        question = Question(
            text=asked.text,
            as_of=asked.as_of,
            organisations=lineage(asked.organisation),
            topic=topic_of_intent(asked.intent),
            limit=limit,
        )
        return index.search(question), index

    def answer(self, asked: Asked) -> Reply:
        """Answer `asked`, ask back with named choices, or refuse with a way on."""
        result, index = self.search(asked)
        if (read := self._named.reply(result, index, asked)) is not None:
            return read
        decision = weigh_intent(
            result.decision,
            result.confidence,
            topic=result.hits[0].passage.topic if result.hits else None,
            intent=asked.intent,
            intent_confidence=asked.intent_confidence,
        )
        if decision is Decision.ANSWER:
            return self._answer_with(result.hits[0], result, index, asked)
        if (again := self._follow_up(asked)) is not None:
            return again
        cards = _own_topic_first([hit for hit in result.hits if hit.passage.kind is Kind.CARD], asked)
        if decision is Decision.CLARIFY and result.hits:
            if result.hits[0].passage.kind is Kind.ARTICLE:
                return self._articles_to_read(result, index, asked)
            return self._ask_back(cards[:CHOICES], result, asked)
        return self._refuse(cards[:1] if result.confidence >= NEAREST_FROM else [], result, asked)

    def _follow_up(self, asked: Asked) -> Reply | None:
        """Answer a short question that points back with the card that answered last, if that speaks of it.

        The card's title stands before the answer, so that whoever meant something else sees it at once.
        """
        about = follows_up(asked.text)
        if about is None or asked.last_source is None:
            return None
        card = self._live.current().passage(asked.last_source, as_of=asked.as_of)
        words = segmenter().words(about)
        if card is None or card.kind is not Kind.CARD or not words:
            return None
        spoken_of = "\n".join((card.title, *card.questions, card.text))
        if not all(word in spoken_of for word in words):
            return None
        whole = replace(asked, text=f"{card.title}，{about}", intent=None)
        result, index = self.search(whole)
        if result.decision is not Decision.ANSWER or result.hits[0].passage.id != card.id:
            return None
        reply = self._answer_with(result.hits[0], result, index, asked)
        return replace(reply, text=self._texts("knowledge.follow_up", title=card.title, text=reply.text))

    def answer_source(self, source_id: str, asked: Asked) -> Reply:
        """Answer with the card the employee chose from the choices."""
        index = self._live.current()
        card = index.passage(source_id, as_of=asked.as_of)
        allowed = ("national", *lineage(asked.organisation))
        if card is None or card.kind is not Kind.CARD or card.scope not in allowed:
            return Reply(self._texts("knowledge.source_gone"), intent=asked.intent, decision="refuse")
        return Reply(
            card.text,
            intent=asked.intent,
            decision=Decision.ANSWER.value,
            confidence=1.0,
            citations=cite(card, index, as_of=asked.as_of),
            sources=(version_of(card),),
            topic=card.topic,
            index_version=index.identity,
        )

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
        index = self._live.current()
        cards = index.cards_of(topic, as_of=asked.as_of, organisations=lineage(asked.organisation))
        choices = (
            *(to_choose(card.id, card.title) for card in cards[:TOPIC_QUESTIONS]),
            Choice(self._texts("knowledge.topics.other"), "/choose_topic{}"),
        )
        lead = self._texts("knowledge.topics.of", topic=self._texts(f"knowledge.topic.{topic}"))
        return Reply(lead, intent=asked.intent, decision="flow", choices=choices, topic=topic)

    def related(self, topic: str | None, asked: Asked, *, limit: int = 3) -> tuple[Choice, ...]:
        """Return cards of a topic as choices, to go with a text about the same matter."""
        if topic is None:
            return ()
        cards = self._live.current().cards_of(
            topic, as_of=asked.as_of, organisations=lineage(asked.organisation)
        )
        return tuple(to_choose(card.id, card.title) for card in cards[:limit])

    def _answer_with(self, hit: Hit, result: Result, index: Index, asked: Asked) -> Reply:
        return Reply(
            hit.passage.text,
            intent=asked.intent,
            decision=Decision.ANSWER.value,
            confidence=result.confidence,
            citations=cite(hit.passage, index, as_of=asked.as_of),
            sources=(version_of(hit.passage),),
            topic=hit.passage.topic,
            index_version=result.index_version,
        )

    def _ask_back(self, hits: list[Hit], result: Result, asked: Asked) -> Reply:
        none_of_these = Choice(self._texts("knowledge.clarify.none_of_these"), "/not_what_i_meant")
        return Reply(
            self._texts("knowledge.clarify.lead"),
            intent=asked.intent,
            decision=Decision.CLARIFY.value,
            confidence=result.confidence,
            choices=(*(to_choose(hit.passage.id, hit.passage.title) for hit in hits), none_of_these),
            sources=tuple(version_of(hit.passage) for hit in hits),
            topic=hits[0].passage.topic,
            index_version=result.index_version,
        )

    def _articles_to_read(self, result: Result, index: Index, asked: Asked) -> Reply:
        articles = [hit for hit in result.hits if hit.passage.kind is Kind.ARTICLE][:ARTICLES]
        return Reply(
            self._texts("knowledge.articles.lead"),
            intent=asked.intent,
            decision=Decision.CLARIFY.value,
            confidence=result.confidence,
            citations=tuple(
                cite(hit.passage, index, as_of=asked.as_of, paragraph=hit.paragraph)[0] for hit in articles
            ),
            choices=(Choice(self._texts("knowledge.refuse.person"), ASK_HUMAN),),
            sources=tuple(version_of(hit.passage) for hit in articles),
            topic=topic_of_intent(asked.intent),
            index_version=result.index_version,
        )

    def _refuse(self, nearest: list[Hit], result: Result, asked: Asked) -> Reply:
        person = Choice(self._texts("knowledge.refuse.person"), ASK_HUMAN)
        topics = self._topics_to_choose(asked)
        near = tuple(to_choose(hit.passage.id, hit.passage.title) for hit in nearest)
        choices: tuple[Choice, ...]
        if asked.refusals >= 1:
            text = self._texts("knowledge.refuse.second", contact=self._contacts.short(asked.organisation))
            choices = (person, Choice(self._texts("knowledge.refuse.no_person"), "/deny"))
        elif asked.intent == "out_of_scope":
            text, choices = self._texts("knowledge.refuse.out_of_scope"), (topics, person)
        else:
            key = "knowledge.refuse.nearest" if near else "knowledge.refuse.lead"
            text, choices = self._texts(key), (*near, topics, person)
        return Reply(
            text,
            intent=asked.intent,
            decision=Decision.REFUSE.value,
            confidence=result.confidence,
            choices=choices,
            topic=topic_of_intent(asked.intent),
            index_version=result.index_version,
        )

    def _topics_to_choose(self, asked: Asked) -> Choice:
        """Offer all topics, or the one a calculation is about: what it is about is not in doubt then."""
        topic = topic_of_intent(asked.intent)
        if topic is None or not (asked.intent or "").startswith("calc_"):
            return Choice(self._texts("knowledge.refuse.topics"), "/choose_topic{}")
        title = self._texts("knowledge.refuse.topic", topic=self._texts(f"knowledge.topic.{topic}"))
        return Choice(title, f'/choose_topic{{"topic": "{topic}"}}')


def _own_topic_first(hits: list[Hit], asked: Asked) -> list[Hit]:
    """The best hit stays; after it the intent's topic comes before others, each in order of rank."""
    topic = topic_of_intent(asked.intent)
    return hits[:1] + sorted(hits[1:], key=lambda hit: hit.passage.topic != topic)
