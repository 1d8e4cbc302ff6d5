"""Alembic's environment: batch mode for SQLite, the product's own engine."""

from typing import Literal

from alembic import context
from sqlalchemy import Connection

from service.database import Database, UtcDateTime
from service.tables import Base


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our time type as the plain column it is, so that migrations do not import the product."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def _foreign_keys(connection: Connection, *, enforced: bool) -> None:
    """Have SQLite look away while a table is made anew: dropping the old one would delete what refers to it.

    The setting counts only outside a transaction, so it goes past SQLAlchemy, which always begins one.
    """
    raw = connection.connection.dbapi_connection
    if connection.dialect.name != "sqlite" or raw is None:
        return
    if enforced and (broken := raw.execute("PRAGMA foreign_key_check").fetchall()):
        raise RuntimeError(f"rows without what they refer to: {broken[:5]}")
    raw.execute(f"PRAGMA foreign_keys={'ON' if enforced else 'OFF'}")


def run() -> None:
    url = context.config.get_main_option("sqlalchemy.url")
    if url is None:
        raise RuntimeError("no database address")
    database = Database(url)
    try:
        with database.engine.connect() as connection:
            _foreign_keys(connection, enforced=False)
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                render_as_batch=True,
                compare_type=True,
                render_item=render_item,
                transaction_per_migration=True,
            )
            with context.begin_transaction():
                context.run_migrations()
            connection.commit()
            _foreign_keys(connection, enforced=True)
    finally:
        database.close()


run()
