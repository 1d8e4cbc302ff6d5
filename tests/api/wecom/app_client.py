"""The app's client in tests, against the platform on this machine."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import pytest

from api.channels.wecom.app_api import AppApi
from api.channels.wecom.app_failures import CallFailed, Refused
from tests.api.wecom.platform_model import AGENT_ID, CORP_ID, SECRET, PlatformModel

T = TypeVar("T")
SEND = "message/send"
LIN = {"name": "林晓", "department": [1, 7], "main_department": 7, "status": 1}


@contextmanager
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlatformModel]:
    """The platform with one member, and no proxy of the environment in between."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with PlatformModel(members={"lin": dict(LIN)}) as running:
        yield running


def unused_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@asynccontextmanager
async def app(model: PlatformModel, **changes: Any) -> AsyncIterator[AppApi]:
    """The app's client, closed in the end; `changes` to its arguments."""
    arguments: dict[str, Any] = {
        "corp_id": CORP_ID, "secret": SECRET, "agent_id": AGENT_ID, "base_url": model.url, "proxy": None,
        "read_timeout": 2.0,
    }  # fmt: skip
    api = AppApi(**(arguments | changes))
    try:
        yield api
    finally:
        await api.close()


def done(model: PlatformModel, call: Callable[[AppApi], Awaitable[T]], **changes: Any) -> T:
    """Return what one call gives."""

    async def scenario() -> T:
        async with app(model, **changes) as api:
            return await call(api)

    return asyncio.run(scenario())


def failed(model: PlatformModel, call: Callable[[AppApi], Awaitable[object]], **changes: Any) -> CallFailed:
    """Return how one call fails."""
    with pytest.raises(CallFailed) as caught:
        done(model, call, **changes)
    return caught.value


def refused(model: PlatformModel, call: Callable[[AppApi], Awaitable[object]], **changes: Any) -> Refused:
    failure = failed(model, call, **changes)
    assert isinstance(failure, Refused), failure
    return failure


def hello(api: AppApi) -> Awaitable[object]:
    return api.send_text("lin", "你好")
