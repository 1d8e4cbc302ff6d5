"""`union-assistant train`: the dialogue's model."""

from __future__ import annotations

import asyncio
import time

import typer

from api.cli.context import fail
from api.cli.words import word
from api.serving.rasa_command import rasa_environment
from api.serving.secrets import load_secrets
from api.serving.training import Training, TrainingFailed, mark_used
from api.settings import Settings


def train_dialogue(settings: Settings, *, force: bool) -> int:
    """Train unless the model is current; return 0, or 1 when training failed."""
    log = settings.logs_dir / "train.log"
    env = rasa_environment(settings, load_secrets(settings.data / "secrets"))
    training = Training(settings.home, models=settings.models_dir, log=log, env=env)
    current = training.current()
    if current is not None and not force:
        typer.echo(word("train.current", model=current))
        return 0
    typer.echo(word("train.training", log=log))
    began = time.monotonic()
    try:
        trained = asyncio.run(training.train())
    except TrainingFailed:
        fail(word("train.failed", log=log))
    if trained.failed:
        fail(word("train.older", log=log, model=trained.model.name))
    mark_used(trained.model)
    typer.echo(word("train.done", model=trained.model, seconds=f"{time.monotonic() - began:.0f}"))
    return 0
