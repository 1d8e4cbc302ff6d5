"""The sub-commands of `union-assistant model`."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.words import word

model_app = typer.Typer(help=word("model.help"), no_args_is_help=True, rich_markup_mode=None)


@model_app.command("list", help=word("model.list"))
def list_models(as_json: Annotated[bool, typer.Option("--json", help=word("model.json"))] = False) -> None:
    from api.cli import context
    from api.cli.models import show

    raise typer.Exit(show(context.settings(), as_json=as_json))


@model_app.command(help=word("model.back"))
def back() -> None:
    from api.cli import context, models

    raise typer.Exit(models.back(context.settings()))


@model_app.command(help=word("model.use"))
def use(name: Annotated[str, typer.Argument(help=word("model.name"))]) -> None:
    from api.cli import context, models

    raise typer.Exit(models.use(context.settings(), name))
