"""`union-assistant train encoder`: the encoder learns what this deployment has, or is trained anew."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress

from api.cli.context import fail
from api.cli.words import word
from api.indexing import indexing_of
from api.settings import Settings
from retrieval.cards import CardError
from retrieval.encoder import SHIPPED, EncoderError, load_encoder
from retrieval.training.adapted_folder import FIGURES, write_adapted
from retrieval.training.adapting import (
    Adapted,
    AdaptRecipe,
    Asked,
    Deployment,
    NotAdaptableError,
    adapt,
)
from retrieval.training.pairfile import PairsError, QuestionPair, read_pair_file
from service.database import Database, migrate

NOT_BETTER = 3
SHIPPED_NAME = "shipped"


def adapt_encoder(settings: Settings, *, pairs: Sequence[Path], out: Path | None, base: str | None) -> int:
    """Train the encoder on; 3 when questions left out to try are not found better than before."""
    began = time.monotonic()
    folder = _base(settings, base)
    try:
        fingerprint = load_encoder(folder).fingerprint
        deployment = _deployment(settings, folder, pairs)
        recipe = AdaptRecipe()
        with Progress(console=Console(stderr=True)) as progress:
            adapted = adapt(folder, deployment, recipe, progress)
    except NotAdaptableError:
        fail(word("train.not_adaptable", folder=folder))
    except (CardError, EncoderError) as error:
        fail(str(error))
    try:
        made = write_adapted(
            adapted, deployment, recipe, base=fingerprint, root=settings.data / "encoder", out=out
        )
    except OSError as error:
        fail(word("train.unwritable", folder=out or settings.data, reason=error.strerror or error))
    seconds = f"{time.monotonic() - began:.0f}"
    typer.echo(word("train.adapted", count=adapted.learned, seconds=seconds, folder=made))
    return _judge(adapted, made)


def train_shipped_encoder(settings: Settings, bench: Path, out: Path | None) -> int:
    """Train what the repository ships from nothing, on the statutes and questions in `bench`."""
    from retrieval.artifacts import SHIPPED as ARTIFACTS
    from retrieval.training.encoder import train_shipped

    try:
        with Progress(console=Console(stderr=True)) as progress:
            target = out or ARTIFACTS
            fingerprint = train_shipped(bench, settings.knowledge_base / "cards", target, progress)
    except FileNotFoundError as error:
        fail(word("train.no_bench", file=error.filename or error))
    typer.echo(word("train.trained", folder=target, fingerprint=fingerprint))
    return 0


def _base(settings: Settings, base: str | None) -> Path:
    """The folder to go on from: the one in use unless another is named."""
    if base is None:
        return settings.encoder or SHIPPED
    return SHIPPED if base == SHIPPED_NAME else Path(base)


def _deployment(settings: Settings, folder: Path, files: Sequence[Path]) -> Deployment:
    """Everything in the index, the questions confirmed in the database, and those in `files`."""
    settings.data.mkdir(parents=True, exist_ok=True)
    migrate(settings.database)
    database = Database(settings.database)
    try:
        indexable = indexing_of(settings, load_encoder(folder), database).indexable()
    finally:
        database.close()
    for one in indexable.gone:
        typer.echo(word("questions.gone", text=one.text, source=one.source_id), err=True)
    asked = [Asked(text, passage.id) for passage in indexable.passages for text in passage.confirmed]
    ids = {passage.id for passage in indexable.passages}
    for file in files:
        for pair in _read(file):
            if pair.source_id is not None and pair.source_id not in ids:
                place = {"file": file, "line": pair.line}
                typer.echo(word("train.source_gone", source=pair.source_id, **place), err=True)
                if pair.answer is None:
                    continue
            asked.append(Asked(pair.question, pair.source_id, pair.answer))
    return Deployment([replace(passage, confirmed=()) for passage in indexable.passages], asked)


def _read(file: Path) -> list[QuestionPair]:
    try:
        return read_pair_file(file)
    except OSError as error:
        fail(word("pairs.unreadable", file=file, reason=error.strerror or error))
    except PairsError as error:
        fail(word(f"pairs.{error.fault}", file=error.file, line=error.line))


def _judge(adapted: Adapted, made: Path) -> int:
    """Say what the trial showed and what to do now."""
    if adapted.before is not None and adapted.after is not None:
        for name in FIGURES:
            before, after = getattr(adapted.before, name), getattr(adapted.after, name)
            typer.echo(word(f"train.figures.{name}", before=f"{before:.3f}", after=f"{after:.3f}"))
    if adapted.is_better is False:
        typer.echo(word("train.not_better", count=adapted.held_out))
        return NOT_BETTER
    if adapted.is_better is None:
        typer.echo(word("train.untried"))
    typer.echo(word("train.use", folder=made))
    return 0
