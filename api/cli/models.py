"""`union-assistant model`: what models there are, and going back to another."""

from __future__ import annotations

import asyncio
import json
import time
from functools import partial
from zoneinfo import ZoneInfo

import httpx
import typer

from api.cli import context
from api.cli.context import fail
from api.cli.words import word
from api.models.building import working_life
from api.models.exam import ExamFailed
from api.models.reports import Report
from api.models.shelf import Shelf
from api.models.wording import figures, reasons
from api.serving.rasa_command import ready_url
from api.settings import Settings

PATIENCE = 60.0
"""Seconds that a running service gets to take another model; two or three are usual."""


def show(settings: Settings, *, as_json: bool) -> int:
    """List the models; return 0."""
    shelf = Shelf(settings.models_dir)
    if as_json:
        typer.echo(json.dumps(_rows(shelf), ensure_ascii=False, indent=2))
        return 0
    texts, zone, choice = context.texts(settings), ZoneInfo(settings.timezone), shelf.choice()
    names = shelf.names()
    if not names:
        typer.echo(word("model.none", folder=settings.models_dir))
    for name in names:
        report = shelf.report(name)
        state = "active" if choice and choice.model == name else "served" if _served(shelf, name) else "kept"
        if state == "kept" and report is not None and report.worse:
            state = "refused"
        typer.echo(word(f"model.{state}", name=name))
        if report is None:
            typer.echo(word("model.unexamined"))
            continue
        when = report.trained_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        typer.echo(word("model.trained", when=when, figures=figures(texts, report.examined)))
        for failure in report.examined.conversations.failed:
            typer.echo(word("model.failed", name=failure.name, turn=failure.turn, says=failure.says))
        if report.worse:
            why = reasons(texts, report.worse, against=report.against)
            against = report.against or word("model.floors")
            typer.echo(word("model.why", against=against, why=why))
    return 0


def use(settings: Settings, name: str) -> int:
    """Put the model `name` in use; return 0, or 1 when it is not there or does not load."""
    shelf = Shelf(settings.models_dir)
    name = name.removesuffix(".tar.gz")
    if not shelf.has(name):
        fail(word("model.unknown", name=name))
    choice = shelf.choice()
    if choice is not None and choice.model == name:
        typer.echo(word("model.already", name=name))
        return 0
    life = working_life(settings, progress=partial(say_step, settings))
    try:
        outcome = asyncio.run(life.use(name))
    except ExamFailed as failure:
        fail(word("model.unusable", name=name, log=failure.log))
    typer.echo(word("model.chosen", name=name))
    if outcome.report is not None:
        follow(settings, outcome.report)
    return 0


def back(settings: Settings) -> int:
    """Go back to the model that was in use before; return 0, or 1 when there is none."""
    name = Shelf(settings.models_dir).before()
    if name is None:
        fail(word("model.no_earlier"))
    return use(settings, name)


def say_step(settings: Settings, step: str) -> None:
    """Say what begins: `training` or `examining`."""
    typer.echo(word(f"train.{step}", logs=settings.logs_dir))


def follow(settings: Settings, report: Report) -> None:
    """Wait until a running service answers with the model of `report`, and say so."""
    deadline = time.monotonic() + PATIENCE
    running = _running_model(settings)
    if running is None:
        typer.echo(word("model.next_start"))
        return
    while running != report.examined.model_id:
        if time.monotonic() > deadline:
            fail(word("model.not_swapped", log=settings.logs_dir / "rasa.log"))
        time.sleep(0.5)
        running = _running_model(settings)
    typer.echo(word("model.swapped"))


def _running_model(settings: Settings) -> str | None:
    """Return the id of the model that Rasa answers with; None when it does not answer."""
    try:
        told = httpx.get(ready_url(settings), timeout=5, trust_env=False).json()
        return str(told["model"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None


def _served(shelf: Shelf, name: str) -> bool:
    choice = shelf.choice()
    return choice is not None and name in choice.served


def _rows(shelf: Shelf) -> list[dict[str, object]]:
    choice = shelf.choice()
    reports = {name: shelf.report(name) for name in shelf.names()}
    return [
        {
            "name": name,
            "active": choice is not None and choice.model == name,
            "served": _served(shelf, name),
            "report": report.model_dump(mode="json") if report else None,
        }
        for name, report in reports.items()
    ]
