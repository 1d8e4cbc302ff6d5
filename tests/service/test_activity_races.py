"""Many at once want the seats of one activity: none is given twice, none is lost."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select

from service.activities import operations, queries
from service.activities.people import Person
from service.activities.tables import Activity, Signup, SignupState
from service.database import Database
from service.errors import ActivityFull
from service.insights.tables import EventLog
from service.people.roles import Role
from tests.service.club import HEFEI, NOW, founded, hire, news, put_up, talk, visit

WORDS = talk().words
RACERS = 60


@pytest.fixture
def club(database: Database) -> Database:
    return founded(database)


def join(database: Database, activity: str, person: Person, *, or_wait: bool = False) -> SignupState:
    with database.write() as db:
        signup = operations.join(db, activity, person, name="王芳", or_wait=or_wait, now=NOW)
        return SignupState(signup.state)


def leave(database: Database, activity: str, person: Person) -> None:
    with database.write() as db:
        operations.leave(db, activity, person, words=WORDS, now=NOW)


def taken(database: Database, activity: str) -> int:
    with database.read() as db:
        return queries.activity(db, activity).taken


def race(database: Database, activity: str, people: list[Person], *, or_wait: bool) -> list[object]:
    """Let everyone sign up at once; return what each of them got."""
    results: list[object] = []
    ready = threading.Barrier(len(people))

    def run(person: Person) -> None:
        ready.wait()
        try:
            results.append(join(database, activity, person, or_wait=or_wait))
        except ActivityFull:
            results.append(ActivityFull)

    threads = [threading.Thread(target=run, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.parametrize("or_wait", [False, True])
def test_of_many_at_once_exactly_as_many_get_a_seat_as_there_are(club: Database, or_wait: bool) -> None:
    with club.write() as db:
        activity = put_up(db, hire(db, "officer", Role.OFFICER, HEFEI), capacity=7)
        people = [visit(db) for _ in range(RACERS)]
    results = race(club, activity, people, or_wait=or_wait)
    assert results.count(SignupState.JOINED) == 7
    assert results.count(SignupState.WAITLISTED if or_wait else ActivityFull) == RACERS - 7
    assert taken(club, activity) == 7


def test_while_some_leave_and_others_come_no_seat_is_lost_or_given_twice(club: Database) -> None:
    with club.write() as db:
        activity = put_up(db, hire(db, "officer", Role.OFFICER, HEFEI), capacity=10)
        inside = [visit(db) for _ in range(10)]
        outside = [visit(db) for _ in range(20)]
    for person in inside:
        join(club, activity, person)
    ready = threading.Barrier(30)

    def come(person: Person) -> None:
        ready.wait()
        join(club, activity, person, or_wait=True)

    def go(person: Person) -> None:
        ready.wait()
        leave(club, activity, person)

    threads = [threading.Thread(target=come, args=(person,)) for person in outside]
    threads += [threading.Thread(target=go, args=(person,)) for person in inside]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with club.read() as db:
        states = dict(db.execute(select(Signup.state, func.count()).group_by(Signup.state)).all())
        assert states == {SignupState.JOINED: 10, SignupState.WAITLISTED: 10, SignupState.CANCELLED: 10}
        assert db.scalars(select(Activity.taken)).one() == 10
        promoted = db.scalars(
            select(func.count()).select_from(EventLog).where(EventLog.kind == "waiting_promoted")
        ).one()
        told = sum(len(news(db, person.conversation_id)) for person in outside)
        assert told == promoted
