"""Sources: cards and articles as they are cited and opened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from retrieval.clauses import quote
from retrieval.index import Index
from retrieval.passages import ARTICLE_PREFIX, NATIONAL, Citation, Kind, Passage, article_id
from service.conversations.replies import Cited, SourceVersion
from service.entitlements.parameters import NO_PARAMETERS, Parameters
from service.errors import SourceNotFound
from service.knowledge.standards import NO_STANDARDS, Standards
from service.people.viewer import lineage


@dataclass(frozen=True, slots=True)
class Source:
    """A card or an article, opened. `text` is None for an article whose statute is not in the index."""

    source_id: str
    kind: Kind
    title: str
    text: str | None
    topic: str | None
    scope: str | None
    law: str | None
    article: str | None
    citations: tuple[Cited, ...]
    cited_by: tuple[Cited, ...]
    effective_from: date | None
    effective_to: date | None
    reviewed_on: date | None
    owner: str | None
    sample: bool
    verified: bool


def citation_id(citation: Citation) -> str:
    """Return the source id of a cited place: `law:<law>:<article>`, or `law:<law>` without an article."""
    return (
        article_id(citation.law, citation.article) if citation.article else f"{ARTICLE_PREFIX}{citation.law}"
    )


def find_article(
    index: Index, law: str, article: str, *, organisation: str | None, as_of: date | None = None
) -> Passage | None:
    """Return an imported article as it stood on a day, in its newest version for None.

    A rule of the own organisation, or of one above it, comes before a national one of the same name.
    """
    for scope in (*lineage(organisation), NATIONAL):
        found = index.passage(article_id(law, article, scope), as_of=as_of)
        if found is not None:
            return found
    return None


def cite(passage: Passage, index: Index, *, as_of: date, paragraph: str | None = None) -> tuple[Cited, ...]:
    """Return what an answer resting on `passage` cites: the passage, then each place it cites itself.

    An article is quoted verbatim where its text is in the index and in force on `as_of`: the `paragraph` that
    is named, or the whole.
    """
    of = None if passage.scope == NATIONAL else passage.scope
    places = (place(citation, index, organisation=of, as_of=as_of) for citation in passage.citations)
    return (_itself(passage, paragraph), *places)


def version_of(passage: Passage) -> SourceVersion:
    return SourceVersion(passage.id, passage.version, passage.kind.value)


def open_source(
    index: Index,
    source_id: str,
    *,
    as_of: date,
    standards: Standards = NO_STANDARDS,
    parameters: Parameters = NO_PARAMETERS,
) -> Source:
    """Return a card, an imported article, or a place that is not imported: a document that a standard or a
    parameter rests on, or anything of a law that cards cite, for calculators cite articles that no card does.

    Raises SourceNotFound when it is none of these.
    """
    law, article = _place_of(source_id)
    passage = index.passage(source_id, as_of=as_of)
    citing = index.citing(law, article) if law is not None else []
    cited_by = tuple(_itself(card) for card in citing if card.in_force_on(as_of))
    if passage is not None:
        return Source(
            source_id=source_id,
            kind=passage.kind,
            title=passage.title,
            text=passage.text,
            topic=passage.topic,
            scope=passage.scope,
            law=passage.law,
            article=passage.article,
            citations=cite(passage, index, as_of=as_of)[1:],
            cited_by=cited_by,
            effective_from=None if passage.presumed else passage.effective_from,
            effective_to=passage.effective_to,
            reviewed_on=passage.reviewed_on,
            owner=passage.owner,
            sample=passage.sample,
            verified=passage.verified,
        )
    setting = standards.document(law) if law is not None else ()
    dated = parameters.document(law) if law is not None else ()
    known = citing or (index.citing(law, None) if law is not None else [])
    if law is None or not (known or setting or dated):
        raise SourceNotFound(source_id=source_id)
    return Source(
        source_id=source_id,
        kind=Kind.ARTICLE,
        title=law,
        text=None,
        topic=None,
        scope=None,
        law=law,
        article=article,
        citations=(),
        cited_by=cited_by,
        effective_from=None,
        effective_to=None,
        reviewed_on=None,
        owner=None,
        sample=not dated and all(card.sample for card in known) and all(value.sample for value in setting),
        verified=True,
    )


def _place_of(source_id: str) -> tuple[str | None, str | None]:
    if not source_id.startswith(ARTICLE_PREFIX):
        return None, None
    law, _, article = source_id.removeprefix(ARTICLE_PREFIX).partition(":")
    return law, article.partition("@")[0] or None


def _itself(passage: Passage, paragraph: str | None = None) -> Cited:
    return Cited(
        source_id=passage.id,
        title=f"{passage.title}{paragraph or ''}",
        law=passage.law,
        article=passage.article,
        quote=quote(passage, paragraph) if passage.kind is Kind.ARTICLE else None,
        effective_from=_first_day(passage),
        effective_to=passage.effective_to.isoformat() if passage.effective_to else None,
    )


def place(citation: Citation, index: Index, *, organisation: str | None, as_of: date) -> Cited:
    """Return a cited place, quoted where its text is in the index and in force on `as_of`."""
    named = name_place(citation)
    article = citation.article and find_article(
        index, citation.law, citation.article, organisation=organisation, as_of=as_of
    )
    if not article:
        return named
    return replace(
        named,
        source_id=article.id,
        quote=quote(article, citation.paragraph),
        effective_from=_first_day(article),
        effective_to=article.effective_to.isoformat() if article.effective_to else None,
    )


def name_place(citation: Citation) -> Cited:
    """Return a cited place without looking for its text."""
    return Cited(
        source_id=citation_id(citation),
        title=f"{citation.law}{citation.article or ''}{citation.paragraph or ''}",
        law=citation.law,
        article=citation.article,
    )


def _first_day(passage: Passage) -> str | None:
    return None if passage.presumed else passage.effective_from.isoformat()
