"""Fixtures that several folders share. The product's own stack is started once a session.

`tests/language` and `tests/bot` also run under Rasa's interpreter, which has none of the product's packages:
the stack is therefore imported only where it is started.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.api.wecom.gateway import Gateway
    from tests.stack import Stack


@pytest.fixture(scope="session")
def home() -> Path:
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def portal_origins() -> tuple[str, str]:
    """Where a portal's pages are: on the product's own site, and on a site that is foreign to it."""
    from tests.stack import free_port

    port = free_port()
    return f"http://127.0.0.1:{port}", f"http://localhost:{port}"


@pytest.fixture(scope="session")
def wecom_gateway() -> Iterator[Gateway]:
    """WeChat Work, as far as its AI bots are concerned."""
    from tests.api.wecom.gateway import Gateway

    with Gateway() as modelled:
        yield modelled


@pytest.fixture(scope="session")
def stack(
    tmp_path_factory: pytest.TempPathFactory, portal_origins: tuple[str, str], wecom_gateway: Gateway
) -> Iterator[Stack]:
    """The real product, ready for its first question, with a bot in WeChat Work."""
    from tests.api.wecom.gateway_server import BOT, SECRET
    from tests.stack import PORTAL_SECRET, start_stack

    settings = {
        "UA_EMBED_ORIGINS": " ".join(portal_origins),
        "UA_PORTAL_JWT_SECRET": PORTAL_SECRET,
        "UA_PUBLIC_URL": "https://union.example",
        "UA_WECOM_BOT_ID": BOT,
        "UA_WECOM_BOT_SECRET": SECRET,
        "UA_WECOM_BOT_URL": wecom_gateway.url,
        "UA_WECOM_BOT_NAME": "工会助手",
        "UA_WECOM_USERID_IS_PORTAL_SUB": "true",
    }
    running = start_stack(tmp_path_factory.mktemp("stack"), settings=settings)
    try:
        running.wait_until(degraded=False)
        yield running
    finally:
        status = running.stop()
    assert status == 0, f"the service did not stop cleanly ({status}):\n{running.log()}"


@pytest.fixture(scope="session")
def server_url(stack: Stack) -> str:
    return stack.url
