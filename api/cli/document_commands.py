"""`union-assistant import` and the sub-commands of `union-assistant documents`."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.words import word

documents_app = typer.Typer(help=word("documents.help"), no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(help=word("documents.name"))]
Org = Annotated[str | None, typer.Option(help=word("documents.org"))]
AsOf = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help=word("documents.as_of"))]
Json = Annotated[bool, typer.Option("--json", help=word("documents.json"))]
_DAY = ["%Y-%m-%d"]


def take(
    paths: Annotated[list[Path], typer.Argument(help=word("import.paths"))],
    org: Annotated[str | None, typer.Option(help=word("import.org"))] = None,
    effective_from: Annotated[
        datetime | None, typer.Option(formats=_DAY, help=word("import.effective_from"))
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help=word("import.replace"))] = False,
    sample: Annotated[bool, typer.Option("--sample", help=word("import.sample"))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=word("import.dry_run"))] = False,
    columns: Annotated[str | None, typer.Option(help=word("import.columns"))] = None,
    agreed: Annotated[bool, typer.Option("--yes", help=word("import.agreed"))] = False,
    cards_out: Annotated[Path | None, typer.Option(help=word("import.cards_out"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=word("import.json"))] = False,
) -> None:
    from api.cli import context, importing

    asked = importing.Asked(
        org=org,
        effective_from=_day(effective_from),
        replacing=replace,
        sample=sample,
        dry_run=dry_run,
        columns=columns,
        agreed=agreed,
        cards_out=cards_out,
        as_json=as_json,
    )
    raise typer.Exit(importing.take(context.settings(), paths, asked))


@documents_app.command("list", help=word("documents.list_help"))
def list_documents(as_json: Json = False) -> None:
    from api.cli import context, documents

    raise typer.Exit(documents.show_all(context.settings(), as_json=as_json))


@documents_app.command(help=word("documents.show_help"))
def show(
    name: Name,
    article: Annotated[str | None, typer.Option(help=word("documents.article"))] = None,
    as_of: AsOf = None,
    org: Org = None,
) -> None:
    from api.cli import context, documents

    day = _day(as_of)
    raise typer.Exit(documents.show(context.settings(), name, article=article, as_of=day, org=org))


@documents_app.command(help=word("documents.diff_help"))
def diff(
    name: Name,
    before: Annotated[datetime | None, typer.Argument(formats=_DAY, help=word("documents.from_day"))] = None,
    after: Annotated[datetime | None, typer.Argument(formats=_DAY, help=word("documents.to_day"))] = None,
    org: Org = None,
    as_json: Json = False,
) -> None:
    from api.cli import context, documents

    days = (_day(before), _day(after))
    raise typer.Exit(documents.compare(context.settings(), name, days=days, org=org, as_json=as_json))


@documents_app.command(help=word("documents.remove_help"))
def remove(
    name: Name,
    day: Annotated[datetime | None, typer.Argument(formats=_DAY, help=word("documents.version_day"))] = None,
    everything: Annotated[bool, typer.Option("--all", help=word("documents.all"))] = False,
    org: Org = None,
) -> None:
    from api.cli import context, documents

    settings = context.settings()
    raise typer.Exit(documents.remove(settings, name, day=_day(day), everything=everything, org=org))


@documents_app.command(help=word("documents.export_help"))
def export(
    name: Name,
    as_of: AsOf = None,
    org: Org = None,
    out: Annotated[Path | None, typer.Option(help=word("documents.out"))] = None,
) -> None:
    from api.cli import context, documents

    raise typer.Exit(documents.export(context.settings(), name, as_of=_day(as_of), org=org, out=out))


def _day(at: datetime | None) -> date | None:
    return at.date() if at is not None else None
