"""Activities: who may keep them, who gets a seat, who waits, and who is told."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from service.activities import operations, queries
from service.activities.people import Person, person_of
from service.activities.rules import ActivityState, check_activity, state_of
from service.activities.tables import SignupState
from service.conversations.operations import close_conversation, delete_conversation, open_conversation
from service.conversations.queries import conversation
from service.conversations.replies import Reply
from service.database import Database
from service.errors import (
    ActivityClosed,
    ActivityFull,
    ActivityNotFound,
    ActivityTimesWrong,
    AlreadyJoined,
    CapacityTaken,
    ChangedMeanwhile,
    NotAllowed,
    NotJoined,
    OrganisationUnknown,
)
from service.insights.tables import EventLog
from service.people.roles import Role
from tests.service.club import (
    ANHUI,
    BADMINTON,
    BANK,
    HEFEI,
    HOUR,
    NOW,
    SHUSHAN,
    WUHU,
    founded,
    hire,
    news,
    put_up,
    talk,
    visit,
)

WORDS = talk().words
TICK = timedelta(milliseconds=1)
ticks = itertools.count()
"""Nobody signs up in the same instant, outside a race."""


@pytest.fixture
def club(database: Database) -> Database:
    return founded(database)


def join(database: Database, activity: str, person: Person, *, or_wait: bool = False) -> SignupState:
    with database.write() as db:
        return SignupState(
            operations.join(
                db, activity, person, name="王芳", or_wait=or_wait, now=NOW + next(ticks) * TICK
            ).state
        )


def leave(database: Database, activity: str, person: Person) -> None:
    with database.write() as db:
        operations.leave(db, activity, person, words=WORDS, now=NOW)


def taken(database: Database, activity: str) -> int:
    with database.read() as db:
        return queries.activity(db, activity).taken


def kinds(database: Database) -> list[str]:
    with database.read() as db:
        return list(db.scalars(select(EventLog.kind).order_by(EventLog.id)))


@pytest.mark.parametrize(
    ("after", "changes", "state"),
    [
        (0, {}, ActivityState.OPEN),
        (0, {"taken": 2}, ActivityState.FULL),
        (48, {}, ActivityState.CLOSED),
        (48, {"taken": 2}, ActivityState.CLOSED),
        (73, {}, ActivityState.CLOSED),
        (75, {}, ActivityState.OVER),
        (0, {"cancelled_at": NOW}, ActivityState.CANCELLED),
        (99, {"cancelled_at": NOW}, ActivityState.CANCELLED),
    ],
)
def test_an_activity_has_one_state_at_a_moment(
    after: int, changes: dict[str, object], state: ActivityState
) -> None:
    held = SimpleNamespace(
        **{
            "starts_at": BADMINTON.starts_at,
            "ends_at": BADMINTON.ends_at,
            "register_until": BADMINTON.register_until,
            "capacity": 2,
            "taken": 0,
            "cancelled_at": None,
        }
        | changes
    )
    assert state_of(held, NOW + after * HOUR) is state


@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(-50, 50))
def test_times_are_taken_exactly_when_they_are_in_order_and_ahead(start: int, end: int, until: int) -> None:
    draft = replace(
        BADMINTON, starts_at=NOW + start * HOUR, ends_at=NOW + end * HOUR, register_until=NOW + until * HOUR
    )
    if 0 < start < end and until <= start:
        check_activity(draft, now=NOW)
    else:
        with pytest.raises(ActivityTimesWrong):
            check_activity(draft, now=NOW)


def test_seats_go_in_order_and_then_one_may_wait(club: Database) -> None:
    with club.write() as db:
        activity = put_up(db, hire(db, "officer", Role.OFFICER, HEFEI))
        people = [visit(db) for _ in range(4)]
    assert [join(club, activity, person) for person in people[:2]] == [SignupState.JOINED] * 2
    with pytest.raises(ActivityFull):
        join(club, activity, people[2])
    assert join(club, activity, people[2], or_wait=True) is SignupState.WAITLISTED
    assert join(club, activity, people[3], or_wait=True) is SignupState.WAITLISTED
    with pytest.raises(AlreadyJoined):
        join(club, activity, people[2], or_wait=True)
    assert taken(club, activity) == 2
    with club.read() as db:
        last = queries.signup_of(db, activity, people[3].participant)
        assert last is not None
        assert queries.waiting_position(db, last) == 2
        assert queries.waiting_counts(db, [activity]) == {activity: 2}


def test_a_seat_given_back_goes_to_the_first_who_waits_and_that_person_is_told(club: Database) -> None:
    with club.write() as db:
        activity = put_up(db, hire(db, "officer", Role.OFFICER, HEFEI), capacity=1)
        first, second, third = (visit(db) for _ in range(3))
    join(club, activity, first)
    join(club, activity, second, or_wait=True)
    join(club, activity, third, or_wait=True)
    leave(club, activity, first)
    assert taken(club, activity) == 1
    with club.read() as db:
        told = news(db, second.conversation_id)
        assert len(told) == 1
        assert "羽毛球友谊赛" in told[0].text
        assert [option["payload"] for option in told[0].options] == [
            f'/cancel_activity{{"activity": "{activity}"}}'
        ]
        assert news(db, third.conversation_id) == []
    assert kinds(club)[-2:] == ["activity_left", "waiting_promoted"]
    with pytest.raises(NotJoined):
        leave(club, activity, first)
    assert join(club, activity, first, or_wait=True) is SignupState.WAITLISTED  # behind the third
    leave(club, activity, third)
    leave(club, activity, second)
    with club.read() as db:
        ((signup, _),) = queries.own_signups(db, first.participant, now=NOW)
        assert signup.state == SignupState.JOINED
        assert len(news(db, first.conversation_id)) == 1


def test_who_waits_and_leaves_frees_no_seat(club: Database) -> None:
    with club.write() as db:
        activity = put_up(db, hire(db, "officer", Role.OFFICER, HEFEI), capacity=1)
        first, second = visit(db), visit(db)
    join(club, activity, first)
    join(club, activity, second, or_wait=True)
    leave(club, activity, second)
    assert taken(club, activity) == 1


def test_an_employee_is_one_person_in_every_conversation_and_told_in_the_latest(club: Database) -> None:
    with club.write() as db:
        activity = put_up(db, hire(db, "officer", Role.OFFICER, HEFEI), capacity=1)
        other = visit(db)
        morning = visit(db, employee="李明")
        chat, _ = open_conversation(
            db,
            channel="web",
            organisation=SHUSHAN,
            opening=Reply("你好"),
            now=NOW + HOUR,
            employee_id=morning.employee_id,
        )
        evening = person_of(db, chat.id)
    assert (evening.participant, evening.name) == (morning.participant, "李明")
    join(club, activity, other)
    join(club, activity, morning, or_wait=True)
    with pytest.raises(AlreadyJoined):
        join(club, activity, evening, or_wait=True)
    leave(club, activity, other)
    with club.read() as db:
        assert len(news(db, evening.conversation_id)) == 1
        assert news(db, morning.conversation_id) == []
    with club.write() as db:
        close_conversation(db, conversation(db, evening.conversation_id), now=NOW)
        viewer = hire(db, "other", Role.SUPERVISOR, BANK)
        operations.call_off(db, activity, viewer=viewer, words=WORDS, now=NOW)
    with club.read() as db:  # the latest that is open
        assert len(news(db, morning.conversation_id)) == 1


def test_nobody_signs_up_after_the_end_of_registration_and_one_may_still_leave(club: Database) -> None:
    with club.write() as db:
        activity = put_up(db, hire(db, "officer", Role.OFFICER, HEFEI))
        person, late = visit(db), visit(db)
    join(club, activity, person)
    with pytest.raises(ActivityClosed), club.write() as db:
        operations.join(db, activity, late, name="王芳", or_wait=True, now=BADMINTON.register_until)
    with club.write() as db:
        operations.leave(db, activity, person, words=WORDS, now=BADMINTON.register_until)
    join(club, activity, person)
    with pytest.raises(ActivityClosed), club.write() as db:
        operations.leave(db, activity, person, words=WORDS, now=BADMINTON.starts_at)


def test_everyone_signed_up_is_told_of_another_place_and_of_the_end_of_it(club: Database) -> None:
    with club.write() as db:
        officer = hire(db, "officer", Role.OFFICER, HEFEI)
        activity = put_up(db, officer, capacity=1)
        first, second, gone = visit(db), visit(db), visit(db)
    join(club, activity, first)
    join(club, activity, second, or_wait=True)
    join(club, activity, gone, or_wait=True)
    with club.write() as db:
        delete_conversation(db, conversation(db, gone.conversation_id), now=NOW)
        draft = replace(BADMINTON, place="蜀山体育中心", capacity=1)
        changed = operations.change_activity(
            db, activity, draft, version=1, viewer=officer, words=WORDS, now=NOW
        )
        assert (changed.version, changed.place) == (2, "蜀山体育中心")
    with club.read() as db:
        assert all("蜀山体育中心" in news(db, p.conversation_id)[0].text for p in (first, second))
    with club.write() as db:
        operations.call_off(db, activity, viewer=officer, words=WORDS, now=NOW)
        operations.call_off(db, activity, viewer=officer, words=WORDS, now=NOW)
    with club.read() as db:
        assert [len(news(db, p.conversation_id)) for p in (first, second)] == [2, 2]
    assert kinds(club).count("activity_cancelled") == 1
    with pytest.raises(ActivityClosed):
        leave(club, activity, first)


def test_new_seats_go_to_those_who_wait_and_given_ones_stay(club: Database) -> None:
    with club.write() as db:
        officer = hire(db, "officer", Role.OFFICER, HEFEI)
        activity = put_up(db, officer, capacity=1)
        people = [visit(db) for _ in range(4)]
    for person in people:
        join(club, activity, person, or_wait=True)
    with club.write() as db:
        draft = replace(BADMINTON, capacity=3)
        changed = operations.change_activity(
            db, activity, draft, version=1, viewer=officer, words=WORDS, now=NOW
        )
        assert (changed.taken, changed.version) == (3, 2)
        assert [len(news(db, p.conversation_id)) for p in people] == [0, 1, 1, 0]
    with pytest.raises(CapacityTaken), club.write() as db:
        operations.change_activity(
            db, activity, replace(draft, capacity=2), version=2, viewer=officer, words=WORDS, now=NOW
        )
    with pytest.raises(ChangedMeanwhile), club.write() as db:
        operations.change_activity(db, activity, draft, version=1, viewer=officer, words=WORDS, now=NOW)


def test_staff_keep_the_activities_of_their_own_units_only(club: Database) -> None:
    with club.write() as db:
        officer = hire(db, "hefei", Role.OFFICER, HEFEI)
        above = hire(db, "anhui", Role.SUPERVISOR, ANHUI)
        aside = hire(db, "wuhu", Role.OFFICER, WUHU)
        adviser = hire(db, "lawyer", Role.ADVISER, HEFEI)
        activity = put_up(db, officer, organisation=SHUSHAN)
    for viewer in (aside, adviser):
        with pytest.raises(NotAllowed), club.write() as db:
            put_up(db, viewer)
        with club.read() as db:
            assert queries.kept_activities(db, viewer=viewer) == []
            for ask in (queries.visible_activity, queries.signups):
                with pytest.raises(ActivityNotFound):
                    ask(db, activity, viewer=viewer)
        with pytest.raises(ActivityNotFound), club.write() as db:
            operations.call_off(db, activity, viewer=viewer, words=WORDS, now=NOW)
    with club.read() as db:
        for viewer in (officer, above):
            assert [held.id for held in queries.kept_activities(db, viewer=viewer)] == [activity]
    with pytest.raises(NotAllowed), club.write() as db:
        put_up(db, officer, organisation=ANHUI)
    with pytest.raises(OrganisationUnknown), club.write() as db:
        put_up(db, officer, organisation="无此行")
    with pytest.raises(NotAllowed), club.write() as db:  # nor is it moved to where one has no say
        operations.change_activity(
            db,
            activity,
            replace(BADMINTON, organisation=WUHU),
            version=1,
            viewer=officer,
            words=WORDS,
            now=NOW,
        )


def test_one_sees_the_activities_of_the_own_unit_and_those_above(club: Database) -> None:
    with club.write() as db:
        boss = hire(db, "boss", Role.SUPERVISOR, BANK)
        for path in (SHUSHAN, HEFEI, WUHU, BANK):
            put_up(db, boss, organisation=path, title=path)
        over = put_up(db, boss, title="取消的")
        operations.call_off(db, over, viewer=boss, words=WORDS, now=NOW)
    with club.read() as db:
        seen = {held.title for held in queries.coming_activities(db, SHUSHAN, now=NOW)}
        assert seen == {SHUSHAN, HEFEI, BANK}
        assert {held.title for held in queries.coming_activities(db, None, now=NOW)} == {BANK}
        assert queries.coming_activities(db, SHUSHAN, now=BADMINTON.starts_at) == []


def test_the_database_itself_refuses_more_than_there_are_seats(club: Database) -> None:
    with club.write() as db:
        activity = put_up(db, hire(db, "officer", Role.OFFICER, HEFEI))
    with pytest.raises(IntegrityError, match=r"ck_activity_taken"), club.write() as db:
        queries.activity(db, activity).taken = 3
        db.flush()


def test_who_signed_up_in_the_same_instant_waits_in_one_order(club: Database) -> None:
    with club.write() as db:
        activity = put_up(db, hire(db, "officer", Role.OFFICER, HEFEI), capacity=1)
        people = [visit(db) for _ in range(5)]
    with club.write() as db:
        for person in people:
            operations.join(db, activity, person, name="王芳", or_wait=True, now=NOW)
    with club.read() as db:
        waiting = [queries.signup_of(db, activity, person.participant) for person in people[1:]]
        positions = sorted(queries.waiting_position(db, signup) for signup in waiting if signup is not None)
    assert positions == [1, 2, 3, 4]
