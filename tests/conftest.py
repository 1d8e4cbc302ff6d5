"""Fixtures that several folders share. The product's own stack is started once a session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack import HOME, Stack, start_stack


@pytest.fixture(scope="session")
def home() -> Path:
    return HOME


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The real product, ready for its first question."""
    running = start_stack(tmp_path_factory.mktemp("stack"))
    try:
        running.wait_until(degraded=False)
        yield running
    finally:
        status = running.stop()
    assert status == 0, f"the service did not stop cleanly ({status}):\n{running.log()}"


@pytest.fixture(scope="session")
def server_url(stack: Stack) -> str:
    return stack.url
