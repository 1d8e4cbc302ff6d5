"""Articles asked for by name: their verbatim text, or why it cannot be shown."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from language.laws import ArticleReference
from retrieval.clauses import clause
from retrieval.exact import question_key
from retrieval.index import Index
from retrieval.passages import NATIONAL, Kind, Passage
from retrieval.search import Decision, Result
from service.conversations.replies import Choice, Reply
from service.knowledge.asking_when import asked_when
from service.knowledge.choices import ASK_HUMAN, to_choose
from service.knowledge.sources import cite, find_article, version_of
from service.people.viewer import lineage
from service.texts import Texts

if TYPE_CHECKING:
    from service.knowledge.asked import Asked

ARTICLES = 5
"""Articles quoted in one reply, at most."""
CARDS = 3
"""Cards on the same article that are offered, at most."""
TEXT_KEYS = tuple(
    f"knowledge.article.{key}"
    for key in (
        "text",
        "whole",
        "from",
        "until",
        "presumed",
        "related",
        "none",
        "not_in_force",
        "not_imported",
        "cited",
    )
)


class NamedArticles:
    """Replies to questions that name articles and say no more. Threads may share this object."""

    def __init__(self, texts: Texts) -> None:
        texts.require(TEXT_KEYS)
        self._texts = texts

    def reply(self, result: Result, index: Index, asked: Asked, *, day: date) -> Reply | None:
        """What the articles that are named say on `day`; None when more is asked, or a card's own question.

        Words that name another day than today are no part of what is asked.
        """
        when = asked_when(asked.text, today=asked.as_of)
        references = index.asked_for(when.text if when else asked.text)[:ARTICLES]
        if not references or _is_a_cards_own(asked.text, result):
            return None
        named = [(reference, _article(reference, index, asked, day)) for reference in references]
        found = [(reference, passage) for reference, passage in named if passage is not None]
        cards = {reference: _cards_on(reference, index, asked, day) for reference in references}
        offered = list({card.id: card for on_it in cards.values() for card in on_it}.values())[:CARDS]
        parts = [
            self._quoted(reference, passage)
            if passage is not None
            else self._missing(reference, index, asked, day, cited=bool(cards[reference]))
            for reference, passage in named
        ]
        choices = [to_choose(card.id, card.title) for card in offered]
        if not found:
            choices.append(Choice(self._texts("knowledge.refuse.person"), ASK_HUMAN))
        elif offered:
            parts.append(self._texts("knowledge.article.related"))
        decision = Decision.ANSWER if found else Decision.CLARIFY if offered else Decision.REFUSE
        return Reply(
            "\n\n".join(parts),
            intent=asked.intent,
            decision=decision.value,
            confidence=result.confidence,
            citations=tuple(
                cite(passage, index, as_of=day, paragraph=reference.paragraph)[0]
                for reference, passage in found
            ),
            choices=tuple(choices),
            sources=tuple(version_of(passage) for _, passage in found),
            index_version=result.index_version,
        )

    def _quoted(self, reference: ArticleReference, passage: Passage) -> str:
        """The verbatim text of what is named, and from when until when it holds."""
        paragraph, name = reference.paragraph, _name(reference)
        part = clause(passage.text, paragraph) if paragraph else passage.text
        shown = _block(part or passage.text)
        if part is None:
            text = self._texts("knowledge.article.whole", name=name, paragraph=paragraph, quote=shown)
        else:
            text = self._texts("knowledge.article.text", name=f"{name}{paragraph or ''}", quote=shown)
        return "\n\n".join(filter(None, (text, self._holds(passage))))

    def _holds(self, passage: Passage) -> str | None:
        start, end = passage.effective_from, passage.effective_to
        if passage.presumed:
            return self._texts("knowledge.article.presumed", start=start)
        if end is not None:
            return self._texts("knowledge.article.until", start=start, end=end)
        return self._texts("knowledge.article.from", start=start)

    def _missing(
        self, reference: ArticleReference, index: Index, asked: Asked, day: date, *, cited: bool
    ) -> str:
        """Why the article cannot be shown."""
        law, article = f"《{reference.law}》", reference.article
        if not index.has_law(reference.law or "", organisations=lineage(asked.organisation)):
            key = "cited" if cited else "not_imported"
            return self._texts(f"knowledge.article.{key}", law=law, article=article)
        if _article(reference, index, asked, None) is not None:
            return self._texts("knowledge.article.not_in_force", name=_name(reference), day=day)
        return self._texts("knowledge.article.none", law=law, article=article)


def _is_a_cards_own(text: str, result: Result) -> bool:
    if not result.hits or result.hits[0].passage.kind is not Kind.CARD:
        return False
    return question_key(text) in map(question_key, result.hits[0].passage.questions)


def _cards_on(reference: ArticleReference, index: Index, asked: Asked, day: date) -> list[Passage]:
    """The cards the employee may see that cite the article."""
    scopes = (NATIONAL, *lineage(asked.organisation))
    citing = index.citing(reference.law or "", reference.article)
    return [one for one in citing if one.kind is Kind.CARD and one.scope in scopes and one.in_force_on(day)]


def _article(reference: ArticleReference, index: Index, asked: Asked, day: date | None) -> Passage | None:
    return find_article(
        index, reference.law or "", reference.article, organisation=asked.organisation, as_of=day
    )


def _name(reference: ArticleReference) -> str:
    return f"《{reference.law}》{reference.article}"


def _block(text: str) -> str:
    """`text` as a quotation, each of its paragraphs one of its own."""
    return "\n\n" + "\n>\n".join(f"> {line.strip()}" for line in text.splitlines() if line.strip())
