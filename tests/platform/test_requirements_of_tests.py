"""A missing server skips a test on a desk and fails it in CI."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import requirements


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine with none of the servers."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("UA_CHROMIUM", raising=False)
    monkeypatch.setattr(requirements, "POSTGRESQL", tmp_path)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("need", [requirements.need_chromium, requirements.need_postgresql])
def test_what_is_missing_is_skipped_with_the_cure_and_fails_in_ci(
    need: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(need)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt install"):
        need()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt install"):
        need()
