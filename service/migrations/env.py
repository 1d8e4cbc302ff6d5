"""Alembic's environment: batch mode for SQLite, the product's own engine."""

from typing import Literal

from alembic import context

from service.database import Database, UtcDateTime
from service.tables import Base


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our time type as the plain column it is, so that migrations do not import the product."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def run() -> None:
    url = context.config.get_main_option("sqlalchemy.url")
    if url is None:
        raise RuntimeError("no database address")
    database = Database(url)
    try:
        with database.engine.connect() as connection:
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
    finally:
        database.close()


run()
