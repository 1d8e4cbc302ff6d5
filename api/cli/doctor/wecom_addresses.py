"""Checks of the addresses at which WeChat Work and employees reach us: by UA_PUBLIC_URL, as they do."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ValidationError

from api.channels.wecom.crypto import WecomCrypto
from api.cli.doctor.finding import Finding, bad, good
from api.cli.doctor.running import PATIENCE
from api.settings import Settings
from api.wecom_settings import CallbackKeys, Webhook, is_loopback

APP_PATH, BOT_PATH = "/api/v1/wecom/app/callback", "/api/v1/wecom/bot/callback"
CLOCK_MAY_DIFFER = 60.0
"""Seconds; callbacks whose time differs by ten minutes are refused."""


class Health(BaseModel):
    status: str


class Problem(BaseModel):
    code: str


def public(settings: Settings) -> Finding | None:
    """Links in messages lead to us; a deployment without callbacks needs the address for these alone."""
    if settings.public_url is None or (settings.wecom_app is None and settings.wecom_bot is None):
        return None
    if is_loopback(urlsplit(settings.public_url).hostname or ""):
        return Finding(True, "wecom.public.local", {"url": settings.public_url}, warning=True)
    try:
        answer = httpx.get(f"{settings.public_url}/healthz", timeout=PATIENCE, trust_env=False)
        Health.model_validate_json(answer.content)
    except httpx.HTTPError as error:
        shown = {"url": settings.public_url, "reason": type(error).__name__}
        return Finding(True, "wecom.public.unreachable", shown, warning=True)
    except ValidationError:
        return bad("wecom.public", url=settings.public_url, status=answer.status_code)
    return good("wecom.public", url=settings.public_url)


def app_address(settings: Settings) -> Finding | None:
    app = settings.wecom_app
    if app is None or app.callback is None:
        return None
    return _prove(f"{settings.public_url}{APP_PATH}", app.callback, app.corp_id)


def bot_address(settings: Settings) -> Finding | None:
    bot = settings.wecom_bot
    return _prove(f"{settings.public_url}{BOT_PATH}", bot.callback, "") if isinstance(bot, Webhook) else None


def clock(settings: Settings) -> Finding | None:
    """What the platform signed at another time than ours is refused; only callbacks are signed."""
    app = settings.wecom_app
    if not isinstance(settings.wecom_bot, Webhook) and (app is None or app.callback is None):
        return None
    proxy = settings.wecom_proxy.get_secret_value() if settings.wecom_proxy else None
    try:
        with httpx.Client(proxy=proxy, timeout=PATIENCE) as client:
            there = parsedate_to_datetime(client.get(settings.wecom_api_url).headers["date"])
    except (httpx.HTTPError, KeyError, ValueError):
        return None  # what keeps the platform from being reached is for the check of the app to say
    difference = (datetime.now(UTC) - there).total_seconds()
    if abs(difference) > CLOCK_MAY_DIFFER:
        return bad("wecom.clock", seconds=round(difference))
    return good("wecom.clock")


def _prove(address: str, keys: CallbackKeys, receive_id: str) -> Finding:
    """Ask what the platform asks when an address is entered there: only we, with these keys, can answer."""
    crypto = WecomCrypto(keys.token.get_secret_value(), keys.aes_key.get_secret_value(), receive_id)
    asked = secrets.token_hex(8)
    sealed = crypto.seal(asked, now=datetime.now(UTC))
    shown: dict[str, object] = {"address": address}
    try:
        answer = httpx.get(
            address,
            params={
                "msg_signature": sealed.signature,
                "timestamp": sealed.timestamp,
                "nonce": sealed.nonce,
                "echostr": sealed.encrypted,
            },
            timeout=PATIENCE,
            trust_env=False,
        )
    except httpx.HTTPError as error:
        shown["reason"] = type(error).__name__
        return Finding(True, "wecom.callback.unreachable", shown, warning=True)
    if answer.status_code == httpx.codes.OK and answer.text == asked:
        return good("wecom.callback", **shown)
    match _code(answer):
        case "channel_not_configured":
            return Finding(False, "wecom.callback.not_loaded", shown)
        case "callback_rejected":
            return Finding(False, "wecom.callback.rejected", shown)
        case _:
            return bad("wecom.callback", status=answer.status_code, **shown)


def _code(answer: httpx.Response) -> str | None:
    try:
        return Problem.model_validate_json(answer.content).code
    except ValidationError:
        return None


WECOM_ADDRESSES = (public, app_address, bot_address, clock)
