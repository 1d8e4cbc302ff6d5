"""The command line. Every command imports what it needs when it runs, so that `--help` answers at once."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.calc_command import calc
from api.cli.document_commands import documents_app
from api.cli.document_commands import take as import_files
from api.cli.model_commands import model_app
from api.cli.question_commands import questions_app
from api.cli.train_commands import train_app
from api.cli.wecom_commands import wecom_app
from api.cli.words import word
from service.people.roles import Role

app = typer.Typer(
    name="union-assistant",
    help=word("app"),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(train_app, name="train")
app.add_typer(model_app, name="model")
staff_app = typer.Typer(help=word("staff.help"), no_args_is_help=True, rich_markup_mode=None)
app.add_typer(staff_app, name="staff")
app.add_typer(questions_app, name="questions")
app.command("import", help=word("import.help"))(import_files)
app.add_typer(documents_app, name="documents")
app.add_typer(wecom_app, name="wecom")
app.command(help=word("calc.help"))(calc)
cards_app = typer.Typer(help=word("cards.help"), no_args_is_help=True, rich_markup_mode=None)
app.add_typer(cards_app, name="cards")


@app.command(help=word("serve.help"))
def serve() -> None:
    from api.cli import context
    from api.serving.serve import serve as run

    settings = context.settings()
    raise typer.Exit(run(settings, context.notices(settings)))


@app.command(help=word("index.help"))
def index(check: Annotated[bool, typer.Option("--check", help=word("index.check"))] = False) -> None:
    from api.cli import context
    from api.cli.indexing import check_and_build

    raise typer.Exit(check_and_build(context.settings(), check_only=check))


@app.command(help=word("search.help"))
def search(
    text: Annotated[str, typer.Argument(help=word("search.text"))],
    as_json: Annotated[bool, typer.Option("--json", help=word("search.json"))] = False,
    org: Annotated[str | None, typer.Option(help=word("search.org"))] = None,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help=word("search.as_of"))] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help=word("search.limit"))] = 5,
) -> None:
    from api.cli import context
    from api.cli.searching import search_once

    day: date | None = as_of.date() if as_of else None
    raise typer.Exit(search_once(context.settings(), text, org=org, as_of=day, limit=limit, as_json=as_json))


@app.command(help=word("chat.help"))
def chat(
    url: Annotated[str | None, typer.Option(help=word("chat.url"))] = None,
    org: Annotated[str | None, typer.Option(help=word("chat.org"))] = None,
    explain: Annotated[bool, typer.Option("--explain", help=word("chat.explain"))] = False,
) -> None:
    from api.cli.chat import converse

    if url is None:
        from api.cli import context
        from api.serving.ports import local_url

        url = local_url(context.settings().host, context.settings().port)
    if not explain:
        raise typer.Exit(converse(url.rstrip("/"), org=org))
    from api.cli import context
    from api.cli.explaining import explainer

    with explainer(context.settings()) as explaining:
        raise typer.Exit(converse(url.rstrip("/"), org=org, explain=explaining.explain))


@staff_app.command("add", help=word("staff.add"))
def staff_add(
    login: Annotated[str, typer.Argument(help=word("staff.login"))],
    role: Annotated[list[Role], typer.Option(help=word("staff.role"))],
    org: Annotated[str, typer.Option(help=word("staff.org"))],
    name: Annotated[str | None, typer.Option(help=word("staff.name"))] = None,
) -> None:
    from api.cli import context
    from api.cli.staff import add

    raise typer.Exit(add(context.settings(), login, name=name or login, roles=role, org=org))


@staff_app.command("list", help=word("staff.list"))
def staff_list() -> None:
    from api.cli import context
    from api.cli.staff import show

    raise typer.Exit(show(context.settings()))


@staff_app.command("password", help=word("staff.set_password"))
def staff_password(login: Annotated[str, typer.Argument(help=word("staff.login"))]) -> None:
    from api.cli import context
    from api.cli.staff import set_password

    raise typer.Exit(set_password(context.settings(), login))


@staff_app.command("disable", help=word("staff.disable"))
def staff_disable(login: Annotated[str, typer.Argument(help=word("staff.login"))]) -> None:
    from api.cli import context
    from api.cli.staff import set_active

    raise typer.Exit(set_active(context.settings(), login, active=False))


@staff_app.command("enable", help=word("staff.enable"))
def staff_enable(login: Annotated[str, typer.Argument(help=word("staff.login"))]) -> None:
    from api.cli import context
    from api.cli.staff import set_active

    raise typer.Exit(set_active(context.settings(), login, active=True))


@staff_app.command("link", help=word("staff.link"))
def staff_link(
    login: Annotated[str, typer.Argument(help=word("staff.login"))],
    wecom: Annotated[str, typer.Option(help=word("staff.wecom"))],
) -> None:
    from api.cli import context
    from api.cli.staff import link

    raise typer.Exit(link(context.settings(), login, userid=wecom))


@staff_app.command("unlink", help=word("staff.unlink"))
def staff_unlink(login: Annotated[str, typer.Argument(help=word("staff.login"))]) -> None:
    from api.cli import context
    from api.cli.staff import unlink

    raise typer.Exit(unlink(context.settings(), login))


@cards_app.command("expiring", help=word("cards.expiring_help"))
def cards_expiring(
    days: Annotated[int, typer.Option(min=0, max=3650, help=word("cards.days"))] = 90,
    as_json: Annotated[bool, typer.Option("--json", help=word("cards.json"))] = False,
) -> None:
    from api.cli import context
    from api.cli.cards import show_expiring

    raise typer.Exit(show_expiring(context.settings(), days=days, as_json=as_json))


@cards_app.command("check", help=word("cards.check_help"))
def cards_check(
    as_json: Annotated[bool, typer.Option("--json", help=word("cards.check_json"))] = False,
) -> None:
    from api.cli import context
    from api.cli.card_checking import check

    raise typer.Exit(check(context.settings(), as_json=as_json))


@cards_app.command("alike", help=word("alike.help"))
def cards_alike(
    as_json: Annotated[bool, typer.Option("--json", help=word("alike.json"))] = False,
) -> None:
    from api.cli import context
    from api.cli.alike_cards import show_alike

    raise typer.Exit(show_alike(context.settings(), as_json=as_json))


@cards_app.command("coverage", help=word("coverage.help"))
def cards_coverage(
    out: Annotated[Path | None, typer.Option(help=word("coverage.out"))] = None,
) -> None:
    from api.cli import context
    from api.cli.card_coverage import show_coverage

    raise typer.Exit(show_coverage(context.settings(), out=out))


@app.command(help=word("doctor.help"))
def doctor() -> None:
    from api.cli import context
    from api.cli.doctor import examine

    raise typer.Exit(examine(context.settings()))


def main() -> None:
    app()
