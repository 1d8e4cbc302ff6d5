"""Keeping documents: storing what was read, and removing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypedDict

from sqlalchemy.orm import Session

from retrieval.documents.model import Article, Instrument
from retrieval.passages import NATIONAL
from service.errors import DocumentDiffers, NotAllowed
from service.insights.events import DocumentImported, DocumentRemoved, record
from service.knowledge.documents.queries import (
    KEEPERS,
    articles_of,
    document_called,
    documents_in,
    files_of,
    repeals_of,
    versions_of,
)
from service.knowledge.documents.rules import SURE, Basis, Relation, Start, relation
from service.knowledge.documents.settling import Ended, settle, settle_named
from service.knowledge.documents.tables import Document, DocumentVersion
from service.knowledge.documents.writing import Intake, add_file, describe, drop_files, official
from service.people.viewer import Viewer


class Outcome(StrEnum):
    ADDED = "added"
    """A document that was not there."""
    NEW_VERSION = "new_version"
    COMPLETED = "completed"
    """Another part of a version that was there."""
    REPLACED = "replaced"
    DATED = "dated"
    """The same articles, now with the day from which they hold, which was a guess before."""
    UNCHANGED = "unchanged"
    """The very same file."""
    SAME_CONTENT = "same_content"
    """The same articles from another file."""

    @property
    def changes(self) -> bool:
        return self not in (Outcome.UNCHANGED, Outcome.SAME_CONTENT)


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing an instrument did.

    `before` are the articles that its own take the place of: those of the version before it, or those that it
    corrects; None where there are none, or where a newer version holds already. `ended` are other versions
    that got another last day by it.
    """

    outcome: Outcome
    document: Document
    version: DocumentVersion
    before: tuple[Article, ...] | None = None
    ended: tuple[Ended, ...] = ()


def store(db: Session, intake: Intake, *, root: str, viewer: Viewer, now: datetime) -> Stored:
    """Keep an instrument as the version that holds from its first day on; `root` is the head office.

    What is stored already changes nothing; a part of a law is added to the others. Raises NotAllowed, and
    DocumentDiffers when that version is stored with other words and `replacing` is not said.
    """
    _check(viewer, intake.scope, root=root)
    called = official(intake.instrument.name, intake.scope)
    document = document_called(documents_in(db, intake.scope), called)
    known = document is not None
    if document is None:
        document = Document(name=called, scope=intake.scope, kind=intake.instrument.kind.value)
        db.add(document)
        db.flush()
    versions = versions_of(db, document.id)
    start = intake.start.day
    same = _same_version(db, versions, intake)
    if same is not None:
        return _again(db, document, same, intake, viewer=viewer, now=now)
    version = DocumentVersion(document_id=document.id, effective_from=start)
    describe(db, version, intake)
    add_file(db, version, intake, staff_id=viewer.staff_id or None, now=now)
    follows = bool(versions) and versions[-1].effective_from < start
    before = tuple(articles_of(db, versions[-1].id)) if follows else None
    outcome = Outcome.NEW_VERSION if known else Outcome.ADDED
    return _stored(db, outcome, document, version, before, repeals_of(db, version.id), viewer, now)


def remove(
    db: Session, document: Document, *, effective_from: date | None, root: str, viewer: Viewer, now: datetime
) -> Sequence[DocumentVersion]:
    """Remove the version that holds from a day on, or all of them for None; return what was removed.

    The version before it holds on again, and so does what it repealed. Raises NotAllowed.
    """
    _check(viewer, document.scope, root=root)
    versions = versions_of(db, document.id)
    gone = [one for one in versions if effective_from in (None, one.effective_from)]
    repealed = {name for one in gone for name in repeals_of(db, one.id)}
    for version in gone:
        record(db, DocumentRemoved(**_said(document, version, viewer, now)))
        db.delete(version)
    db.flush()
    if len(gone) == len(versions):
        db.delete(document)
        db.flush()
    else:
        settle(db, document)
    settle_named(db, document.scope, repealed)
    return gone


