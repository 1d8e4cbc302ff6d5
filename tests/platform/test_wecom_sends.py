"""What did not surely arrive in WeChat Work, listed and decided on the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from sqlalchemy import select

from service.conversations.messages import add_message
from service.conversations.replies import Reply
from service.conversations.tables import Outbox, Sender
from service.database import Database
from service.messengers import operations, sending
from service.messengers.operations import Writer
from service.messengers.tables import Provider
from tests.commands import command
from tests.schema import make_tables

SECRET_WORDS = "您的帮扶申请没有批"
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def run(data: Path, *arguments: str) -> CompletedProcess[str]:
    return command("wecom", *arguments, UA_DATA_DIR=str(data))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder in which one message to a member failed, and of one nobody knows."""
    address = f"sqlite:///{tmp_path / 'database.sqlite3'}"
    make_tables(address)
    database = Database(address)
    with database.write() as db:
        chat = operations.chat_of(db, Writer(Provider.APP, "wangmin"), is_portal_subject=False, now=NOW)
        conversation = operations.begin(db, chat, opening=None, now=NOW)
        for end, error in ((sending.failed, "nobody_reachable 81013"), (sending.unknown, "ReadTimeout")):
            message = add_message(
                db, conversation.id, sender=Sender.SYSTEM, reply=Reply(SECRET_WORDS), now=NOW
            )
            row = db.scalars(select(Outbox.id).where(Outbox.message_id == message.id)).one()
            end(db, [row], error=error)
    database.close()
    return tmp_path


def ids(data: Path, *options: str) -> list[str]:
    listed = run(data, "sends", *options).stdout.splitlines()
    return [line.split()[0] for line in listed if "→" in line]


def test_sends_are_listed_with_whom_when_and_why_and_not_with_what_they_say(data: Path) -> None:
    listed = run(data, "sends")
    assert listed.returncode == 0, listed.stderr
    assert listed.stdout.count("2026-11-25 10:00  应用 → wangmin") == 2
    assert "没有送达：企业微信找不到这个人，或他不在可见范围里（试了 1 次）" in listed.stdout
    assert "不知道送到没有：发出去了，没有等到企业微信的回音（试了 1 次）" in listed.stdout
    assert "共 2 条等着决定" in listed.stdout
    assert SECRET_WORDS not in listed.stdout
    assert len(ids(data, "--state", "failed")) == len(ids(data, "--state", "unknown")) == 1
    assert run(data, "sends", "--state", "sent").returncode == 2


def test_one_is_sent_again_and_one_left_alone_each_once(data: Path) -> None:
    (failed,), (unknown,) = ids(data, "--state", "failed"), ids(data, "--state", "unknown")
    assert run(data, "dismiss", failed).stdout == f"不再发：{failed}\n"
    again = run(data, "again", unknown, "no-such-id")
    assert (again.returncode, again.stdout) == (1, f"再发一次：{unknown}\n")
    assert "没有动 no-such-id" in again.stderr
    assert run(data, "sends").stdout == "没有等着决定的消息。\n"
    database = Database(f"sqlite:///{data / 'database.sqlite3'}")
    with database.read() as db:
        states = {row.id: row.state for row in db.scalars(select(Outbox))}
    database.close()
    assert states == {failed: "failed", unknown: "pending"}
