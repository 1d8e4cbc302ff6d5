"""The schema, its migrations, and what the engine promises."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from multiprocessing import get_context
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from service.conversations.answering import answer_turn
from service.conversations.queries import effects_of, why_of
from service.conversations.replies import Reply
from service.database import Database, alembic_config, migrate, pending_migrations
from service.people.tables import Employee, EmployeeIdentity
from service.tables import Base

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
FIRST_VERSION = """
INSERT INTO organisation VALUES ('行', NULL, '行', '行', NULL, TRUE, TRUE);
INSERT INTO staff VALUES ('s', 'wang', '王敏', 'hash', TRUE, 0, NULL, '2026-11-23');
INSERT INTO role_grant VALUES ('g', 's', 'officer', '行', '2026-11-23');
INSERT INTO conversation (id, token_hash, channel, organisation_path, state, version, next_seq, read_seq, created_at, active_at)
    VALUES ('c', 'h', 'web', '行', 'bot', 1, 2, 0, '2026-11-23', '2026-11-23');
INSERT INTO turn (id, conversation_id, client_id, body_hash, seq, payload, state, degraded, accepted_at)
    VALUES ('t', 'c', '1', 'h', 1, '年假几天', 'answered', FALSE, '2026-11-23');
INSERT INTO message (id, conversation_id, turn_id, seq, sender, text, citations, options, attachments, at)
    VALUES ('m', 'c', 't', 1, 'employee', '年假几天', '[]', '[]', '[]', '2026-11-23');
INSERT INTO message_source VALUES ('m', 'leave-annual-days', 'v', 'card');
INSERT INTO feedback VALUES ('m', 'c', 'up', NULL, NULL, '2026-11-23');
INSERT INTO outbox (id, channel, conversation_id, message_id, state, attempts, next_attempt_at, created_at)
    VALUES ('o', 'web', 'c', 'm', 'pending', 0, '2026-11-23', '2026-11-23')
"""  # noqa: E501 - one statement a line


def test_the_migrations_make_exactly_the_tables_of_the_code(database_url: str) -> None:
    assert pending_migrations(database_url)
    migrate(database_url)
    assert not pending_migrations(database_url)
    command.check(alembic_config(database_url))
    migrate(database_url)  # again changes nothing
    database = Database(database_url)
    assert set(inspect(database.engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}
    database.close()


def test_processes_that_start_together_make_the_tables_one_after_the_other(database_url: str) -> None:
    starting = get_context("spawn")
    together = [starting.Process(target=migrate, args=(database_url,)) for _ in range(3)]
    for process in together:
        process.start()
    for process in together:
        process.join(60)
    assert [process.exitcode for process in together] == [0, 0, 0]
    assert not pending_migrations(database_url)


def test_the_schema_has_every_table_of_the_design() -> None:
    expected = {
        "employee", "employee_identity", "organisation", "conversation", "message", "turn",
        "message_source", "handover", "ticket", "event_log", "outbox", "feedback", "job_lease", "staff",
        "role_grant", "turn_effect", "pending_erasure", "staff_session", "ticket_step", "ticket_draft",
        "activity", "activity_signup", "consultation_slot", "anonymous_report", "report_entry",
        "confirmed_question", "question_evidence", "document", "document_version", "document_repeal",
        "document_file", "document_article", "message_why", "staff_identity", "messenger_chat",
        "messenger_received", "messenger_staff_talk", "messenger_handover_told",
        "attachment",
    }  # fmt: skip
    assert set(Base.metadata.tables) == expected


def test_the_migrations_keep_every_check_of_the_code(database: Database, tmp_path: Path) -> None:
    """Alembic does not compare CHECK constraints."""
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
    Base.metadata.create_all(fresh.engine)
    assert _checks(database) == _checks(fresh)
    fresh.close()


def test_an_upgrade_keeps_what_the_first_version_had_stored(database_url: str) -> None:
    command.upgrade(alembic_config(database_url), "0001")
    database = Database(database_url)
    with database.write() as db:
        for statement in FIRST_VERSION.strip().split(";\n"):
            db.execute(text(statement))
    migrate(database_url)
    with database.read() as db:
        assert db.execute(text("SELECT text, staff_id FROM message")).one() == ("年假几天", None)
        assert db.execute(text("SELECT sensitive FROM conversation")).scalar_one() in (0, False)
        for table in ("feedback", "message_source", "outbox", "role_grant", "turn"):
            assert db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 1  # noqa: S608
        assert why_of(db, "m") is None
    with database.write() as db:
        db.execute(text("UPDATE role_grant SET role = 'on_call'"))
    with pytest.raises(IntegrityError), database.write() as db:
        db.execute(text("UPDATE role_grant SET role = 'king'"))
    with pytest.raises(IntegrityError), database.write() as db:
        db.execute(text("INSERT INTO feedback VALUES ('nothing', 'c', 'up', NULL, NULL, '2026-11-23')"))
    database.close()


def test_an_action_done_before_there_were_explanations_still_answers_its_turn(database_url: str) -> None:
    command.upgrade(alembic_config(database_url), "0004")
    database = Database(database_url)
    done = Reply("10天", intent="ask_leave").to_json()
    del done["why"]
    with database.write() as db:
        for statement in FIRST_VERSION.strip().split(";\n"):
            db.execute(text(statement))
        db.execute(text("UPDATE turn SET state = 'accepted'"))
        db.execute(
            text("INSERT INTO turn_effect VALUES ('t', 'action_answer_question', :done, '2026-11-23')"),
            {"done": json.dumps(done)},
        )
    migrate(database_url)
    with database.read() as db:
        effects = [reply for _, reply in effects_of(db, "t")]
    with database.write() as db:
        said = answer_turn(db, "t", effects, degraded=False, model_version="m", now=NOW)
        assert said is not None
    with database.read() as db:
        assert [(message.text, why_of(db, message.id)) for message in said] == [("10天", None)]
    database.close()


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


def test_an_error_of_the_database_does_not_repeat_what_people_wrote(database: Database) -> None:
    with pytest.raises(IntegrityError) as failed, database.write() as db:
        db.add(Employee(id="e", display_name="张三的名字", organisation_path="没有", created_at=NOW))
    assert "张三的名字" not in str(failed.value)


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


def _checks(database: Database) -> list[tuple[str, str]]:
    found = inspect(database.engine)
    return sorted(
        (table, str(check["name"]))
        for table in found.get_table_names()
        for check in found.get_check_constraints(table)
    )
