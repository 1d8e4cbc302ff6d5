"""The database: engine, sessions, column types, migrations. SQLite by default, PostgreSQL by address."""

from __future__ import annotations

import fcntl
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    MetaData,
    TypeDecorator,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.orm import DeclarativeBase, Session

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
BUSY_TIMEOUT_MS = 10_000
_MIGRATING = 0x75616D69
"""Names the lock that PostgreSQL keeps for us; any number that nobody else takes."""


HAPPENED = "happened"


def happened(db: Session, what: object) -> None:
    """Have subscribers told of `what` once the transaction of `db` is committed."""
    db.info.setdefault(HAPPENED, []).append(what)


class Base(DeclarativeBase):
    """All tables. Constraint names follow one convention, so that a migration can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time. SQLite keeps no zone, so it is added on the way out; a naive time is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def new_id() -> str:
    """Return a new random identifier (32 hex digits)."""
    return uuid.uuid4().hex


class Database:
    """Sessions on one engine. Use it in worker threads; never keep a session across an await.

    `read()` and `write()` each open one transaction; `write()` commits at the end and rolls back on an
    exception. On SQLite a writer takes the lock at once (BEGIN IMMEDIATE), so that two writers queue
    instead of failing in the middle.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._writer = self.engine.execution_options(ua_write=True)
        self._subscribers: list[Callable[[Sequence[object]], None]] = []

    def subscribe(self, subscriber: Callable[[Sequence[object]], None]) -> None:
        """Have `subscriber` told, after each commit, what `happened` in it; in the thread that committed."""
        self._subscribers.append(subscriber)

    @contextmanager
    def read(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        with Session(self._writer, expire_on_commit=False) as session:
            with session.begin():
                yield session
            if news := session.info.pop(HAPPENED, None):
                for subscriber in self._subscribers:
                    subscriber(news)

    def close(self) -> None:
        self.engine.dispose()


def _engine(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(
            address.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True
        )
    if address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    # Errors end up in the log, and parameters are what people wrote.
    engine = create_engine(address, connect_args={"check_same_thread": False}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy begins transactions itself, below
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        write = connection.get_execution_options().get("ua_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def alembic_config(url: str) -> Config:
    """Return Alembic's configuration for the database at `url`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest schema, creating it when there is none.

    Processes that start together do it one after the other.
    """
    with _alone(url):
        command.upgrade(alembic_config(url), "head")


@contextmanager
def _alone(url: str) -> Iterator[None]:
    """Two that change a schema at once would each find the other's half of it."""
    address = make_url(url)
    engine = _engine(url)  # makes the folder of a new SQLite file
    try:
        if address.get_backend_name() != "sqlite":
            with engine.connect() as connection:
                connection.execute(select(func.pg_advisory_lock(_MIGRATING)))
                yield  # the lock goes with the connection
                connection.execute(select(func.pg_advisory_unlock(_MIGRATING)))
        elif address.database:
            with Path(f"{address.database}.migrating").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        else:
            yield
    finally:
        engine.dispose()


def pending_migrations(url: str) -> bool:
    """Tell whether the database at `url` is behind the code."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() != head
    finally:
        engine.dispose()
