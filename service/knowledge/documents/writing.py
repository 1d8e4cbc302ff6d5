"""Writes versions, files and articles as rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from retrieval.documents.model import Article, Doubt, Instrument
from retrieval.passages import NATIONAL
from retrieval.tokens import law_names
from service.knowledge.documents.queries import articles_of, files_of
from service.knowledge.documents.rules import Start, in_order
from service.knowledge.documents.tables import (
    DocumentArticle,
    DocumentFile,
    DocumentRepeal,
    DocumentVersion,
)

LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file that an instrument was read from; `doubts` are those about reading it."""

    name: str
    format: str
    sha256: str
    scanned: bool = False
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Intake:
    """An instrument as it comes in: from which file, from when it holds, for whom.

    `replacing` says that what is stored of this very version is wrong. `doubts` are kept with the
    file, behind its own.
    """

    instrument: Instrument
    source: SourceFile
    start: Start
    scope: str
    sample: bool = False
    replacing: bool = False
    doubts: tuple[Doubt, ...] = ()


def official(name: str, scope: str) -> str:
    """Return the name under which cards cite a law, where it is one of those known by name.

    A rule of an organisation keeps its own: 会籍管理办法 of a bank is not the one of the whole country.
    """
    return (law_names().resolve(name) if scope == NATIONAL else None) or name[:LONGEST_NAME]


def describe(db: Session, version: DocumentVersion, intake: Intake) -> None:
    """Write down what an instrument says about itself."""
    instrument = intake.instrument
    version.basis = intake.start.basis.value
    version.title = instrument.title
    version.issuer = instrument.issuer
    version.document_no = instrument.document_no
    version.promulgated_on = instrument.promulgated_on
    version.preamble = instrument.preamble
    version.history = [{"on": one.on.isoformat(), "text": one.text} for one in instrument.history]
    version.amends = [official(name, intake.scope) for name in instrument.amends]
    version.sample = intake.sample
    db.add(version)
    db.flush()
    db.execute(delete(DocumentRepeal).where(DocumentRepeal.version_id == version.id))
    names = {official(name, intake.scope) for name in instrument.repeals}
    db.add_all(DocumentRepeal(version_id=version.id, name=name) for name in sorted(names))
    db.flush()


def add_file(
    db: Session, version: DocumentVersion, intake: Intake, *, staff_id: str | None, now: datetime
) -> None:
    """Add the file with its articles to a version, all articles of the version in their order."""
    file = DocumentFile(
        version_id=version.id,
        name=intake.source.name,
        format=intake.source.format,
        sha256=intake.source.sha256,
        scanned=intake.source.scanned,
        doubts=[asdict(doubt) for doubt in (*intake.source.doubts, *intake.doubts)],
        imported_at=now,
        imported_by=staff_id,
    )
    others = files_of(db, version.id)
    db.add(file)
    db.flush()
    rows = [_row(version, file, article) for article in intake.instrument.articles]
    if others:
        kept = select(DocumentArticle).where(DocumentArticle.version_id == version.id)
        rows = _in_order([*map(_copy, db.scalars(kept.order_by(DocumentArticle.seq))), *rows])
        db.execute(delete(DocumentArticle).where(DocumentArticle.version_id == version.id))
        db.expire_all()
    for seq, row in enumerate(rows, 1):
        row.seq = seq
    db.add_all(rows)
    db.flush()


def drop_files(db: Session, version: DocumentVersion, labels: Collection[str]) -> tuple[Article, ...]:
    """Remove the files of a version that hold an article of one of these labels, all of them where none
    does; return the articles that went with them."""
    query = select(DocumentArticle.label, DocumentArticle.file_id)
    rows = db.execute(query.where(DocumentArticle.version_id == version.id)).all()
    places = {row.label: row.file_id for row in rows}
    dropped = {places[label] for label in labels if label in places} or set(places.values())
    before = tuple(one for one in articles_of(db, version.id) if places[one.label] in dropped)
    db.execute(delete(DocumentArticle).where(DocumentArticle.file_id.in_(dropped)))
    db.execute(delete(DocumentFile).where(DocumentFile.id.in_(dropped)))
    db.expire_all()
    return before


def _row(version: DocumentVersion, file: DocumentFile, article: Article) -> DocumentArticle:
    return DocumentArticle(
        version_id=version.id,
        file_id=file.id,
        label=article.label,
        headings=list(article.headings),
        text=article.text,
        page=article.place.page,
        line=article.place.line,
        annex=article.annex,
        links=[asdict(link) for link in article.links],
    )


def _copy(row: DocumentArticle) -> DocumentArticle:
    columns = [column.key for column in DocumentArticle.__table__.columns]
    return DocumentArticle(**{name: getattr(row, name) for name in columns})


def _in_order(rows: Sequence[DocumentArticle]) -> list[DocumentArticle]:
    by_label = {row.label: row for row in rows}
    articles = [Article(row.label, row.text, annex=row.annex) for row in rows]
    return [by_label[article.label] for article in in_order(articles)]
