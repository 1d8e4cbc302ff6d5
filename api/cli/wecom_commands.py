"""The sub-commands of `union-assistant wecom`."""

from __future__ import annotations

import typer

from api.cli.words import word

wecom_app = typer.Typer(help=word("wecom.help"), no_args_is_help=True, rich_markup_mode=None)


@wecom_app.callback()
def wecom() -> None:
    """Keeps `menu` a sub-command while it is the only one."""


@wecom_app.command(help=word("wecom.menu"))
def menu() -> None:
    from api.cli import context
    from api.cli.wecom import publish_menu

    raise typer.Exit(publish_menu(context.settings()))
