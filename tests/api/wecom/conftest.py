"""A service with a self-built app, started once for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.settings import Settings
from tests.api.wecom.app_client import LIN, platform
from tests.api.wecom.served import DEPARTMENTS, NOW, Served, prepared, running, with_app


@pytest.fixture(scope="package")
def app_settings(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A deployment that has no app yet."""
    return prepared(home, tmp_path_factory.mktemp("deployment"))


@pytest.fixture(scope="package")
def shared(app_settings: Settings) -> Iterator[Served]:
    with (
        pytest.MonkeyPatch.context() as environment,
        platform(environment) as model,
        running(with_app(app_settings, model), model) as opened,
    ):
        yield opened


@pytest.fixture
def served(shared: Served) -> Served:
    """The service, with a browser that has never been there and a platform without faults."""
    model = shared.model
    model.members, model.departments = {"lin": dict(LIN)}, list(DEPARTMENTS)
    model.codes.clear()
    model.calls.clear()
    shared.browser.cookies.clear()
    shared.now = NOW
    return shared
