"""A delivery is kept once, taken in once, and found again while nobody has taken it in."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from service.conversations.tables import Message, Sender
from service.database import Database
from service.messengers.arrivals import TAKEN_IN_WITHIN, Arrival, count_left_behind, keep, left_behind
from service.messengers.operations import Writer
from service.messengers.tables import Provider
from service.messengers.taking_in import Taken
from tests.service.world import World

LIN = Writer(Provider.APP, "lin")
LATER = TAKEN_IN_WITHIN + timedelta(seconds=1)


@pytest.fixture
def world(database: Database, home: Path) -> World:
    return World(database, home)


def arrive(world: World, *keys: str) -> None:
    with world.database.write() as db:
        keep(db, [Arrival(Provider.APP, key, f"sealed {key}", world.now) for key in keys])


def take_in(world: World, key: str, text: str = "在吗") -> Taken:
    with world.database.write() as db:
        return world.taking_in.said(db, LIN, key, text)


def left(world: World, *, but: tuple[str, ...] = (), limit: int = 9) -> list[str]:
    with world.database.read() as db:
        found = left_behind(db, Provider.APP, but=but, now=world.now, limit=limit)
    return [arrival.key for arrival in found]


def asked(world: World) -> list[str]:
    with world.database.read() as db:
        return [message.text for message in db.query(Message).where(Message.sender == Sender.EMPLOYEE)]


def test_what_is_kept_is_taken_in_once(world: World) -> None:
    arrive(world, "a")
    first = take_in(world, "a")
    assert (first.repeated, first.answering) == (False, True)
    again = take_in(world, "a")
    assert (again.repeated, again.turn_id) == (True, first.turn_id)
    arrive(world, "a")  # the platform repeats it
    assert take_in(world, "a").repeated
    assert asked(world) == ["在吗"]


def test_one_that_comes_several_times_at_once_is_kept_once_and_the_first_stays(world: World) -> None:
    arrive(world, "a", "a", "b")
    with world.database.write() as db:
        keep(db, [Arrival(Provider.APP, key, "another", world.now) for key in ("b", "c")])
    world.now += LATER
    with world.database.read() as db:
        found = left_behind(db, Provider.APP, but=(), now=world.now, limit=9)
    assert sorted((arrival.key, arrival.sealed) for arrival in found) == [
        ("a", "sealed a"), ("b", "sealed b"), ("c", "another"),
    ]  # fmt: skip


def test_what_nobody_took_in_is_found_after_a_while_the_oldest_first(world: World) -> None:
    for key in ("a", "b", "c", "d"):
        arrive(world, key)
        world.now += timedelta(seconds=1)
    take_in(world, "b")
    assert left(world) == []
    world.now += TAKEN_IN_WITHIN
    assert left(world) == ["a", "c", "d"]
    assert left(world, but=("a",), limit=1) == ["c"]
    with world.database.read() as db:
        assert count_left_behind(db, now=world.now) == 3
        assert left_behind(db, Provider.BOT, but=(), now=world.now, limit=9) == []


def test_what_fails_while_it_is_taken_in_stays_kept(world: World) -> None:
    arrive(world, "a")
    with pytest.raises(RuntimeError), world.database.write() as db:
        world.taking_in.said(db, LIN, "a", "在吗")
        raise RuntimeError
    world.now += LATER
    assert left(world) == ["a"]
    assert not take_in(world, "a").repeated


def test_two_processes_that_take_in_the_same_do_it_once(world: World) -> None:
    for number in range(12):
        key, start, done = f"k{number}", threading.Barrier(2), list[Taken]()
        arrive(world, key)

        def take(key: str = key, start: threading.Barrier = start, done: list[Taken] = done) -> None:
            start.wait()
            done.append(take_in(world, key, f"{key} 在吗"))

        threads = [threading.Thread(target=take) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(taken.repeated for taken in done) == [False, True]
        assert done[0].turn_id == done[1].turn_id
    assert asked(world) == [f"k{number} 在吗" for number in range(12)]
