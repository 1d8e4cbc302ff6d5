"""The sub-commands of `union-assistant questions`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.words import word
from service.knowledge.confirmed.states import QuestionState

questions_app = typer.Typer(help=word("questions.help"), no_args_is_help=True, rich_markup_mode=None)

Ids = Annotated[list[str], typer.Argument(help=word("questions.ids"))]


@questions_app.command(help=word("questions.candidates"))
def candidates(
    state: Annotated[QuestionState, typer.Option(help=word("questions.state"))] = QuestionState.CANDIDATE,
    limit: Annotated[int, typer.Option(min=1, help=word("questions.limit"))] = 50,
    as_json: Annotated[bool, typer.Option("--json", help=word("questions.json"))] = False,
) -> None:
    from api.cli import context
    from api.cli.questions import show

    raise typer.Exit(show(context.settings(), state=state, limit=limit, as_json=as_json))


@questions_app.command(help=word("questions.confirm"))
def confirm(ids: Ids) -> None:
    from api.cli import context, questions

    raise typer.Exit(questions.confirm(context.settings(), ids))


@questions_app.command(help=word("questions.reject"))
def reject(ids: Ids) -> None:
    from api.cli import context, questions

    raise typer.Exit(questions.reject(context.settings(), ids))


@questions_app.command(help=word("questions.add"))
def add(
    text: Annotated[str, typer.Argument(help=word("questions.text"))],
    source_id: Annotated[str, typer.Argument(help=word("questions.source"))],
) -> None:
    from api.cli import context, questions

    raise typer.Exit(questions.add(context.settings(), text, source_id))


@questions_app.command(help=word("questions.export"))
def export(out: Annotated[Path | None, typer.Option(help=word("questions.out"))] = None) -> None:
    from api.cli import context, questions

    raise typer.Exit(questions.export(context.settings(), out))


@questions_app.command("import", help=word("questions.import"))
def take(file: Annotated[Path, typer.Argument(help=word("questions.file"))]) -> None:
    from api.cli import context, questions

    raise typer.Exit(questions.take(context.settings(), file))
