"""`union-assistant calc`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.words import word


def calc(
    name: Annotated[str | None, typer.Argument(help=word("calc.name"))] = None,
    give: Annotated[list[str] | None, typer.Option(help=word("calc.give"))] = None,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help=word("calc.day"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=word("calc.json"))] = False,
    examples: Annotated[bool, typer.Option("--examples", help=word("calc.examples"))] = False,
    changed_from: Annotated[Path | None, typer.Option(help=word("calc.changed_from"))] = None,
) -> None:
    from api.cli import calculating, context, example_checking

    settings = context.settings()
    if sum((bool(give or on), examples, changed_from is not None)) > 1:
        context.fail(word("calc.apart"), status=context.MISUSED)
    if examples:
        status = example_checking.check_examples(settings, name, as_json=as_json)
    elif changed_from is not None:
        status = example_checking.show_changes(settings, name, changed_from, as_json=as_json)
    elif name is None:
        status = calculating.show_calculators(settings, as_json=as_json)
    else:
        day = on.date() if on is not None else None
        status = calculating.calculate(settings, name, give or (), on=day, as_json=as_json)
    raise typer.Exit(status)
