"""Tables of documents: what was imported, in which versions, from which files, article by article."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.database import Base, UtcDateTime, new_id


class Document(Base):
    """A law, rule, decision or policy, by its official name without 中华人民共和国.

    `scope` is `national` or the path of the organisation it holds for.
    """

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("name", "scope"),
        CheckConstraint("kind IN ('law', 'decision', 'policy')", name="kind"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(300))
    scope: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(10))


class DocumentVersion(Base):
    """The text that holds from `effective_from` on, until the next one, or until another document repeals it:
    `effective_to` follows from those and is kept up to date with them.

    `basis` says where `effective_from` was taken from.
    """

    __tablename__ = "document_version"
    __table_args__ = (
        UniqueConstraint("document_id", "effective_from"),
        CheckConstraint("effective_to IS NULL OR effective_to >= effective_from", name="order"),
        CheckConstraint("basis IN ('given', 'stated', 'amended', 'promulgated', 'together')", name="basis"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"), index=True)
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    basis: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(Text)
    issuer: Mapped[str | None] = mapped_column(Text)
    document_no: Mapped[str | None] = mapped_column(Text)
    promulgated_on: Mapped[date | None]
    preamble: Mapped[str] = mapped_column(Text)
    history: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    amends: Mapped[list[str]] = mapped_column(JSON)
    sample: Mapped[bool]


class DocumentRepeal(Base):
    """A document, by name, that a version says ceases to hold when it begins to."""

    __tablename__ = "document_repeal"

    version_id: Mapped[str] = mapped_column(
        ForeignKey("document_version.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(300), primary_key=True)


class DocumentFile(Base):
    """A file that a version was read from; the parts of a long law may come in several.

    `imported_by` is None where it was done on the command line. `doubts` are what a person should look at.
    """

    __tablename__ = "document_file"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    version_id: Mapped[str] = mapped_column(ForeignKey("document_version.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64))
    scanned: Mapped[bool]
    doubts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    imported_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))


class DocumentArticle(Base):
    """One article of a version, verbatim; `seq` is its place in the document, from 1."""

    __tablename__ = "document_article"

    version_id: Mapped[str] = mapped_column(
        ForeignKey("document_version.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[str] = mapped_column(ForeignKey("document_file.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(Text)
    headings: Mapped[list[str]] = mapped_column(JSON)
    text: Mapped[str] = mapped_column(Text)
    page: Mapped[int | None]
    line: Mapped[int | None]
    annex: Mapped[bool]
    links: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
