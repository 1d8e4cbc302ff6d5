"""Fetching files that members sent, from a server on the loopback."""

from __future__ import annotations

import asyncio
import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from pydantic import SecretStr

from api.channels.wecom.fetching import Fetching, NotFetched
from api.channels.wecom.incoming import Media
from service.attachments.keeping import Upload
from service.attachments.rules import SIZE_LIMIT

KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
PICTURE = b"\x89PNG" + bytes(1000)


def encrypted(data: bytes) -> bytes:
    key = bytes(range(32))
    padding = 32 - len(data) % 32
    encryptor = Cipher(AES256(key), CBC(key[:16])).encryptor()
    return encryptor.update(data + bytes([padding]) * padding) + encryptor.finalize()


class _Files(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/gone":
            self.send_error(404)
            return
        content = encrypted(bytes(SIZE_LIMIT + 1) if self.path == "/huge" else PICTURE)
        self.send_response(200)
        self.send_header("Content-Disposition", "attachment; filename*=UTF-8''%E5%8F%91%E7%A5%A8.png")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        return


@pytest.fixture(scope="module")
def files() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def fetch(url: str | None, *, key: str | None = KEY, own: SecretStr | None = None) -> Upload:
    async def run() -> Upload:
        fetching = Fetching(api=None, aes_key=own, proxy=None)
        try:
            return await fetching.fetch(Media("image", None, url, key, None))
        finally:
            await fetching.close()

    return asyncio.run(run())


def test_a_picture_comes_as_it_was_sent_with_its_name(files: str) -> None:
    assert fetch(f"{files}/picture") == Upload("发票.png", PICTURE)


def test_in_webhook_mode_the_callbacks_key_opens_it(files: str) -> None:
    assert fetch(f"{files}/picture", key=None, own=SecretStr(KEY)).content == PICTURE


@pytest.mark.parametrize(
    ("path", "reason"), [("/gone", "status 404"), ("/huge", "too large")], ids=["gone", "huge"]
)
def test_what_cannot_be_had_says_why(files: str, path: str, reason: str) -> None:
    with pytest.raises(NotFetched) as error:
        fetch(f"{files}{path}")
    assert error.value.reason == reason


def test_a_wrong_key_gives_no_picture(files: str) -> None:
    with pytest.raises(NotFetched):
        fetch(f"{files}/picture", key=base64.b64encode(bytes(32)).decode().rstrip("="))


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/x", "file:///etc/passwd", "ftp://127.0.0.1/x", "http://[", None]
)
def test_other_addresses_are_not_called(url: str | None) -> None:
    with pytest.raises(NotFetched):
        fetch(url)


def test_nothing_of_an_address_stands_in_an_error() -> None:
    with pytest.raises(NotFetched) as error:
        fetch("http://127.0.0.1:1/secret-path")
    assert "secret-path" not in f"{error.value!r} {error.value.__cause__!r}"
