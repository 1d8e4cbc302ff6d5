"""What a command begins with: settings and texts, or one line saying what is wrong with them."""

from __future__ import annotations

from typing import NoReturn

import typer
from pydantic import ValidationError

from api.serving.notices import Notices
from api.settings import Settings, default_home, load_settings
from service.texts import Texts, TextsError, load_texts

MISUSED = 2


def settings() -> Settings:
    """Return the settings; leave with status 2, naming every wrong one, when they cannot be read."""
    try:
        return load_settings()
    except ValidationError as error:
        problems = "；".join(
            f"{'.'.join(f'UA_{str(part).upper()}' for part in problem['loc']) or '.env'} {problem['msg']}"
            for problem in error.errors(include_url=False, include_input=False)
        )
        texts = load_texts(default_home() / "texts" / "zh-CN")
        fail(texts("operator.failures.settings", problems=problems), status=MISUSED)


def texts(of: Settings) -> Texts:
    """Return all texts; leave with status 2 when a file cannot be read."""
    try:
        return load_texts(of.texts_dir)
    except TextsError as error:
        fail(str(error), status=MISUSED)


def notices(of: Settings) -> Notices:
    """Return the progress lines of a long command."""
    return Notices(texts(of))


def fail(line: str, *, status: int = 1) -> NoReturn:
    """Say why the command stops, and stop."""
    typer.echo(f"✗ {line}", err=True)
    raise typer.Exit(status)
