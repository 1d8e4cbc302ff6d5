"""What comes in is stored in its order, what waits together, and what one meets is not others' business."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from api.channels.wecom.intake import TOGETHER, Intake
from service.database import Database, migrate
from service.messengers.arrivals import Arrival
from service.messengers.tables import Provider, Received
from service.messengers.taking_in import Taken

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'database.sqlite3'}"
    migrate(url)
    opened = Database(url)
    yield opened
    opened.close()


def storing(key: str, *, first: Callable[[], None] = lambda: None) -> Callable[[Session], Taken]:
    def store(db: Session) -> Taken:
        db.add(Received(provider="wecom_app", key=key, streamed=False, at=NOW))
        db.flush()
        first()
        return Taken(f"conversation-{key}", f"turn-{key}", answering=True)

    return store


def failing(error: Exception, *, times: int = 99) -> Callable[[], None]:
    left = [error] * times

    def fail() -> None:
        if left:
            raise left.pop()

    return fail


def taken(
    database: Database, stores: list[Callable[[Session], Taken]]
) -> tuple[list[Taken | BaseException], list[str]]:
    """Have all come at once; return what became of each, and what was to be answered, in order."""
    woken: list[str] = []

    async def scenario() -> list[Taken | BaseException]:
        intake = Intake(database, wake=woken.append)
        try:
            takes = [intake.take(store, sender="lin") for store in stores]
            return await asyncio.gather(*takes, return_exceptions=True)
        finally:
            intake.close()

    return asyncio.run(scenario()), woken


def stored(database: Database) -> list[str]:
    with database.read() as db:
        return sorted(db.scalars(select(Received.key)))


def test_a_rush_is_stored_in_few_transactions_and_answered_in_its_order(database: Database) -> None:
    commits: list[object] = []
    event.listen(database.engine, "commit", commits.append)
    results, woken = taken(database, [storing(f"{number:02}") for number in range(45)])
    assert [result.turn_id for result in results if isinstance(result, Taken)] == [
        f"turn-{number:02}" for number in range(45)
    ]
    assert woken == [f"conversation-{number:02}" for number in range(45)]
    assert len(commits) == -(-45 // TOGETHER)


def test_what_one_meets_is_told_to_it_alone_and_leaves_nothing_of_it(database: Database) -> None:
    wrong = ValueError("a mistake")
    results, woken = taken(database, [storing("a"), storing("b", first=failing(wrong)), storing("c")])
    assert results[1] is wrong
    assert (stored(database), woken) == (["a", "c"], ["conversation-a", "conversation-c"])


def test_who_meets_the_same_from_another_process_finds_it_then(database: Database) -> None:
    same = IntegrityError("insert", {}, Exception("unique"))
    results, _ = taken(database, [storing("a", first=failing(same, times=1)), storing("b")])
    assert [type(result) for result in results] == [Taken, Taken]
    results, _ = taken(database, [storing("c", first=failing(same, times=2)), storing("d")])
    assert results[0] is same
    assert stored(database) == ["a", "b", "d"]


def test_without_the_database_all_who_wait_are_told_and_later_ones_are_stored(database: Database) -> None:
    down = threading.Event()
    down.set()

    def refuse(_connection: object) -> None:
        if down.is_set():
            raise OperationalError("begin", {}, Exception("down"))

    event.listen(database.engine, "begin", refuse)
    results, woken = taken(database, [storing("a"), storing("b")])
    assert [type(result) for result in results] == [OperationalError] * 2
    assert woken == []
    down.clear()
    taken(database, [storing("a")])
    assert stored(database) == ["a"]


def test_what_is_only_kept_goes_before_what_is_taken_in_and_takes_one_transaction(database: Database) -> None:
    order: list[str] = []
    commits: list[object] = []
    event.listen(database.engine, "commit", commits.append)

    async def scenario() -> None:
        intake = Intake(database, wake=lambda _: None)

        async def take(key: str) -> None:
            await intake.take(storing(key), sender="lin")
            order.append(key)

        async def kept(key: str) -> None:
            await intake.keep(Arrival(Provider.APP, key, "sealed", NOW))
            order.append(key)

        try:
            await asyncio.gather(
                *(take(f"taken-{number:02}") for number in range(TOGETHER + 1)),
                *(kept(f"kept-{number}") for number in range(9)),
                kept("kept-0"),
            )
        finally:
            intake.close()

    asyncio.run(scenario())
    assert order[:10] == [*(f"kept-{number}" for number in range(9)), "kept-0"]
    assert order[10:] == [f"taken-{number:02}" for number in range(TOGETHER + 1)]
    assert len(commits) == 3


def test_without_the_database_who_would_keep_is_told(database: Database) -> None:
    def refuse(_connection: object) -> None:
        raise OperationalError("begin", {}, Exception("down"))

    event.listen(database.engine, "begin", refuse)

    async def scenario() -> None:
        intake = Intake(database, wake=lambda _: None)
        try:
            await intake.keep(Arrival(Provider.APP, "a", "sealed", NOW))
        finally:
            intake.close()

    with pytest.raises(OperationalError):
        asyncio.run(scenario())
