"""The sub-commands of `union-assistant wecom`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from api.cli.words import word

Ids = Annotated[list[str], typer.Argument(help=word("wecom.ids"), metavar="ID")]


class Unsure(StrEnum):
    """What may be listed alone."""

    FAILED = "failed"
    UNKNOWN = "unknown"


wecom_app = typer.Typer(help=word("wecom.help"), no_args_is_help=True, rich_markup_mode=None)


@wecom_app.command(help=word("wecom.menu"))
def menu() -> None:
    from api.cli import context
    from api.cli.wecom import publish_menu

    raise typer.Exit(publish_menu(context.settings()))


@wecom_app.command(help=word("wecom.sends"))
def sends(state: Annotated[Unsure | None, typer.Option(help=word("wecom.state"))] = None) -> None:
    from api.cli import context
    from api.cli.wecom_sends import show_sends
    from service.conversations.tables import OutboxState

    wanted = OutboxState(state) if state is not None else None
    raise typer.Exit(show_sends(context.settings(), state=wanted))


@wecom_app.command(help=word("wecom.again_help"))
def again(ids: Ids) -> None:
    from api.cli import context
    from api.cli.wecom_sends import again as send_again

    raise typer.Exit(send_again(context.settings(), ids))


@wecom_app.command(help=word("wecom.dismiss_help"))
def dismiss(ids: Ids) -> None:
    from api.cli import context
    from api.cli.wecom_sends import dismiss as leave

    raise typer.Exit(leave(context.settings(), ids))
