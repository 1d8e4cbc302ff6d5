"""The life of a ticket, and its times."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import ObjectionTooLate, TicketMoveNotAllowed, UrgedAlready
from service.handover.calendar import load_calendar
from service.handover.hours import WorkingHours, parse_hours
from service.tickets import rules
from service.tickets.rules import ACTIVE, Actor
from service.tickets.tables import State

ZONE = ZoneInfo("Asia/Shanghai")
HOME = Path(__file__).resolve().parents[2]
OFFICE = WorkingHours(
    parse_hours("周一至周五 09:00-12:00、14:00-17:30"),
    load_calendar(HOME / "knowledge_base" / "calendar"),
    ZONE,
)
WEDNESDAY = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
MOMENTS = st.integers(0, 330 * 24 * 60).map(
    lambda past: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=past)
)


def local(moment: datetime) -> str:
    return moment.astimezone(ZONE).isoformat(timespec="minutes")[:16]


@given(
    st.lists(st.tuples(st.sampled_from(Actor), st.sampled_from(State)), max_size=30), st.sampled_from(State)
)
def test_a_ticket_only_ever_moves_as_its_life_allows(tries: list[tuple[Actor, State]], state: State) -> None:
    for actor, target in tries:
        before = state
        try:
            state = rules.move(state, target, actor=actor)
        except TicketMoveNotAllowed:
            assert not rules.may_move(before, target, actor=actor)
            assert state is before
        else:
            assert state is target
            assert target is not before


@given(st.sampled_from(State))
def test_staff_open_nothing_that_is_closed(state: State) -> None:
    assert not rules.may_move(State.CLOSED, state, actor=Actor.STAFF)


@given(st.sampled_from(sorted(ACTIVE)))
def test_whoever_filed_it_can_take_it_back_while_it_is_worked_on(state: State) -> None:
    assert rules.may_move(state, State.CLOSED, actor=Actor.EMPLOYEE)
    assert not rules.may_move(state, State.CLOSED, actor=Actor.STAFF)


def test_a_result_comes_before_the_end() -> None:
    assert [state for state in State if rules.may_move(state, State.CLOSED, actor=Actor.STAFF)] == [
        State.RESOLVED
    ]


def test_the_moves_that_are_offered_leave_giving_it_to_somebody_to_another_act() -> None:
    assert rules.moves(State.OPEN) == [State.IN_PROGRESS]
    assert rules.moves(State.CLOSED) == []
    assert all(State.ASSIGNED not in rules.moves(state) for state in State)


@pytest.mark.parametrize(
    ("filed", "days", "due"),
    [
        (WEDNESDAY, 0, "2026-11-25T17:30"),
        (WEDNESDAY + timedelta(hours=10), 0, "2026-11-26T17:30"),  # 20:00: nobody is there any more
        (datetime(2026, 11, 28, 4, tzinfo=UTC), 0, "2026-11-30T17:30"),  # Saturday
        (WEDNESDAY, 1, "2026-11-26T17:30"),
        (WEDNESDAY, 3, "2026-11-30T17:30"),
        (datetime(2026, 9, 30, 2, tzinfo=UTC), 1, "2026-10-08T17:30"),  # over the holidays
    ],
)
def test_an_answer_is_due_at_the_close_of_a_working_day(filed: datetime, days: int, due: str) -> None:
    assert local(rules.due_at(OFFICE, filed, days=days)) == due


@given(MOMENTS, st.integers(0, 10))
def test_an_answer_is_never_due_before_it_was_asked_for(filed: datetime, days: int) -> None:
    assert rules.due_at(OFFICE, filed, days=days) > filed


def test_nothing_is_overdue_while_it_waits_for_the_employee() -> None:
    late = WEDNESDAY - timedelta(days=1)
    assert rules.is_overdue(State.OPEN, late, now=WEDNESDAY)
    assert not rules.is_overdue(State.WAITING, late, now=WEDNESDAY)
    assert not rules.is_overdue(State.RESOLVED, late, now=WEDNESDAY)
    assert not rules.is_overdue(State.OPEN, None, now=WEDNESDAY)


def test_a_ticket_is_urged_once_a_working_day() -> None:
    rules.check_urge(State.OPEN, None, hours=OFFICE, now=WEDNESDAY)
    with pytest.raises(UrgedAlready):
        rules.check_urge(State.OPEN, WEDNESDAY, hours=OFFICE, now=WEDNESDAY + timedelta(hours=5))
    rules.check_urge(State.OPEN, WEDNESDAY, hours=OFFICE, now=WEDNESDAY + timedelta(days=1))
    friday = WEDNESDAY + timedelta(days=2)
    with pytest.raises(UrgedAlready):
        rules.check_urge(State.OPEN, friday, hours=OFFICE, now=friday + timedelta(days=1))
    with pytest.raises(TicketMoveNotAllowed):
        rules.check_urge(State.RESOLVED, None, hours=OFFICE, now=WEDNESDAY)


def test_a_result_can_be_objected_to_for_fifteen_days() -> None:
    rules.check_objection(State.RESOLVED, WEDNESDAY, now=WEDNESDAY + timedelta(days=15))
    rules.check_objection(State.CLOSED, WEDNESDAY, now=WEDNESDAY + timedelta(days=3))
    with pytest.raises(ObjectionTooLate):
        rules.check_objection(State.CLOSED, WEDNESDAY, now=WEDNESDAY + timedelta(days=15, seconds=1))
    with pytest.raises(TicketMoveNotAllowed):
        rules.check_objection(State.IN_PROGRESS, None, now=WEDNESDAY)
    with pytest.raises(TicketMoveNotAllowed):  # taken back: there was no result
        rules.check_objection(State.CLOSED, None, now=WEDNESDAY)


def test_a_year_ends_on_the_same_day_of_the_next() -> None:
    assert rules.years_after(date(2026, 3, 5), 1) == date(2027, 3, 5)
    assert rules.years_after(date(2028, 2, 29), 1) == date(2029, 2, 28)


def test_a_running_time_is_counted_from_the_earliest_day_that_was_said() -> None:
    today = date(2026, 11, 25)
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)
    assert rules.earliest_day([(monday, monday), (friday, friday)], today=today) == friday
    october = (date(2026, 10, 1), date(2026, 10, 31))
    assert rules.earliest_day([october], today=today) == date(2026, 10, 1)
    year, ahead, old = (
        (date(2026, 1, 1), date(2026, 12, 31)),
        (date(2026, 12, 1), date(2026, 12, 1)),
        (date(2024, 5, 1), date(2024, 5, 1)),
    )
    assert rules.earliest_day([year, ahead, old], today=today) is None
