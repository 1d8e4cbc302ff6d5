"""Fetching what members send: at once, because an address is good for five minutes only."""

from __future__ import annotations

import asyncio

import httpx
from pydantic import SecretStr

from api.channels.wecom.addresses import is_safe
from api.channels.wecom.app_api import AppApi
from api.channels.wecom.app_calls import file_name
from api.channels.wecom.app_failures import CallFailed
from api.channels.wecom.crypto import decrypt_media
from api.channels.wecom.incoming import Media
from api.channels.wecom.rejected import Rejected
from service.attachments.keeping import Upload
from service.attachments.rules import SIZE_LIMIT

UNNAMED = {"image": "image", "file": "file", "video": "video"}
"""What a file is called that comes without a name; its kind is added when it is kept."""
CONNECT, WITHIN = 3.0, 20.0
"""Seconds to reach the address, and for everything."""


class NotFetched(Exception):
    """A file could not be had. `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Fetching:
    """Fetches files. `api`: the self-built app's; `aes_key`: what files of the bot's webhook are encrypted
    with; `proxy`: the address of a proxy."""

    def __init__(self, *, api: AppApi | None, aes_key: SecretStr | None, proxy: str | None) -> None:
        self._api = api
        self._aes_key = aes_key
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(WITHIN, connect=CONNECT), proxy=proxy, follow_redirects=False
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def fetch(self, media: Media) -> Upload:
        """Return a file, decrypted. Raises NotFetched."""
        try:
            async with asyncio.timeout(WITHIN):
                if media.media_id is not None:
                    return await self._of_the_app(media)
                return await self._of_the_bot(media)
        except TimeoutError:
            raise NotFetched("timeout") from None

    async def _of_the_app(self, media: Media) -> Upload:
        if self._api is None or media.media_id is None:
            raise NotFetched("no app")
        try:
            file = await self._api.media(media.media_id)
        except CallFailed as error:
            raise NotFetched(type(error).__name__) from error
        if len(file.data) > SIZE_LIMIT:
            raise NotFetched("too large")
        return Upload(file.name or media.name or UNNAMED[media.kind], file.data)

    async def _of_the_bot(self, media: Media) -> Upload:
        key = media.aes_key or (self._aes_key.get_secret_value() if self._aes_key is not None else None)
        if media.url is None or key is None:
            raise NotFetched("no address or key")
        if not is_safe(media.url):
            raise NotFetched("bad address")
        try:
            async with self._http.stream("GET", media.url) as response:
                if response.status_code != httpx.codes.OK:
                    raise NotFetched(f"status {response.status_code}")
                data = bytearray()
                async for piece in response.aiter_bytes():
                    data += piece
                    if len(data) > SIZE_LIMIT + 64:  # what the padding adds
                        raise NotFetched("too large")
                name = file_name(response.headers.get("content-disposition", ""))
        except httpx.HTTPError as error:
            # Not chained: the library's errors keep the address.
            raise NotFetched(type(error).__name__) from None
        try:
            plain = await asyncio.to_thread(decrypt_media, bytes(data), key)
        except Rejected as error:
            raise NotFetched(error.code) from error
        if len(plain) > SIZE_LIMIT:
            raise NotFetched("too large")
        return Upload(name or media.name or UNNAMED[media.kind], plain)
