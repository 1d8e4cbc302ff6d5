"""`union-assistant wecom`: what is set up once in WeChat Work (企业微信)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import typer

from api.channels.wecom.app_api import AppApi
from api.channels.wecom.app_failures import CallFailed
from api.channels.wecom.failure_words import failure_line
from api.channels.wecom.menu import build_menu
from api.cli import context
from api.cli.words import word
from api.settings import Settings
from api.wecom_settings import AppSettings
from service.texts import TextsError


def publish_menu(settings: Settings) -> int:
    """Give the self-built app its menu; return 0. Leaves with a line when there is no app or it failed."""
    texts = context.texts(settings)
    if settings.wecom_app is None:
        context.fail(word("wecom.no_app"), status=context.MISUSED)
    try:
        asyncio.run(_set_menu(settings.wecom_app, build_menu(texts)))
    except TextsError as error:
        context.fail(str(error), status=context.MISUSED)
    except CallFailed as failure:
        context.fail(failure_line(failure, texts))
    typer.echo(word("wecom.published"))
    return 0


async def _set_menu(app: AppSettings, menu: Mapping[str, object]) -> None:
    api = AppApi(app.corp_id, app.secret, agent_id=app.agent_id, base_url=app.api_url, proxy=app.proxy)
    try:
        await api.set_menu(menu)
    finally:
        await api.close()
