"""Checks of WeChat Work: the app, the AI bot's long connection, and what waits to be decided.

The long connection is never subscribed from here: that would throw out the running service.
"""

from __future__ import annotations

import asyncio
import socket
import ssl

import httpx
from pydantic import BaseModel, ValidationError
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, InvalidProxy, ProxyError, WebSocketException

from api.channels.wecom.app_answers import App
from api.channels.wecom.app_api import AppApi
from api.channels.wecom.app_failures import CallFailed
from api.channels.wecom.failure_words import failure_line
from api.cli import context
from api.cli.doctor.finding import Finding, bad, good, warning
from api.cli.doctor.kept import database
from api.cli.doctor.running import PATIENCE
from api.serving.ports import local_url
from api.settings import Settings
from api.wecom_settings import AppSettings, LongConnection
from service.clock import Clock
from service.conversations.tables import OutboxState
from service.database import Database
from service.messengers.arrivals import count_left_behind
from service.messengers.unsent import count_unsent

PLATFORM_PER_MINUTE, PLATFORM_PER_HOUR = 30, 1000
"""What a member may be sent; the platform drops the rest silently."""
LOGIN_PATH = "/api/v1/wecom/login"
TROUBLES = ("bot_bad_secret", "bot_kicked")
"""Troubles of the long connection that reaching the gateway does not explain, as /readyz names them."""


class Channel(BaseModel):
    """What a running process says of WeChat Work at /readyz."""

    leading: bool
    troubles: list[str]
    connected: bool | None = None


class Ready(BaseModel):
    wecom: Channel | None = None


def channel(settings: Settings) -> Finding:
    """Which ways in there are, and that we keep to what the platform allows."""
    ways = [
        name for name, way in (("app", settings.wecom_app), ("bot", settings.wecom_bot)) if way is not None
    ]
    if not ways:
        return Finding(True, "wecom.none", {})
    limits = {"minute": settings.wecom_per_minute, "hour": settings.wecom_per_hour}
    if settings.wecom_per_minute > PLATFORM_PER_MINUTE or settings.wecom_per_hour > PLATFORM_PER_HOUR:
        return warning("wecom.limits", **limits)
    if isinstance(settings.wecom_bot, LongConnection):
        ways[-1] = "line"
    return Finding(True, f"wecom.ways.{'_'.join(ways)}", limits)


def app(settings: Settings) -> Finding | None:
    """The app has a token and this machine may use it; what opens from the workbench is our page."""
    if settings.wecom_app is None:
        return None
    try:
        about = asyncio.run(_about(settings.wecom_app))
    except CallFailed as failure:
        return bad("wecom.app", reason=failure_line(failure, context.texts(settings)))
    if about.disabled:
        return Finding(False, "wecom.app.disabled", {"name": about.name})
    home, domain = f"{settings.public_url}{LOGIN_PATH}", (settings.public_url or "").partition("://")[2]
    if about.home_url.rstrip("/") != home or about.domain != domain:
        shown = {"name": about.name, "home": home, "domain": domain}
        return Finding(True, "wecom.app.no_login", shown, warning=True)
    return good("wecom.app", name=about.name)


def app_hears(settings: Settings) -> Finding | None:
    """Without the keys of its callback the app can only send."""
    if settings.wecom_app is None or settings.wecom_app.callback is not None:
        return None
    return warning("wecom.app_hears")


def line(settings: Settings) -> Finding | None:
    """The AI bot is subscribed by the running service; else why not."""
    bot = settings.wecom_bot
    if not isinstance(bot, LongConnection):
        return None
    running = _running(settings)
    if running is None:
        reason = asyncio.run(_why_unreachable(bot))
        if reason is not None:
            return _unreachable(bot, reason)
        return Finding(True, "wecom.line.stopped", {"address": bot.url})
    if running.wecom is None:
        return Finding(False, "wecom.line.not_loaded", {})
    if running.wecom.connected:
        return good("wecom.line")
    for trouble in TROUBLES:
        if trouble in running.wecom.troubles:
            return Finding(False, f"wecom.line.{trouble}", {})
    if not running.wecom.leading:
        return Finding(True, "wecom.line.elsewhere", {}, warning=True)
    reason = asyncio.run(_why_unreachable(bot))
    if reason is not None:
        return _unreachable(bot, reason)
    return Finding(False, "wecom.line.connecting", {})


def sends(settings: Settings) -> Finding | None:
    """What did not surely arrive waits for a person's decision."""
    if (settings.wecom_app is None and settings.wecom_bot is None) or not database(settings).good:
        return None
    opened = Database(settings.database)
    try:
        with opened.read() as db:
            counts = count_unsent(db)
    finally:
        opened.close()
    if not counts:
        return good("wecom.sends")
    return warning(
        "wecom.sends",
        failed=counts.get(OutboxState.FAILED, 0),
        unknown=counts.get(OutboxState.UNKNOWN, 0),
    )


def kept(settings: Settings) -> Finding | None:
    """What members sent to the app is taken in within moments."""
    if settings.wecom_app is None or not database(settings).good:
        return None
    opened = Database(settings.database)
    try:
        with opened.read() as db:
            count = count_left_behind(db, now=Clock(settings.timezone).now())
    finally:
        opened.close()
    return warning("wecom.kept", count=count) if count else good("wecom.kept")


async def _about(settings: AppSettings) -> App:
    api = AppApi(
        settings.corp_id,
        settings.secret,
        agent_id=settings.agent_id,
        base_url=settings.api_url,
        proxy=settings.proxy,
    )
    try:
        await api.check()
        return await api.about()
    finally:
        await api.close()


def _running(settings: Settings) -> Ready | None:
    """Return what the service on this machine says; None while none answers."""
    url = local_url(settings.host, settings.port)
    try:
        answer = httpx.get(f"{url}/readyz", timeout=PATIENCE, trust_env=False)
        return Ready.model_validate_json(answer.content)
    except (httpx.HTTPError, ValidationError):
        return None


async def _why_unreachable(bot: LongConnection) -> str | None:
    """Open a connection to the gateway and close it, not subscribed; return why it cannot be opened."""
    try:
        async with connect(
            bot.url, proxy=bot.proxy, compression=None, open_timeout=PATIENCE, close_timeout=PATIENCE
        ):
            return None
    except (InvalidProxy, ProxyError):
        return "proxy"
    except InvalidHandshake:
        return "no_gateway"
    except ssl.SSLError:
        return "tls"
    except socket.gaierror:
        return "name"
    except TimeoutError:
        return "silent"
    except (OSError, WebSocketException):
        return "refused"


def _unreachable(bot: LongConnection, reason: str) -> Finding:
    return Finding(False, f"wecom.gateway.{reason}", {"address": bot.url})


WECOM = (channel, app, app_hears, line, kept, sends)
