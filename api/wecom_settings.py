"""The settings of WeChat Work (企业微信): which app and which bot a deployment has, checked at start."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

API_URL = "https://qyapi.weixin.qq.com"
BOT_URL = "wss://openws.work.weixin.qq.com"

_AES_KEY = re.compile(r"[A-Za-z0-9+/]{43}")


@dataclass(frozen=True, slots=True)
class CallbackKeys:
    """What calls of the platform are checked and opened with: the Token and the EncodingAESKey."""

    token: SecretStr
    aes_key: SecretStr


@dataclass(frozen=True, slots=True)
class AppSettings:
    """A self-built app; `callback` None: it only sends. `proxy` may hold a password."""

    corp_id: str
    agent_id: int
    secret: SecretStr
    callback: CallbackKeys | None
    api_url: str
    proxy: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class LongConnection:
    """An AI bot we call: `name` is the one it goes by in groups. `proxy` may hold a password."""

    bot_id: str
    secret: SecretStr
    url: str
    name: str | None
    proxy: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Webhook:
    """An AI bot that calls us: `name` is the one it goes by in groups, `bot_id` None: not checked. `proxy`,
    the way to the platform, may hold a password."""

    bot_id: str | None
    callback: CallbackKeys
    name: str | None
    proxy: str | None = field(repr=False)


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _address(value: str, *, safe: str, plain: str) -> str:
    """Return `value` without a slash at its end; the scheme `plain` is for this machine alone."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise ValueError("not an address") from error
    if parts.scheme != safe and not (parts.scheme == plain and is_loopback(host)):
        raise ValueError(f"must begin with {safe}:// ({plain}:// for this machine alone)")
    if not host or parts.username is not None or parts.query or parts.fragment or value != value.strip():
        raise ValueError(f"must be an address such as {safe}://host.example, without a name or a query")
    return value.rstrip("/")


def _web_address(value: str) -> str:
    return _address(value, safe="https", plain="http")


def _socket_address(value: str) -> str:
    return _address(value, safe="wss", plain="ws")


def _web_origin(value: str) -> str:
    address = _web_address(value)
    if urlsplit(address).path:
        raise ValueError("must be an origin such as https://union.example, without a path")
    return address


def _proxy(value: SecretStr) -> SecretStr:
    """Return `value`, the address of an HTTP proxy; it may name a user and a password."""
    try:
        parts = urlsplit(value.get_secret_value())
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or parts.path.strip("/"):
        raise ValueError("must be the address of a proxy such as http://10.0.0.3:3128")
    return value


def _aes_key(value: SecretStr) -> SecretStr:
    if not _AES_KEY.fullmatch(value.get_secret_value()):
        raise ValueError("must be the EncodingAESKey's 43 characters")
    return value


_Name = Annotated[str, Field(min_length=1)]
_Secret = Annotated[SecretStr, Field(min_length=1)]
_AesKey = Annotated[SecretStr, AfterValidator(_aes_key)]


class WecomSettings(BaseSettings):
    """The part of the settings that is about WeChat Work; each is explained in `.env.example`."""

    model_config = SettingsConfigDict(env_prefix="UA_", extra="ignore", frozen=True)

    public_url: Annotated[str, AfterValidator(_web_origin)] | None = None
    wecom_corp_id: _Name | None = None
    wecom_agent_id: Annotated[int, Field(ge=1)] | None = None
    wecom_app_secret: _Secret | None = None
    wecom_app_token: _Secret | None = None
    wecom_app_aes_key: _AesKey | None = None
    wecom_api_url: Annotated[str, AfterValidator(_web_address)] = API_URL
    wecom_proxy: Annotated[SecretStr, AfterValidator(_proxy)] | None = None
    wecom_app_text_only: bool = False
    wecom_bot_id: _Name | None = None
    wecom_bot_secret: _Secret | None = None
    wecom_bot_url: Annotated[str, AfterValidator(_socket_address)] = BOT_URL
    wecom_bot_token: _Secret | None = None
    wecom_bot_aes_key: _AesKey | None = None
    wecom_bot_name: _Name | None = None
    wecom_per_minute: Annotated[int, Field(ge=1)] = 30
    wecom_per_hour: Annotated[int, Field(ge=1)] = 1000
    wecom_userid_is_portal_sub: bool = False

    @model_validator(mode="after")
    def _wecom_is_whole(self) -> WecomSettings:
        self._together("wecom_corp_id", "wecom_agent_id", "wecom_app_secret")
        self._together("wecom_app_token", "wecom_app_aes_key")
        self._together("wecom_bot_token", "wecom_bot_aes_key")
        self._needs("wecom_app_token", "wecom_corp_id")
        self._needs("wecom_bot_secret", "wecom_bot_id")
        if self.wecom_bot_secret is not None and self.wecom_bot_token is not None:
            raise ValueError(
                "UA_WECOM_BOT_SECRET (long connection) and UA_WECOM_BOT_TOKEN with UA_WECOM_BOT_AES_KEY "
                "(webhook) exclude each other"
            )
        if self.wecom_bot_id is not None and self.wecom_bot is None:
            raise ValueError(
                "UA_WECOM_BOT_ID needs UA_WECOM_BOT_SECRET (long connection), "
                "or UA_WECOM_BOT_TOKEN and UA_WECOM_BOT_AES_KEY (webhook)"
            )
        for first in ("wecom_corp_id", "wecom_bot_secret", "wecom_bot_token"):
            self._needs(first, "public_url")
        return self

    @property
    def wecom_app(self) -> AppSettings | None:
        """The self-built app, if the deployment has one."""
        if self.wecom_corp_id is None or self.wecom_agent_id is None or self.wecom_app_secret is None:
            return None
        return AppSettings(
            corp_id=self.wecom_corp_id,
            agent_id=self.wecom_agent_id,
            secret=self.wecom_app_secret,
            callback=_callback(self.wecom_app_token, self.wecom_app_aes_key),
            api_url=self.wecom_api_url,
            proxy=self._proxy_address,
        )

    @property
    def wecom_bot(self) -> LongConnection | Webhook | None:
        """The AI bot, if the deployment has one, in the one mode it has."""
        if self.wecom_bot_id is not None and self.wecom_bot_secret is not None:
            return LongConnection(
                bot_id=self.wecom_bot_id,
                secret=self.wecom_bot_secret,
                url=self.wecom_bot_url,
                name=self.wecom_bot_name,
                proxy=self._proxy_address,
            )
        callback = _callback(self.wecom_bot_token, self.wecom_bot_aes_key)
        if callback is None:
            return None
        return Webhook(self.wecom_bot_id, callback, self.wecom_bot_name, self._proxy_address)

    @property
    def _proxy_address(self) -> str | None:
        return self.wecom_proxy.get_secret_value() if self.wecom_proxy else None

    def _together(self, *names: str) -> None:
        missing = [name for name in names if getattr(self, name) is None]
        if missing and len(missing) < len(names):
            raise ValueError(f"{_named(names)} belong together; missing: {_named(missing)}")

    def _needs(self, name: str, other: str) -> None:
        if getattr(self, name) is not None and getattr(self, other) is None:
            raise ValueError(f"{_named([name])} needs {_named([other])}")


def _callback(token: SecretStr | None, aes_key: SecretStr | None) -> CallbackKeys | None:
    return CallbackKeys(token, aes_key) if token is not None and aes_key is not None else None


def _named(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"UA_{name.upper()}" for name in names)
