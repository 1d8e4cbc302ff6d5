"""`union-assistant documents`: what was imported."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import typer
from sqlalchemy.orm import Session

from api.cli import context
from api.cli.import_report import Wording
from api.cli.keeping import WRONG, Keeping, opened
from api.cli.words import word
from api.settings import Settings
from language.laws import article_label, article_number
from retrieval.documents.model import Article, Doubt, Place
from retrieval.passages import NATIONAL
from retrieval.tokens import segmenter
from service.errors import DocumentNotFound
from service.knowledge.documents import operations, queries
from service.knowledge.documents.differences import Difference, Mark, Piece, differences
from service.knowledge.documents.exporting import as_markdown
from service.knowledge.documents.tables import Document, DocumentVersion

_LIKE = 8


def show_all(settings: Settings, *, as_json: bool) -> int:
    """List all documents with their versions."""
    with opened(settings) as keeping, keeping.database.read() as db:
        documents = queries.visible_documents(db, viewer=keeping.viewer)
        counts = queries.count_articles(db)
        rows = [_row(db, one, counts) for one in documents]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    if not rows:
        typer.echo(word("documents.none"))
    for row in rows:
        scope = word("documents.national") if row["scope"] == NATIONAL else row["scope"]
        typer.echo(word("documents.line", name=row["name"], scope=scope))
        for version in row["versions"]:  # type: ignore[attr-defined]
            days = {
                "from": version["effective_from"],
                "to": version["effective_to"] or word("documents.open"),
            }
            files = "、".join(version["files"])
            typer.echo(f"  {word('documents.version', articles=version['articles'], files=files, **days)}")
    return 0


def show(settings: Settings, name: str, *, article: str | None, as_of: date | None, org: str | None) -> int:
    """Print the text of a document as it stands or stood, or one of its articles."""
    with opened(settings) as keeping, keeping.database.read() as db:
        document = _document(keeping, db, name, org)
        version = queries.version_on(db, document, as_of)
        articles = queries.articles_of(db, version.id)
        if article is not None:
            number = article_number(article) or article_number(f"第{article}条")
            label = article_label(*number) if number is not None else article
            articles = [one for one in articles if one.label == label]
            if not articles:
                context.fail(word("documents.no_article", article=label))
        lines = [*_facts(keeping, db, version), *_text(articles)]
    typer.echo("\n".join(lines))
    return 0


def compare(
    settings: Settings, name: str, *, days: tuple[date | None, date | None], org: str | None, as_json: bool
) -> int:
    """Print what a later version changes; return 0 also when that is nothing."""
    with opened(settings) as keeping, keeping.database.read() as db:
        document = _document(keeping, db, name, org)
        before, after = _two(queries.versions_of(db, document.id), document.name, days)
        found = differences(
            queries.articles_of(db, before.id), queries.articles_of(db, after.id), cut=segmenter().cut
        )
    if as_json:
        typer.echo(json.dumps([_difference_row(one) for one in found], ensure_ascii=False, indent=2))
    elif not found:
        typer.echo(word("documents.same"))
    else:
        typer.echo("\n".join(map(_difference_line, found)))
    return 0


def remove(settings: Settings, name: str, *, day: date | None, everything: bool, org: str | None) -> int:
    """Remove a version, or all of them."""
    if (day is None) != everything:
        context.fail(word("documents.which"), status=context.MISUSED)
    with opened(settings) as keeping:
        with keeping.database.write() as db:
            document = _document(keeping, db, name, org)
            called = document.name
            gone = operations.remove(
                db,
                document,
                effective_from=day,
                root=keeping.root,
                viewer=keeping.viewer,
                now=keeping.now(),
            )
        if not gone:
            context.fail(word("documents.no_version", name=called, day=day))
        for version in gone:
            typer.echo(word("documents.gone", name=called, **{"from": version.effective_from}))
        typer.echo(keeping.refresh())
    return 0


def export(settings: Settings, name: str, *, as_of: date | None, org: str | None, out: Path | None) -> int:
    """Write a version as Markdown, to the terminal or a file."""
    with opened(settings) as keeping, keeping.database.read() as db:
        document = _document(keeping, db, name, org)
        version = queries.version_on(db, document, as_of)
        first = version.effective_from
        notes = [version.preamble] if version.preamble else [entry["text"] for entry in version.history]
        notes.append(word("documents.in_force", year=first.year, month=first.month, day=first.day))
        articles = queries.articles_of(db, version.id)
        text = as_markdown(version.title, articles, notes=notes)
    if out is None:
        typer.echo(text, nl=False)
        return 0
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        context.fail(word("documents.unwritable", file=out, reason=error.strerror or error), status=WRONG)
    typer.echo(word("documents.exported", file=out))
    return 0


def _document(keeping: Keeping, db: Session, name: str, org: str | None) -> Document:
    """The document of that name: without an organisation the national one, else the only other one there is.

    Leaves with what there is instead where the name is not enough.
    """
    documents = queries.visible_documents(db, viewer=keeping.viewer)
    scope = org or NATIONAL
    found = queries.document_called([one for one in documents if one.scope == scope], name)
    if found is not None:
        return found
    elsewhere = [one for one in documents if queries.document_called([one], name) is not None]
    if org is None and len(elsewhere) == 1:
        return elsewhere[0]
    if elsewhere:
        scopes = "、".join(
            word("documents.national") if one.scope == NATIONAL else one.scope for one in elsewhere
        )
        context.fail(keeping.texts("documents.named.elsewhere", name=name, scopes=scopes))
    like = [one.name for one in documents if name in one.name]
    if like:
        names = "".join(f"《{one}》" for one in like[:_LIKE])
        context.fail(keeping.texts("documents.named.like", name=name, names=names))
    raise DocumentNotFound(name=name)


def _row(db: Session, document: Document, counts: dict[str, int]) -> dict[str, object]:
    return {
        "name": document.name,
        "scope": document.scope,
        "kind": document.kind,
        "versions": [
            {
                "title": version.title,
                "effective_from": version.effective_from.isoformat(),
                "effective_to": version.effective_to.isoformat() if version.effective_to else None,
                "basis": version.basis,
                "issuer": version.issuer,
                "document_no": version.document_no,
                "articles": counts.get(version.id, 0),
                "sample": version.sample,
                "files": [file.name for file in queries.files_of(db, version.id)],
            }
            for version in queries.versions_of(db, document.id)
        ],
    }


def _facts(keeping: Keeping, db: Session, version: DocumentVersion) -> list[str]:
    said = word(
        "documents.facts",
        title=version.title,
        document_no=version.document_no or "",
        issuer=version.issuer or "",
    )
    days = {"from": version.effective_from, "to": version.effective_to or word("documents.open")}
    wording = Wording(keeping.texts, {})
    lines = [said.strip(), word("documents.holds", basis=word(f"documents.basis.{version.basis}"), **days)]
    for file in queries.files_of(db, version.id):
        at = file.imported_at.astimezone(keeping.clock.zone)
        lines.append(word("documents.file", file=file.name, at=f"{at:%Y-%m-%d %H:%M}"))
        lines += [f"  ? {wording.placed(_doubt(one))}" for one in file.doubts]
    return lines


def _doubt(stored: dict[str, Any]) -> Doubt:
    values = tuple((str(name), str(value)) for name, value in stored["values"])
    return Doubt(stored["code"], Place(**stored["place"]), values)


def _text(articles: Sequence[Article]) -> list[str]:
    lines: list[str] = []
    above: tuple[str, ...] = ()
    for article in articles:
        if article.headings != above:
            lines += ["", " / ".join(article.headings)]
            above = article.headings
        gap = " " if article_number(article.label) is not None else "\n"
        lines += ["", f"{article.label}{gap}{article.text}"]
    return lines


def _two(
    versions: Sequence[DocumentVersion], name: str, days: tuple[date | None, date | None]
) -> tuple[DocumentVersion, DocumentVersion]:
    """The versions that begin on `days`, the newest two where they are not given."""
    if len(versions) < 2:
        context.fail(word("documents.one_version", name=name))
    chosen = []
    for day, otherwise in zip(days, versions[-2:], strict=True):
        found = [one for one in versions if one.effective_from == day] if day is not None else [otherwise]
        if not found:
            context.fail(word("documents.no_version", name=name, day=day), status=context.MISUSED)
        chosen.append(found[0])
    return chosen[0], chosen[1]


def _difference_line(one: Difference) -> str:
    article = one.before or one.after
    if article is None:
        return ""
    after = one.after.label if one.after is not None else ""
    text = "".join(map(_marked, one.words)) if one.words else article.text
    return word(f"documents.{one.change}", label=article.label, after=after, text=text)


def _marked(piece: Piece) -> str:
    match piece.mark:
        case Mark.OUT:
            return f"[-{piece.text}-]"
        case Mark.IN:
            return f"{{+{piece.text}+}}"
        case Mark.SAME:
            return piece.text


def _difference_row(one: Difference) -> dict[str, object]:
    return {
        "change": one.change.value,
        "before": {"label": one.before.label, "text": one.before.text} if one.before is not None else None,
        "after": {"label": one.after.label, "text": one.after.text} if one.after is not None else None,
        "words": [[piece.mark.value, piece.text] for piece in one.words],
    }
