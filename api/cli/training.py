"""`union-assistant train`: the dialogue's model."""

from __future__ import annotations

import asyncio
import time
from functools import partial

import typer

from api.cli import context
from api.cli.context import fail
from api.cli.models import follow, say_step
from api.cli.words import word
from api.models.building import working_life
from api.models.life import Ending, NoModel
from api.models.wording import figures, reasons
from api.settings import Settings

REFUSED = 3


def train_dialogue(settings: Settings, *, force: bool, anyway: bool) -> int:
    """Bring the model of the tree into use; return 0, 1 when that failed, 3 when it was found worse."""
    texts = context.texts(settings)
    life = working_life(settings, progress=partial(say_step, settings))
    settled = life.settled()
    if settled is not None and settled.ending in (Ending.CURRENT, Ending.ALONE) and not force:
        typer.echo(word("train.current", model=settled.model))
        return 0
    began = time.monotonic()
    try:
        outcome = asyncio.run(life.renew(again=force, anyway=anyway))
    except NoModel as failure:
        fail(word("train.failed", log=failure.log))
    report = outcome.report
    if report is None:
        key = "older" if outcome.ending is Ending.NOT_TRAINED else "unexamined"
        fail(word(f"train.{key}", log=outcome.log, model=outcome.model))
    typer.echo(figures(texts, report.examined))
    why = reasons(texts, outcome.worse, against=report.against)
    if outcome.ending is Ending.REFUSED:
        fail(word("train.refused", model=outcome.model, new=report.model, why=why), status=REFUSED)
    if outcome.ending is Ending.ALONE:
        typer.echo(word("train.alone", why=why), err=True)
    elif why:
        typer.echo(word("train.anyway_taken", why=why), err=True)
    typer.echo(word("train.done", model=outcome.model, seconds=f"{time.monotonic() - began:.0f}"))
    follow(settings, report)
    return 0
