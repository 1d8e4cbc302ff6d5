"""The modelled gateway, a stand-in for the dialogue, deployments, and a service with a self-built app."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from api.settings import Settings
from tests.api.alert_gateway import AlertGateway
from tests.api.deployment import new_deployment
from tests.api.wecom.app_client import LIN, platform
from tests.api.wecom.dialogue import Dialogue
from tests.api.wecom.gateway import Gateway
from tests.api.wecom.served import DEPARTMENTS, NOW, Served, prepared, running, with_app


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as started:
        yield started


@pytest.fixture
def dialogue() -> Iterator[Dialogue]:
    with Dialogue() as started:
        yield started


@pytest.fixture(scope="session")
def deployed(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return new_deployment(home, tmp_path_factory.mktemp("deployed"), cards=["leave"])


@pytest.fixture
def settings(deployed: Settings, tmp_path: Path) -> Settings:
    """A deployment with the cards about leave; what it writes nobody else reads."""
    shutil.copytree(deployed.data, tmp_path / "var", symlinks=True)
    return deployed.model_copy(update={"data_dir": tmp_path / "var"})


@pytest.fixture
def alerts() -> Iterator[AlertGateway]:
    running = AlertGateway()
    yield running
    running.close()


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


@pytest.fixture
def plain_log() -> Iterator[None]:
    """Tracebacks without the values of variables, which take seconds on the event loop to write."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])
    yield
    structlog.reset_defaults()
