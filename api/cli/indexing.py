"""`union-assistant index`: what is wrong with the knowledge base, and its index."""

from __future__ import annotations

import time

import typer

from api.cli.context import fail
from api.cli.knowledge import knowledge_problems
from api.cli.words import word
from api.settings import Settings
from retrieval.build import build_index
from retrieval.cards import load_cards
from retrieval.encoder import EncoderError, load_encoder


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
    passages = load_cards(settings.knowledge_base / "cards")
    typer.echo(word("index.building", passages=len(passages)))
    try:
        version = build_index(passages, settings.index_dir, load_encoder(settings.encoder))
    except EncoderError as error:
        fail(str(error))
    typer.echo(word("index.done", version=version, seconds=f"{time.monotonic() - began:.1f}"))
    return 0
