"""`union-assistant index`: what is wrong with the knowledge base, and its index."""

from __future__ import annotations

import time

import typer

from api.cli.context import fail
from api.cli.knowledge import knowledge_problems
from api.cli.words import word
from api.indexing import indexing_of
from api.settings import Settings
from retrieval.encoder import EncoderError, load_encoder
from retrieval.engines.engine import EngineUnreachableError
from service.database import Database, migrate


def check_and_build(settings: Settings, *, check_only: bool) -> int:
    """Print every problem with its file and line; build the index when there is none."""
    problems = knowledge_problems(settings)
    for problem in problems:
        typer.echo(str(problem))
    if problems:
        key = "index.problems_checked" if check_only else "index.problems"
        fail(word(key, count=len(problems)))
    if check_only:
        typer.echo(word("index.clean"))
        return 0
    began = time.monotonic()
    settings.data.mkdir(parents=True, exist_ok=True)
    migrate(settings.database)  # confirmed questions go into the index
    database = Database(settings.database)
    try:
        indexing = indexing_of(settings, load_encoder(settings.encoder), database)
        indexable = indexing.indexable()
        typer.echo(word("index.building", passages=len(indexable.passages)))
        for one in indexable.gone:
            typer.echo(word("questions.gone", text=one.text, source=one.source_id))
        version = indexing.build(indexable)
    except EncoderError as error:
        fail(str(error))
    except EngineUnreachableError as error:
        fail(word("index.unreachable", address=error.address, reason=error.reason))
    finally:
        database.close()
    typer.echo(word("index.done", version=version, seconds=f"{time.monotonic() - began:.1f}"))
    return 0
