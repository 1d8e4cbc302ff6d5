"""The schema, its migrations, and what the engine promises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic import command
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from service.database import Database, alembic_config, migrate, pending_migrations
from service.people.tables import Employee, EmployeeIdentity
from service.tables import Base

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_the_migrations_make_exactly_the_tables_of_the_code(database_url: str) -> None:
    assert pending_migrations(database_url)
    migrate(database_url)
    assert not pending_migrations(database_url)
    command.check(alembic_config(database_url))
    migrate(database_url)  # again changes nothing
    database = Database(database_url)
    assert set(inspect(database.engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}
    database.close()


def test_the_schema_has_every_table_of_the_design() -> None:
    expected = {
        "employee", "employee_identity", "organisation", "conversation", "message", "turn",
        "message_source", "handover", "ticket", "event_log", "outbox", "feedback", "job_lease", "staff",
        "role_grant", "turn_effect", "pending_erasure",
    }  # fmt: skip
    assert set(Base.metadata.tables) == expected


def test_times_come_back_aware_and_in_utc(database: Database) -> None:
    beijing = NOW.astimezone(timezone(timedelta(hours=8)))
    with database.write() as db:
        db.add(Employee(id="e", created_at=beijing))
    with database.read() as db:
        stored = db.scalars(select(Employee.created_at)).one()
        assert (stored, stored.tzinfo) == (NOW, UTC)


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="zone"), database.write() as db:
        db.add(Employee(id="e", created_at=datetime(2026, 1, 1)))  # noqa: DTZ001
        db.flush()


def test_one_identity_is_one_employee(database: Database) -> None:
    with database.write() as db:
        db.add(Employee(id="e", created_at=NOW))
        db.flush()
        db.add(EmployeeIdentity(employee_id="e", provider="portal", subject="1", created_at=NOW))
    with pytest.raises(IntegrityError), database.write() as db:
        db.add(EmployeeIdentity(employee_id="e", provider="portal", subject="1", created_at=NOW))


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError, match="after"), database.write() as db:
        db.add(Employee(id="e", created_at=NOW))
        db.flush()
        raise RuntimeError("after")
    with database.read() as db:
        assert db.execute(text("SELECT count(*) FROM employee")).scalar_one() == 0


def test_foreign_keys_are_enforced(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as db:
        db.add(EmployeeIdentity(employee_id="nobody", provider="portal", subject="1", created_at=NOW))
