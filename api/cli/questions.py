"""`union-assistant questions`: which questions of employees retrieval may remember."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import typer
from sqlalchemy.orm import Session

from api.cli import context
from api.cli.words import word
from api.indexing import indexing_of
from api.settings import Settings
from retrieval.artifacts import Artifacts, ArtifactsError, ArtifactsMissingError
from retrieval.cards import CardError
from retrieval.encoder import EncoderError, load_encoder
from retrieval.engines.engine import EngineUnreachableError
from retrieval.index import Index
from retrieval.training.pairfile import PairsError
from service.clock import Clock
from service.database import Database, migrate
from service.errors import ServiceError, SourceNotFound
from service.knowledge.confirmed import operations
from service.knowledge.confirmed.collecting import collect
from service.knowledge.confirmed.exchange import read_questions, write_questions
from service.knowledge.confirmed.queries import confirmed_questions, visible_questions
from service.knowledge.confirmed.states import QuestionState
from service.knowledge.confirmed.tables import ConfirmedQuestion
from service.knowledge.indexing import Indexing
from service.people.operations import keep_organisations
from service.people.organisations import load_organisations
from service.people.roles import Role
from service.people.viewer import Grant, Viewer
from service.privacy.mask import KINDS, Masker
from service.texts import Texts

SHOWN_ID = 8
"""Characters of an id that are shown; so many name a question, or more where two begin alike."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the commands work with. `viewer` is the administrator of the whole bank: who may start commands
    on this machine may do everything there; decisions are recorded without a name."""

    settings: Settings
    texts: Texts
    database: Database
    indexing: Indexing
    index: Index
    viewer: Viewer
    root: str
    clock: Clock

    @property
    def mask(self) -> Masker:
        return Masker({kind: self.texts(f"privacy.mask.{kind}") for kind in KINDS})

    @property
    def now(self) -> datetime:
        return self.clock.now()


def show(settings: Settings, *, state: QuestionState, limit: int, as_json: bool) -> int:
    """Look for new candidates, then print the questions of `state`."""
    with _desk(settings) as desk:
        with desk.database.write() as db:
            new = collect(db, index=desk.index, root=desk.root, today=desk.clock.today(), now=desk.now)
        with desk.database.read() as db:
            found = visible_questions(db, viewer=desk.viewer, state=state, limit=limit)
        if as_json:
            typer.echo(json.dumps([_row(desk, one) for one in found], ensure_ascii=False, indent=2))
            return 0
        if state is QuestionState.CANDIDATE:
            typer.echo(word("questions.found", new=new, count=len(found)))
        elif not found:
            typer.echo(word("questions.none"))
        for one in found:
            typer.echo(word("questions.line", id=one.id[:SHOWN_ID], text=one.text, **_source(desk, one)))
            typer.echo(
                word("questions.behind", chosen=one.chosen, liked=one.liked, org=one.organisation_path)
            )
    return 0


def confirm(settings: Settings, ids: Sequence[str]) -> int:
    def change(db: Session, desk: Desk, question: ConfirmedQuestion) -> None:
        operations.confirm(db, question.id, index=desk.index, viewer=desk.viewer, now=desk.now)

    return _decide(settings, ids, change, said="questions.confirmed")


def reject(settings: Settings, ids: Sequence[str]) -> int:
    def change(db: Session, desk: Desk, question: ConfirmedQuestion) -> None:
        operations.reject(db, question.id, viewer=desk.viewer, now=desk.now)

    return _decide(settings, ids, change, said="questions.rejected")


def add(settings: Settings, text: str, source_id: str) -> int:
    """Add a question by hand, confirmed."""
    with _desk(settings) as desk:
        with desk.database.write() as db:
            one = _added(db, desk, text, source_id)
        typer.echo(word("questions.confirmed", text=one.text, **_source(desk, one)))
        _refresh(desk)
    return 0


def export(settings: Settings, out: Path | None) -> int:
    """Write all confirmed questions as JSON lines, to the terminal or a file."""
    migrate(settings.database)
    database = Database(settings.database)
    try:
        with database.read() as db:
            confirmed = confirmed_questions(db)
    finally:
        database.close()
    if out is None:
        typer.echo(write_questions(confirmed), nl=False)
        return 0
    try:
        out.write_text(write_questions(confirmed), encoding="utf-8")
    except OSError as error:
        context.fail(word("questions.unwritable", file=out, reason=error.strerror or error))
    typer.echo(word("questions.exported", count=len(confirmed), file=out))
    return 0


def take(settings: Settings, file: Path) -> int:
    """Add the questions of a file, confirmed, all or none; those whose source is not there are listed."""
    try:
        questions = read_questions(file)
    except OSError as error:
        context.fail(word("pairs.unreadable", file=file, reason=error.strerror or error))
    except PairsError as error:
        context.fail(word(f"pairs.{error.fault}", file=error.file, line=error.line))
    with _desk(settings) as desk:
        gone = []
        with desk.database.write() as db:
            for one in questions:
                try:
                    _added(db, desk, one.text, one.source_id)
                except SourceNotFound:
                    gone.append(one)
                except ServiceError as error:
                    reason = desk.texts(f"errors.{error.code}", **error.fields)
                    context.fail(word("questions.not_taken", text=one.text, reason=reason))
        typer.echo(word("questions.imported", count=len(questions) - len(gone), file=file))
        for one in gone:
            typer.echo(word("questions.gone", text=one.text, source=one.source_id))
        _refresh(desk)
    return 1 if gone else 0


@contextmanager
def _desk(settings: Settings) -> Iterator[Desk]:
    """Open everything on an up-to-date database and index; a rule that is broken is said in one line."""
    texts = context.texts(settings)
    settings.data.mkdir(parents=True, exist_ok=True)
    migrate(settings.database)
    units = load_organisations(settings.knowledge_base / "organisations.yml")
    root = units[0].path
    database = Database(settings.database)
    try:
        with database.write() as db:
            keep_organisations(db, units)
        encoder = load_encoder(settings.encoder)
        artifacts = Artifacts.load(encoder.fingerprint, settings.ranking_dir)
        indexing = indexing_of(settings, encoder, database)
        indexing.refresh()
        yield Desk(
            settings=settings,
            texts=texts,
            database=database,
            indexing=indexing,
            index=Index.open(
                settings.index_dir, encoder=encoder, artifacts=artifacts, milvus=settings.milvus
            ),
            viewer=Viewer("", frozenset({Grant(Role.ADMINISTRATOR, root)})),
            root=root,
            clock=Clock(settings.timezone),
        )
    except ServiceError as error:
        context.fail(texts(f"errors.{error.code}", **error.fields))
    except ArtifactsMissingError:
        context.fail(word("search.unfitted"))
    except EngineUnreachableError as error:
        context.fail(word("index.unreachable", address=error.address, reason=error.reason))
    except (ArtifactsError, CardError, EncoderError) as error:
        context.fail(str(error))
    finally:
        database.close()


def _decide(
    settings: Settings,
    ids: Sequence[str],
    change: Callable[[Session, Desk, ConfirmedQuestion], None],
    *,
    said: str,
) -> int:
    with _desk(settings) as desk:
        with desk.database.write() as db:
            chosen = [_named(db, desk, name) for name in ids]
            for one in chosen:
                change(db, desk, one)
        for one in chosen:
            typer.echo(word(said, text=one.text, **_source(desk, one)))
        _refresh(desk)
    return 0


def _named(db: Session, desk: Desk, name: str) -> ConfirmedQuestion:
    """Return the one question whose id begins with `name`; leave with status 2 for none or several."""
    found = [
        one
        for state in QuestionState
        for one in visible_questions(db, viewer=desk.viewer, state=state)
        if one.id.startswith(name.lower())
    ]
    if len(found) != 1:
        key = "questions.ambiguous" if found else "questions.unknown"
        context.fail(word(key, id=name), status=context.MISUSED)
    return found[0]


def _added(db: Session, desk: Desk, text: str, source_id: str) -> ConfirmedQuestion:
    return operations.add(
        db,
        text,
        source_id,
        root=desk.root,
        index=desk.index,
        mask=desk.mask,
        viewer=desk.viewer,
        now=desk.now,
    )


def _refresh(desk: Desk) -> None:
    """Bring the index up to date; a running service takes it up by itself."""
    began = time.monotonic()
    version = desk.indexing.refresh()
    typer.echo(word("index.done", version=version, seconds=f"{time.monotonic() - began:.1f}"))


def _source(desk: Desk, question: ConfirmedQuestion) -> dict[str, str]:
    source = desk.index.passage(question.source_id)
    title = source.title if source is not None else word("questions.source_gone")
    return {"title": title, "source": question.source_id}


def _row(desk: Desk, question: ConfirmedQuestion) -> dict[str, object]:
    source = desk.index.passage(question.source_id)
    return {
        "id": question.id,
        "question": question.text,
        "source_id": question.source_id,
        "source_title": source.title if source is not None else None,
        "state": question.state,
        "organisation": question.organisation_path,
        "chosen": question.chosen,
        "liked": question.liked,
    }
