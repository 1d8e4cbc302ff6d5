"""Databases with all tables, without the third of a second that the migrations take for each."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import make_url

from service.database import migrate


@cache
def _migrated() -> TemporaryDirectory[str]:
    """The folder of a database as the migrations make it; kept until the tests are over."""
    folder = TemporaryDirectory()
    migrate(f"sqlite:///{folder.name}/database.sqlite3")
    return folder


def make_tables(url: str) -> None:
    """Make an empty database what `migrate` would make it: a copy, where it is a file."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        migrate(url)
        return
    assert address.database
    file = Path(address.database)
    assert not file.exists()
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(Path(_migrated().name) / "database.sqlite3", file)
