"""A real database for tests of the service: SQLite always, PostgreSQL in `make verify`."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.database import Database
from service.privacy.mask import KINDS, Masker
from tests.postgresql import new_database, postgresql_server
from tests.schema import make_tables

ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.verify)]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    with postgresql_server() as address:
        yield address


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'database.sqlite3'}"
    return new_database(request.getfixturevalue("postgresql"), uuid.uuid4().hex)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    make_tables(database_url)
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def mask() -> Masker:
    return Masker({kind: f"<{kind}>" for kind in KINDS})
