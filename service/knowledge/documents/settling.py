"""Keeps the last days of versions right: a newer version ends one, and so does a repeal."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.knowledge.documents.queries import document_called, documents_in, versions_of
from service.knowledge.documents.rules import ends_of
from service.knowledge.documents.tables import Document, DocumentRepeal, DocumentVersion


@dataclass(frozen=True, slots=True)
class Ended:
    """A version that a newer one, or a repeal, gave another last day."""

    document: Document
    version: DocumentVersion
    repealed: bool


def settle(db: Session, document: Document) -> list[Ended]:
    """Put the last days of a document's versions right; return those that end otherwise than before."""
    versions = versions_of(db, document.id)
    repealed = _repealed_on(db, document)
    ended = []
    last_days = ends_of([one.effective_from for one in versions], repealed)
    for version, end in zip(versions, last_days, strict=True):
        if version.effective_to != end:
            version.effective_to = end
            if end is not None:
                by_repeal = end + timedelta(days=1) in repealed
                ended.append(Ended(document, version, by_repeal))
    db.flush()
    return ended


def settle_named(db: Session, scope: str, names: Collection[str]) -> list[Ended]:
    """Do the same for the documents of a scope that have, or had, others to repeal them."""
    others = documents_in(db, scope)
    found = [one for name in sorted(names) if (one := document_called(others, name)) is not None]
    return [ended for one in found for ended in settle(db, one)]


def _repealed_on(db: Session, document: Document) -> set[date]:
    query = (
        select(DocumentVersion.effective_from)
        .join(DocumentRepeal, DocumentRepeal.version_id == DocumentVersion.id)
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(
            DocumentRepeal.name == document.name,
            Document.scope == document.scope,
            Document.id != document.id,
        )
    )
    return set(db.scalars(query))
