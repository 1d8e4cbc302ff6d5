"""An answer goes to a platform that asks for it, or is sent: never both, whoever is first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event

from service.conversations.answering import answer_turn
from service.conversations.replies import Reply
from service.conversations.tables import Outbox
from service.database import Database
from service.messengers import handing_over, operations, rules, sending
from service.messengers.operations import Writer
from service.messengers.tables import Provider
from tests.service.test_messengers import Office

ANSWER = Reply("5天。", decision="answer")
ROUNDS = 25


@pytest.fixture
def office(database: Database, home: Path) -> Office:
    return Office(database, home)


def asked(office: Office, person: int, *, polled: bool, url: str | None = None) -> str:
    """Have somebody ask the bot; return the turn, which has its answer."""
    writer, key = Writer(Provider.BOT, f"person-{person}"), f"m:{person}:{office.now}"
    taken = office.say("年假几天", key=key, writer=writer)
    assert taken.turn_id is not None
    with office.database.write() as db:
        operations.keep_ways(db, writer, key, reply_url=url, streamed=polled)
        answer_turn(db, taken.turn_id, [ANSWER], degraded=False, model_version=None, now=office.now)
    return taken.turn_id


def claimed(office: Office) -> list[str | None]:
    with office.database.write() as db:
        batches = sending.claim_due(db, busy=(), limit=100, now=office.now)
        return [batch.turn_id for batch in batches]


def handed_over(office: Office, turn_id: str) -> list[str]:
    with office.database.write() as db:
        return [message.text for message in handing_over.hand_over(db, turn_id, now=office.now)]


def test_what_is_asked_for_is_not_sent_until_nobody_asks_any_more(office: Office) -> None:
    turn = asked(office, 1, polled=True)
    assert claimed(office) == []
    office.now += rules.ASKED_FOR + timedelta(seconds=1)
    assert claimed(office) == [turn]
    assert handed_over(office, turn) == []


def test_what_follows_an_answer_that_is_asked_for_waits_behind_it(office: Office) -> None:
    turn = asked(office, 1, polled=True)
    office.now += timedelta(seconds=1)
    office.say("长" * 2001, writer=Writer(Provider.BOT, "person-1"))  # refused with a sentence of its own
    asked(office, 2, polled=False)
    assert len(claimed(office)) == 1, "only what goes to somebody else"
    assert handed_over(office, turn) == ["5天。"]
    assert claimed(office) == [None]


def test_what_was_handed_over_is_given_again_and_never_sent(office: Office) -> None:
    turn = asked(office, 1, polled=True)
    assert handed_over(office, turn) == handed_over(office, turn) == ["5天。"]
    office.now += timedelta(hours=1)
    assert claimed(office) == []


def test_what_was_sent_another_way_is_not_handed_over(office: Office) -> None:
    turn = asked(office, 1, polled=False)
    with office.database.write() as db:
        (batch,) = sending.claim_due(db, busy=(), limit=100, now=office.now)
        assert handing_over.hand_over(db, turn, now=office.now) == []
        sending.sent(db, batch.rows, remote_id=None, now=office.now)
    assert handed_over(office, turn) == []


def test_of_a_poll_and_a_look_at_the_outbox_at_once_one_has_the_answer(office: Office) -> None:
    for number in range(ROUNDS):
        turn, start = asked(office, number, polled=False), threading.Barrier(2)

        def at_once(act: Callable[[], list[str]], start: threading.Barrier = start) -> list[str]:
            start.wait()
            return act()

        with ThreadPoolExecutor(2) as threads:
            sent = threads.submit(at_once, lambda: [str(found) for found in claimed(office)])
            handed = threads.submit(at_once, partial(handed_over, office, turn))
        assert [sent.result(), handed.result()] in ([[turn], []], [[], ["5天。"]])


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.verify)], indirect=True
)
def test_a_poll_between_the_look_and_the_claim_leaves_nothing_to_send(office: Office) -> None:
    """On PostgreSQL the poll commits in the middle of the other's transaction; on SQLite writers queue."""
    turn = asked(office, 1, polled=False)
    done: list[list[str]] = []

    def poll_first(_connection: object, clause: object, *_: object) -> None:
        if getattr(clause, "is_update", False) and not done:
            done.append([])
            other = threading.Thread(target=lambda: done[0].extend(handed_over(office, turn)))
            other.start()
            other.join(30)

    event.listen(office.database.engine, "before_execute", poll_first)
    try:
        assert claimed(office) == []
    finally:
        event.remove(office.database.engine, "before_execute", poll_first)
    assert done == [["5天。"]]


def test_an_address_for_one_answer_is_used_once_unless_it_is_given_back(office: Office) -> None:
    turn = asked(office, 1, polled=False, url="sealed-1")

    def take(turn_id: str | None) -> operations.ReplyWay | None:
        with office.database.write() as db:
            conversation = db.get_one(Outbox, row_id).conversation_id
            return operations.take_reply_way(
                db, Provider.BOT, turn_id=turn_id, conversation_id=conversation, now=office.now
            )

    with office.database.write() as db:
        (batch,) = sending.claim_due(db, busy=(), limit=100, now=office.now)
        row_id = batch.rows[0]
    way = take(turn)
    assert way == operations.ReplyWay(way.key if way else "", "sealed-1")
    assert take(turn) is None
    assert way is not None
    with office.database.write() as db:
        operations.give_back_reply_way(db, Provider.BOT, way)
    assert take(None) == way
    assert take(None) is None
    with office.database.write() as db:
        operations.give_back_reply_way(db, Provider.BOT, way)
    office.now += rules.REPLY_URL_LASTS + timedelta(seconds=1)
    assert take(turn) is None
