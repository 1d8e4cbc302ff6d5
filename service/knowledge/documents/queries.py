"""What is asked of documents: which there are, their versions, their articles, and the passages they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from language.law_names import name_key
from retrieval.documents.model import Article, Link, Place
from retrieval.passages import NATIONAL, Citation, Kind, Passage, article_id, content_version
from service.errors import DocumentNotFound
from service.knowledge.documents.rules import SURE, Basis
from service.knowledge.documents.tables import (
    Document,
    DocumentArticle,
    DocumentFile,
    DocumentRepeal,
    DocumentVersion,
)
from service.people.queries import within
from service.people.roles import Role
from service.people.viewer import Viewer

KEEPERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
"""Who may import and remove documents, each for the own unit and those below; national ones at the top."""


def visible_documents(db: Session, *, viewer: Viewer) -> Sequence[Document]:
    """Return the national documents and those of the viewer's units, by scope and name."""
    query = select(Document).where(or_(Document.scope == NATIONAL, within(Document.scope, viewer, *KEEPERS)))
    return db.scalars(query.order_by(Document.scope != NATIONAL, Document.scope, Document.name)).all()


def visible_document(db: Session, name: str, *, scope: str = NATIONAL, viewer: Viewer) -> Document:
    """Return the document of that name, however it is spelt. Raises DocumentNotFound."""
    named = [one for one in visible_documents(db, viewer=viewer) if one.scope == scope]
    found = document_called(named, name)
    if found is None:
        raise DocumentNotFound(name=name)
    return found


def document_called(documents: Iterable[Document], name: str) -> Document | None:
    """Return the one that has the name, whatever its brackets and spaces."""
    key = name_key(name)
    return next((one for one in documents if name_key(one.name) == key), None)


def documents_in(db: Session, scope: str) -> Sequence[Document]:
    return db.scalars(select(Document).where(Document.scope == scope)).all()


def versions_of(db: Session, document_id: str) -> Sequence[DocumentVersion]:
    """Return the versions of a document, the oldest first."""
    query = select(DocumentVersion).where(DocumentVersion.document_id == document_id)
    return db.scalars(query.order_by(DocumentVersion.effective_from)).all()


def version_on(db: Session, document: Document, day: date | None) -> DocumentVersion:
    """Return the version that holds on a day, the newest one for None. Raises DocumentNotFound."""
    versions = versions_of(db, document.id)
    if day is not None:
        versions = [one for one in versions if one.effective_from <= day]
        versions = [one for one in versions if one.effective_to is None or one.effective_to >= day]
    if not versions:
        raise DocumentNotFound(name=document.name)
    return versions[-1]


def files_of(db: Session, version_id: str) -> Sequence[DocumentFile]:
    query = select(DocumentFile).where(DocumentFile.version_id == version_id)
    return db.scalars(query.order_by(DocumentFile.imported_at, DocumentFile.name)).all()


def articles_of(db: Session, version_id: str) -> list[Article]:
    """Return the articles of a version in order."""
    query = select(DocumentArticle).where(DocumentArticle.version_id == version_id)
    return [as_article(row) for row in db.scalars(query.order_by(DocumentArticle.seq))]


def count_articles(db: Session) -> dict[str, int]:
    """Return how many articles each version has, by its id."""
    query = select(DocumentArticle.version_id, func.count().label("articles")).group_by(
        DocumentArticle.version_id
    )
    return {row.version_id: row.articles for row in db.execute(query)}


def repeals_of(db: Session, version_id: str) -> Sequence[str]:
    query = select(DocumentRepeal.name).where(DocumentRepeal.version_id == version_id)
    return db.scalars(query.order_by(DocumentRepeal.name)).all()


def as_article(row: DocumentArticle) -> Article:
    return Article(
        label=row.label,
        text=row.text,
        headings=tuple(row.headings),
        place=Place(row.page, row.line),
        links=tuple(Link(**link) for link in row.links),
        annex=row.annex,
    )


def passages(db: Session) -> list[Passage]:
    """Return every article of every version as a passage, in an order of its own.

    What a version says from when until when it holds is all that keeps the versions of an article apart.
    """
    query = (
        select(
            Document.name,
            Document.scope,
            DocumentVersion.effective_from,
            DocumentVersion.effective_to,
            DocumentVersion.sample,
            DocumentVersion.basis,
            DocumentArticle.label,
            DocumentArticle.headings,
            DocumentArticle.text,
            DocumentArticle.links,
        )
        .join(DocumentVersion, DocumentVersion.document_id == Document.id)
        .join(DocumentArticle, DocumentArticle.version_id == DocumentVersion.id)
        .order_by(Document.name, Document.scope, DocumentVersion.effective_from, DocumentArticle.seq)
    )
    return [_passage(row) for row in db.execute(query)]


def _passage(row: Any) -> Passage:
    cited = dict.fromkeys(Citation(link["law"], link["article"], link["paragraph"]) for link in row.links)
    gap = "" if row.label.startswith("第") else " "
    passage = Passage(
        id=article_id(row.name, row.label, row.scope),
        kind=Kind.ARTICLE,
        title=f"{row.name}{gap}{row.label}",
        text=row.text,
        scope=row.scope,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        presumed=Basis(row.basis) not in SURE,
        citations=tuple(cited),
        law=row.name,
        article=row.label,
        heading=" ".join(row.headings) or None,
        sample=row.sample,
    )
    return replace(passage, version=content_version(passage))