def _same_version(db: Session, versions: Sequence[DocumentVersion], intake: Intake) -> DocumentVersion | None:
    """The version that an instrument is, or is a part of.

    One part of a law may say from when it holds while another says only when it was adopted: that is one
    version all the same. And a text whose first day was a guess is the same version when it is told.
    """
    start, instrument = intake.start, intake.instrument
    for version in versions:
        if version.effective_from == start.day:
            return version
        guessed = Basis(version.basis) not in SURE
        if _same_enactment(version, instrument) and (guessed or start.basis not in SURE):
            return version
        told = guessed and start.basis in SURE
        if told and relation(instrument, articles_of(db, version.id)) is Relation.SAME:
            return version
    return None


def _same_enactment(version: DocumentVersion, instrument: Instrument) -> bool:
    """Whether an instrument is a part of what was adopted together with a version."""
    adopted = version.promulgated_on
    return instrument.part is not None and adopted is not None and adopted == instrument.promulgated_on


def _dated(version: DocumentVersion, start: Start) -> bool:
    """Give a version the day that was only guessed before; tell whether it has another one now."""
    told = start.basis in SURE and Basis(version.basis) not in SURE
    moved = told and version.effective_from != start.day
    if told:
        version.effective_from, version.basis = start.day, start.basis.value
    return moved


def _again(
    db: Session,
    document: Document,
    version: DocumentVersion,
    intake: Intake,
    *,
    viewer: Viewer,
    now: datetime,
) -> Stored:
    """Store a version of which something is stored."""
    dated = _dated(version, intake.start)
    match relation(intake.instrument, articles_of(db, version.id)):
        case Relation.SAME if dated:
            return _stored(
                db, Outcome.DATED, document, version, None, repeals_of(db, version.id), viewer, now
            )
        case Relation.SAME:
            same_file = any(file.sha256 == intake.source.sha256 for file in files_of(db, version.id))
            return Stored(Outcome.UNCHANGED if same_file else Outcome.SAME_CONTENT, document, version)
        case Relation.PART:
            add_file(db, version, intake, staff_id=viewer.staff_id or None, now=now)
            named = repeals_of(db, version.id)
            return _stored(db, Outcome.COMPLETED, document, version, None, named, viewer, now)
        case Relation.DIFFERENT if not intake.replacing:
            raise DocumentDiffers(name=document.name, day=version.effective_from)
    repealed = set(repeals_of(db, version.id))
    before = drop_files(db, version, {article.label for article in intake.instrument.articles})
    describe(db, version, intake)
    add_file(db, version, intake, staff_id=viewer.staff_id or None, now=now)
    repealed |= set(repeals_of(db, version.id))
    corrected = before if version.effective_to is None else None
    return _stored(db, Outcome.REPLACED, document, version, corrected, repealed, viewer, now)


def _stored(
    db: Session,
    outcome: Outcome,
    document: Document,
    version: DocumentVersion,
    before: tuple[Article, ...] | None,
    repealed: Sequence[str] | set[str],
    viewer: Viewer,
    now: datetime,
) -> Stored:
    """Put the days of all versions right, and write down what happened."""
    ended = [*settle(db, document), *settle_named(db, document.scope, repealed)]
    said = _said(document, version, viewer, now)
    record(db, DocumentImported(outcome=outcome.value, **said))
    others = tuple(one for one in ended if one.version is not version)
    return Stored(outcome, document, version, before, others)


def _check(viewer: Viewer, scope: str, *, root: str) -> None:
    unit = root if scope == NATIONAL else scope
    if not any(viewer.may(role, unit) for role in KEEPERS):
        raise NotAllowed


class _Said(TypedDict):
    at: datetime
    organisation_path: str | None
    document: str
    version: str
    staff_id: str | None


def _said(document: Document, version: DocumentVersion, viewer: Viewer, now: datetime) -> _Said:
    return {
        "at": now,
        "organisation_path": None if document.scope == NATIONAL else document.scope,
        "document": document.id,
        "version": version.id,
        "staff_id": viewer.staff_id or None,
    }
