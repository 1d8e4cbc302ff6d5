"""Calls of the app's HTTP API: one request, its token, and how it failed told by what may have happened."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from email.message import Message
from pathlib import PurePosixPath
from typing import TypeVar

import httpx
import structlog
from pydantic import SecretBytes, SecretStr

from api.channels.wecom.app_answers import Answer, Kind, MediaFile, TokenAnswer, read_answer
from api.channels.wecom.app_failures import (
    FILE_TOO_LARGE,
    STALE_TOKEN,
    MediaTooLarge,
    NotSent,
    Refused,
    ResultUnknown,
)
from api.channels.wecom.tokens import Issued, Tokens

log = structlog.get_logger()

MEDIA_BYTES = 20 * 1024 * 1024
CONNECT_TIMEOUT, READ_TIMEOUT = 3.0, 10.0
"""Seconds to reach the platform, and for the next bytes from it."""
CALL_TIMEOUT, MEDIA_TIMEOUT = 30.0, 120.0
"""Seconds for a whole call and for a whole download, however slowly the bytes drip."""
NEVER_WRITTEN = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_CONTROL = re.compile(r"(?<!\\)((?:\\\\)*)\\u00[01][0-9a-f]")

T = TypeVar("T")


class AppCalls:
    """Makes calls as one app of one company. `base_url` has no slash at its end, `now` goes only forward.

    `proxy` is the address of the HTTP proxy to the platform; without one the environment's is used.

    Addresses hold the token, as the platform will have it. Neither they nor answers are in a local variable
    or an error here: an error may be printed with the variables of its frames.
    """

    def __init__(
        self,
        corp_id: str,
        secret: SecretStr,
        *,
        base_url: str,
        proxy: str | None,
        read_timeout: float,
        now: Callable[[], float],
    ) -> None:
        self._corp_id = corp_id
        self._secret = secret
        self._base = f"{base_url}/cgi-bin"
        self._tokens = Tokens(self._new_token, now=now)
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(read_timeout, connect=CONNECT_TIMEOUT), proxy=proxy, follow_redirects=False
        )

    async def close(self) -> None:
        self._tokens.close()
        await self._http.aclose()

    async def authenticate(self) -> None:
        """Have a token. Raises NotSent, Refused."""
        await self._tokens.current()

    async def get(self, path: str, kind: type[Kind], **params: str) -> Kind:
        """Return the answer to a question. Raises NotSent, ResultUnknown, Refused."""

        async def ask(token: SecretStr) -> Kind:
            return self._read(await self._request("GET", path, params=params, token=token), kind, token)

        return await self._with_token(ask)

    async def post(self, path: str, kind: type[Kind], *, body: Mapping[str, object], **params: str) -> Kind:
        """Return the answer to an order. Raises NotSent, ResultUnknown, Refused."""

        async def order(token: SecretStr) -> Kind:
            answer = await self._request("POST", path, params=params, token=token, body=body)
            return self._read(answer, kind, token)

        return await self._with_token(order)

    async def download(self, path: str, **params: str) -> MediaFile:
        """Return a file of at most MEDIA_BYTES. Raises MediaTooLarge, NotSent, ResultUnknown, Refused."""

        async def fetch(token: SecretStr) -> MediaFile:
            try:
                async with (
                    asyncio.timeout(MEDIA_TIMEOUT),
                    self._http.stream(
                        "GET",
                        f"{self._base}/{path}",
                        params={**params, "access_token": token.get_secret_value()},
                    ) as response,
                ):
                    _check_status(response)
                    content = SecretBytes(await _read_within(response, MEDIA_BYTES))
                    disposition = response.headers.get("content-disposition")
                    content_type = response.headers.get("content-type", "application/octet-stream")
            except (httpx.HTTPError, TimeoutError) as error:
                raise _failure(error) from None
            if disposition is None:
                # Files come as attachments; what does not is the answer that says why there is no file.
                self._read(content, Answer, token)
                raise ResultUnknown("unreadable answer")
            return MediaFile(
                content.get_secret_value(), content_type.partition(";")[0].strip(), file_name(disposition)
            )

        try:
            return await self._with_token(fetch)
        except Refused as refused:
            if refused.errcode == FILE_TOO_LARGE:
                raise MediaTooLarge(MEDIA_BYTES) from refused
            raise

    async def _with_token(self, call: Callable[[SecretStr], Awaitable[T]]) -> T:
        """Do `call`, and once more with a fresh token when the platform refused the one it had."""
        token = await self._tokens.current()
        try:
            return await call(token)
        except Refused as refused:
            if refused.errcode not in STALE_TOKEN:
                raise
            log.info("wecom_token_refused", errcode=refused.errcode)
        return await call(await self._tokens.renewed(token))

    async def _new_token(self) -> Issued:
        try:
            content = await self._request(
                "GET",
                "gettoken",
                params={"corpid": self._corp_id},
                secret=self._secret,
            )
            return self._read(content, TokenAnswer).issued()
        except ResultUnknown as unknown:
            # What the token was for is surely not done, and a second token does no harm.
            raise NotSent(f"no token: {unknown.reason}") from unknown

    async def _request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str],
        token: SecretStr | None = None,
        secret: SecretStr | None = None,
        body: Mapping[str, object] | None = None,
    ) -> SecretBytes:
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                response = await self._http.request(
                    method,
                    f"{self._base}/{path}",
                    params={
                        **params,
                        **({"access_token": token.get_secret_value()} if token else {}),
                        **({"corpsecret": secret.get_secret_value()} if secret else {}),
                    },
                    content=None if body is None else _json(body),
                )
            _check_status(response)
        except (httpx.HTTPError, TimeoutError) as error:
            # Not chained: the library's errors keep the request, and with it the address.
            raise _failure(error) from None
        return SecretBytes(response.content)

    def _read(self, content: SecretBytes, kind: type[Kind], token: SecretStr | None = None) -> Kind:
        hidden = (self._secret,) if token is None else (self._secret, token)
        return read_answer(content, kind, hidden=hidden)


def _json(body: Mapping[str, object]) -> bytes:
    """Return JSON with every character as it is: the platform refuses \\uXXXX (40033).

    JSON has no other way to write control characters, so they are left out.
    """
    return _CONTROL.sub(r"\1", json.dumps(body, ensure_ascii=False)).encode()


def _failure(error: Exception) -> NotSent | ResultUnknown:
    name = type(error).__name__
    return NotSent(name) if isinstance(error, NEVER_WRITTEN) else ResultUnknown(name)


def _check_status(response: httpx.Response) -> None:
    """The platform's own answers are all 200: anything else is said by what stands before it."""
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise ResultUnknown(f"status {response.status_code}")
    if response.status_code != httpx.codes.OK:
        raise NotSent(f"status {response.status_code}")


async def _read_within(response: httpx.Response, limit: int) -> bytes:
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise MediaTooLarge(limit)
    content = bytearray()
    async for piece in response.aiter_bytes():
        content += piece
        if len(content) > limit:
            raise MediaTooLarge(limit)
    return bytes(content)


def file_name(disposition: str) -> str | None:
    """Return the bare name of an attachment: what comes before a slash is no business of ours."""
    header = Message()
    header["Content-Disposition"] = disposition
    name = PurePosixPath((header.get_filename() or "").replace("\\", "/")).name
    return name or None
