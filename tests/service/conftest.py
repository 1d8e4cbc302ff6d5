"""A real database for tests of the service: SQLite, and PostgreSQL where one can be started."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.database import Database, migrate
from service.privacy.mask import KINDS, Masker


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'database.sqlite3'}"
    migrate(url)
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture
def mask() -> Masker:
    return Masker({kind: f"<{kind}>" for kind in KINDS})
