"""A missing server skips a test on a desk and fails it in CI."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import requirements


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine with none of the servers."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("UA_CHROMIUM", raising=False)
    monkeypatch.setattr(requirements, "POSTGRESQL", tmp_path)
    monkeypatch.setattr(requirements, "HOME", tmp_path)


def need_vendor() -> Path:
    return requirements.need_npm_package("@wecom/crypto")


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("need", "cure"),
    [
        (requirements.need_chromium, "apt install"),
        (requirements.need_postgresql, "apt install"),
        (requirements.need_node, "make run"),
        (need_vendor, "make run"),
    ],
)
def test_what_is_missing_is_skipped_with_the_cure_and_fails_in_ci(
    need: Callable[[], Path], cure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=cure):
        need()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=cure):
        need()
