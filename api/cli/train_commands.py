"""The sub-commands of `union-assistant train`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.words import word

train_app = typer.Typer(help=word("train.help"), invoke_without_command=True, rich_markup_mode=None)

Bench = Annotated[Path | None, typer.Option(help=word("train.bench"))]


@train_app.callback()
def train(
    invoked: typer.Context,
    force: Annotated[bool, typer.Option("--force", help=word("train.force"))] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help=word("train.anyway"))] = False,
) -> None:
    if invoked.invoked_subcommand is None:
        from api.cli import context
        from api.cli.training import train_dialogue

        raise typer.Exit(train_dialogue(context.settings(), force=force, anyway=anyway))


@train_app.command(help=word("train.encoder"))
def encoder(
    pairs: Annotated[list[Path] | None, typer.Option(help=word("train.pairs"))] = None,
    out: Annotated[Path | None, typer.Option(help=word("train.encoder_out"))] = None,
    base: Annotated[str | None, typer.Option(help=word("train.base"))] = None,
    bench: Bench = None,
) -> None:
    from api.cli import adapting, context

    settings = context.settings()
    if bench is None:
        raise typer.Exit(adapting.adapt_encoder(settings, pairs=pairs or [], out=out, base=base))
    if pairs or base:
        context.fail(word("train.bench_alone"), status=context.MISUSED)
    raise typer.Exit(adapting.train_shipped_encoder(settings, bench, out))


@train_app.command(help=word("train.ranking"))
def ranking(
    encoder: Annotated[Path | None, typer.Option(help=word("train.for_encoder"))] = None,
    bench: Bench = None,
    out: Annotated[Path | None, typer.Option(help=word("train.ranking_out"))] = None,
) -> None:
    from api.cli import context
    from api.cli.ranking import train_ranking

    raise typer.Exit(train_ranking(context.settings(), encoder=encoder, bench=bench, out=out))
