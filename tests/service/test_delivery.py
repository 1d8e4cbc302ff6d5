"""The outbox: what waits for a browser, and what has reached one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from service.conversations.delivery import (
    KEPT_FOR,
    give_up_old,
    mark_delivered,
    pending_messages,
    undelivered,
)
from service.conversations.messages import Appended
from service.conversations.replies import Reply
from service.conversations.tables import Outbox
from service.database import Database
from tests.service.world import World


def test_an_answer_waits_until_a_browser_has_it_and_is_sent_once(database: Database, home: Path) -> None:
    world = World(database, home)
    chat, quiet = world.chat(), world.chat()
    (answer,) = world.turn(chat, Reply("10天", decision="answer"))
    with database.write() as db:
        assert undelivered(db, [chat, quiet]) == [chat]
        assert pending_messages(db, [answer.id, "another"]) == [answer.id]
        mark_delivered(db, [answer.id], now=world.now)
        mark_delivered(db, [answer.id], now=world.now + timedelta(hours=1))
    with database.read() as db:
        sent = db.scalars(select(Outbox)).one()
        assert (sent.state, sent.sent_at, sent.attempts) == ("sent", world.now, 1)
        assert undelivered(db, [chat, quiet]) == []


def test_what_nobody_fetched_for_a_month_is_given_up(database: Database, home: Path) -> None:
    world = World(database, home)
    world.turn(world.chat(), Reply("10天", decision="answer"))
    with database.write() as db:
        assert give_up_old(db, now=world.now + KEPT_FOR) == 0
        assert give_up_old(db, now=world.now + KEPT_FOR + timedelta(seconds=1)) == 1
        assert db.scalars(select(Outbox.state)).one() == "failed"


def test_those_who_listen_are_told_after_the_commit_and_not_of_what_failed(
    database: Database, home: Path
) -> None:
    world = World(database, home)
    heard: list[Appended] = []
    chat = world.chat()
    database.subscribe(lambda news: heard.extend(item for item in news if isinstance(item, Appended)))
    world.turn(chat, Reply("10天", decision="answer"))
    assert heard == [Appended(chat), Appended(chat)]
    try:
        with database.write() as db:
            db.info["happened"] = [Appended("never")]
            raise RuntimeError
    except RuntimeError:
        pass
    assert Appended("never") not in heard
