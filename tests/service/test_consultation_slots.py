"""Consultation slots: one person each, and of counselling nobody else knows whose it is."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from sqlalchemy import select

from service.activities import queries
from service.activities.booking import book, cancel_slot, create_slot, release
from service.activities.people import Person
from service.activities.rules import SlotDraft, SlotState, state_of_slot
from service.activities.tables import ConsultationSlot, SlotKind
from service.database import Database
from service.errors import (
    AlreadyBooked,
    NotAllowed,
    NotBooked,
    SlotNotFound,
    SlotOverlaps,
    SlotTaken,
    SlotTimesWrong,
)
from service.insights.tables import EventLog
from service.people.roles import Role
from tests.service.club import ANHUI, HEFEI, HOUR, NOW, SHUSHAN, WUHU, founded, hire, news, offer, talk, visit

WORDS = talk().words
RACERS = 50


@pytest.fixture
def office(database: Database) -> Database:
    return founded(database)


def free(database: Database, kind: SlotKind, organisation: str | None = SHUSHAN) -> list[str]:
    with database.read() as db:
        return [slot.id for slot in queries.free_slots(db, kind, organisation, now=NOW, limit=6)]


def test_a_booked_time_is_offered_no_more_until_it_is_given_back(office: Database) -> None:
    with office.write() as db:
        lawyer = hire(db, "lawyer", Role.ADVISER, HEFEI)
        slots = [offer(db, lawyer, hours=hours) for hours in (24, 26)]
        person, other = visit(db), visit(db)
    assert free(office, SlotKind.LEGAL) == slots
    assert free(office, SlotKind.COUNSELLING) == []
    assert free(office, SlotKind.LEGAL, WUHU) == []
    with office.write() as db:
        booked = book(db, slots[0], person, name="王芳", now=NOW)
        assert (booked.name, booked.booked_by, booked.booked_at) == ("王芳", person.participant, NOW)
        assert state_of_slot(booked, NOW) is SlotState.BOOKED
    assert free(office, SlotKind.LEGAL) == slots[1:]
    with pytest.raises(SlotTaken), office.write() as db:
        book(db, slots[0], other, name="李明", now=NOW)
    with pytest.raises(AlreadyBooked), office.write() as db:
        book(db, slots[1], person, name="王芳", now=NOW)
    with pytest.raises(NotBooked), office.write() as db:
        release(db, slots[0], other, now=NOW)
    with office.write() as db:
        given_back = release(db, slots[0], person, now=NOW)
        assert (given_back.name, given_back.booked_by, given_back.conversation_id) == (None, None, None)
    assert free(office, SlotKind.LEGAL) == slots


def test_a_time_that_is_past_or_unknown_cannot_be_booked(office: Database) -> None:
    with office.write() as db:
        slot = offer(db, hire(db, "lawyer", Role.ADVISER, HEFEI))
        person = visit(db)
    with pytest.raises(SlotTaken), office.write() as db:
        book(db, slot, person, name="王芳", now=NOW + 24 * HOUR)
    with pytest.raises(SlotNotFound), office.write() as db:
        book(db, "0" * 32, person, name="王芳", now=NOW)


def test_a_time_taken_away_is_told_to_whoever_booked_it(office: Database) -> None:
    with office.write() as db:
        lawyer = hire(db, "lawyer", Role.ADVISER, HEFEI)
        slot, unbooked = offer(db, lawyer), offer(db, lawyer, hours=30)
        person = visit(db)
        book(db, slot, person, name="王芳", now=NOW)
    for _ in range(2):
        with office.write() as db:
            assert cancel_slot(db, slot, viewer=lawyer, words=WORDS, now=NOW).cancelled_at == NOW
            cancel_slot(db, unbooked, viewer=lawyer, words=WORDS, now=NOW)
    with office.read() as db:
        (told,) = news(db, person.conversation_id)
        assert "法律咨询" in told.text
        assert [option["payload"] for option in told.options] == ["/book_legal_consultation"]
        assert queries.own_bookings(db, person.participant, now=NOW) == []
    with office.write() as db:  # the same hour may be offered again
        again = offer(db, lawyer)
        assert again == slot
        assert queries.slot(db, again).name is None
    assert free(office, SlotKind.LEGAL) == [slot]


def test_an_adviser_offers_no_two_times_at_once_and_none_that_is_past(office: Database) -> None:
    with office.write() as db:
        lawyer = hire(db, "lawyer", Role.ADVISER, HEFEI)
        offer(db, lawyer)
        draft = SlotDraft(SlotKind.LEGAL, NOW + 24 * HOUR, 30, "506室", HEFEI, lawyer.staff_id)
    half = HOUR / 2
    for starts_at, minutes in ((NOW + 24 * HOUR, 30), (NOW + 24 * HOUR - half, 31), (NOW + 24.25 * HOUR, 10)):
        with pytest.raises(SlotOverlaps), office.write() as db:
            create_slot(db, replace(draft, starts_at=starts_at, minutes=minutes), viewer=lawyer, now=NOW)
    with office.write() as db:
        for starts_at in (NOW + 24 * HOUR - half, NOW + 24 * HOUR + half):
            create_slot(db, replace(draft, starts_at=starts_at), viewer=lawyer, now=NOW)
    with pytest.raises(SlotTimesWrong), office.write() as db:
        create_slot(db, replace(draft, starts_at=NOW), viewer=lawyer, now=NOW)


def test_each_kind_of_time_is_kept_by_its_own_role_where_it_is_held(office: Database) -> None:
    with office.write() as db:
        lawyer = hire(db, "lawyer", Role.ADVISER, HEFEI)
        counsellor = hire(db, "counsellor", Role.COUNSELLOR, ANHUI)
        supervisor = hire(db, "supervisor", Role.SUPERVISOR, ANHUI)
        elsewhere = hire(db, "wuhu", Role.ADVISER, WUHU)
        legal = offer(db, lawyer)
        counselling = offer(db, counsellor, kind=SlotKind.COUNSELLING)
    for viewer, kind in (
        (lawyer, SlotKind.COUNSELLING),
        (supervisor, SlotKind.LEGAL),
        (elsewhere, SlotKind.LEGAL),
    ):
        with pytest.raises(NotAllowed), office.write() as db:
            offer(db, viewer, kind=kind, hours=40)
    with pytest.raises(NotAllowed), office.write() as db:  # nobody's hour but an adviser's
        draft = SlotDraft(SlotKind.LEGAL, NOW + 50 * HOUR, 30, "506室", HEFEI, counsellor.staff_id)
        create_slot(db, draft, viewer=lawyer, now=NOW)
    with office.read() as db:
        assert [slot.id for slot in queries.kept_slots(db, viewer=lawyer)] == [legal]
        assert [slot.id for slot in queries.kept_slots(db, viewer=counsellor)] == [counselling]
        assert queries.kept_slots(db, viewer=supervisor) == []
        assert queries.kept_slots(db, viewer=elsewhere) == []
        with pytest.raises(SlotNotFound):
            queries.visible_slot(db, counselling, viewer=lawyer)
    with pytest.raises(SlotNotFound), office.write() as db:
        cancel_slot(db, legal, viewer=elsewhere, words=WORDS, now=NOW)


def test_who_booked_counselling_is_known_to_that_counsellor_alone(office: Database) -> None:
    with office.write() as db:
        counsellor = hire(db, "counsellor", Role.COUNSELLOR, HEFEI)
        colleague = hire(db, "colleague", Role.COUNSELLOR, ANHUI)
        lawyer, partner = hire(db, "lawyer", Role.ADVISER, HEFEI), hire(db, "partner", Role.ADVISER, ANHUI)
        counselling, legal = offer(db, counsellor, kind=SlotKind.COUNSELLING), offer(db, lawyer)
        person = visit(db, employee="李明")
        book(db, counselling, person, name="小雨", now=NOW)
        book(db, legal, person, name="李明", now=NOW)
        slot = queries.slot(db, counselling)
        assert queries.may_read_booking(slot, viewer=counsellor)
        assert not queries.may_read_booking(slot, viewer=colleague)
        assert queries.may_read_booking(queries.slot(db, legal), viewer=partner)
    with office.read() as db:
        events = list(db.scalars(select(EventLog).where(EventLog.kind == "slot_booked")))
        assert [event.conversation_id for event in events] == [None, person.conversation_id]


def test_of_many_at_once_one_books(office: Database) -> None:
    with office.write() as db:
        slot = offer(db, hire(db, "lawyer", Role.ADVISER, HEFEI))
        people = [visit(db) for _ in range(RACERS)]
    won: list[str] = []
    lost: list[str] = []
    ready = threading.Barrier(RACERS)

    def run(person: Person) -> None:
        ready.wait()
        try:
            with office.write() as db:
                book(db, slot, person, name="王芳", now=NOW)
            won.append(person.participant)
        except SlotTaken:
            lost.append(person.participant)

    threads = [threading.Thread(target=run, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, RACERS - 1)
    with office.read() as db:
        stored = db.scalars(select(ConsultationSlot)).one()
        assert (stored.booked_by, stored.version) == (won[0], 2)
