"""One person is one employee, whether the portal names them or they write in WeChat Work."""

from __future__ import annotations

import random
import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from service.activities import operations as activities
from service.activities.booking import book
from service.activities.people import Person, person_of
from service.activities.queries import activity, own_bookings, own_signups
from service.activities.tables import ConsultationSlot, Signup, SignupState
from service.conversations.queries import conversation
from service.conversations.tables import Conversation
from service.database import Base, Database
from service.insights.tables import EventLog
from service.messengers.linking import Linking
from service.messengers.operations import Writer, chat_of, conversation_in
from service.messengers.tables import MessengerChat, Provider
from service.people.identities import PORTAL, WECOM, add_employee, employee_of, member
from service.people.member_tokens import MemberIdentity
from service.people.portal import Identity, known_employee
from service.people.roles import Role
from service.people.tables import Employee, EmployeeIdentity
from service.tickets.tables import Ticket
from tests.service.club import HEFEI, HOUR, NOW, founded, hire, news, offer, put_up, talk, visit

WORDS = talk().words
LINKING = Linking(words=WORDS, is_portal_subject=False)
SAME_NAMES = Linking(words=WORDS, is_portal_subject=True)
WANG = Identity("100234", "王敏", HEFEI, "WangMin")


@pytest.fixture
def union(database: Database) -> Database:
    return founded(database)


def write_in_wecom(db: Session, userid: str = "WangMin", provider: Provider = Provider.BOT) -> Person:
    chat = chat_of(db, Writer(provider, userid), is_portal_subject=False, now=NOW)
    talking, _ = conversation_in(db, chat, opening=None, now=NOW)
    return person_of(db, talking.id)


def write_on_the_page(db: Session, identity: Identity = WANG) -> Person:
    employee = known_employee(db, identity, now=NOW)
    person = visit(db, HEFEI)
    conversation(db, person.conversation_id).employee_id = employee.id
    db.flush()
    return person_of(db, person.conversation_id)


def file_ticket(db: Session, person: Person, number: str) -> None:
    db.add(
        Ticket(
            number=number,
            kind="call_back",
            conversation_id=person.conversation_id,
            employee_id=person.employee_id,
            organisation_path=HEFEI,
            routed_to=HEFEI,
            state="open",
            priority="normal",
            description="…",
            created_at=NOW,
            changed_at=NOW,
        )
    )
    db.flush()


def rows(db: Session) -> dict[str, int]:
    """Return how many rows each table has; what happened is written down besides."""
    tables = (table for table in Base.metadata.sorted_tables if table.name != "event_log")
    return {table.name: db.scalars(select(func.count()).select_from(table)).one() for table in tables}


def login(union: Database, identity: Identity = WANG, linking: Linking = LINKING) -> str:
    with union.write() as db:
        return linking.employee(db, identity, now=NOW).id


def test_a_token_that_names_the_member_makes_the_two_one(union: Database) -> None:
    with union.write() as db:
        page, wecom = write_on_the_page(db), write_in_wecom(db)
        file_ticket(db, wecom, "BX-1")
        lawyer = hire(db, "lawyer", Role.ADVISER, HEFEI)
        book(db, offer(db, lawyer), wecom, name="王", now=NOW)
        activities.join(
            db, put_up(db, hire(db, "o", Role.OFFICER, HEFEI)), wecom, name="王", or_wait=False, now=NOW
        )
    assert page.employee_id != wecom.employee_id
    with union.read() as db:
        before = rows(db)
    assert login(union) == page.employee_id
    with union.read() as db:
        after = rows(db)
        assert {name: before[name] - count for name, count in after.items() if before[name] != count} == {
            "employee": 1
        }
        for owner in (
            Conversation.employee_id,
            Ticket.employee_id,
            Signup.employee_id,
            MessengerChat.employee_id,
            EmployeeIdentity.employee_id,
        ):
            assert set(db.scalars(select(owner))) == {page.employee_id}
        me = person_of(db, wecom.conversation_id)
        assert me.participant == page.participant
        assert len(own_signups(db, me.participant, now=NOW)) == 1
        assert len(own_bookings(db, me.participant, now=NOW)) == 1
        joined = db.scalars(select(EventLog).where(EventLog.kind == "employees_joined")).one()
        assert joined.data == {"conversations": 1, "tickets": 1, "signups": 1, "slots": 1}


def test_joining_happens_once(union: Database) -> None:
    with union.write() as db:
        write_on_the_page(db)
        write_in_wecom(db)
    assert login(union) == login(union)
    with union.read() as db:
        joined = select(func.count()).select_from(EventLog).where(EventLog.kind == "employees_joined")
        assert db.scalars(joined).one() == 1


def test_who_signed_up_twice_keeps_the_seat_and_the_other_goes_to_who_waits(union: Database) -> None:
    with union.write() as db:
        held = put_up(db, hire(db, "o", Role.OFFICER, HEFEI))
        page, wecom, third = write_on_the_page(db), write_in_wecom(db), visit(db, HEFEI)
        for hour, person in enumerate((page, wecom, third)):
            activities.join(db, held, person, name="某人", or_wait=True, now=NOW + hour * HOUR)
    with union.write() as db:
        LINKING.employee(db, WANG, now=NOW + 3 * HOUR)
    with union.read() as db:
        assert activity(db, held).taken == 2
        states = {item.participant[:2]: item.state for item in db.scalars(select(Signup))}
        assert states == {"e:": SignupState.JOINED, "r:": SignupState.CANCELLED, "c:": SignupState.JOINED}
        assert len(news(db, third.conversation_id)) == 1
        ((own, _),) = own_signups(db, page.participant, now=NOW)
        assert own.conversation_id == page.conversation_id


def test_a_seat_counts_more_than_a_wait(union: Database) -> None:
    with union.write() as db:
        held = put_up(db, hire(db, "o", Role.OFFICER, HEFEI), capacity=1)
        page, wecom = write_on_the_page(db), write_in_wecom(db)
        for person in (wecom, page):
            activities.join(db, held, person, name="王", or_wait=True, now=NOW)
    login(union)
    with union.read() as db:
        assert activity(db, held).taken == 1
        ((own, _),) = own_signups(db, page.participant, now=NOW)
        assert (own.state, own.conversation_id) == (SignupState.JOINED, wecom.conversation_id)


def test_what_has_begun_keeps_both_seats_and_shows_one(union: Database) -> None:
    with union.write() as db:
        held = put_up(db, hire(db, "o", Role.OFFICER, HEFEI))
        page, wecom = write_on_the_page(db), write_in_wecom(db)
        for person in (page, wecom):
            activities.join(db, held, person, name="王", or_wait=True, now=NOW)
    with union.write() as db:
        LINKING.employee(db, WANG, now=NOW + 73 * HOUR)
    with union.read() as db:
        assert activity(db, held).taken == 2
        assert len(own_signups(db, page.participant, now=NOW + 73 * HOUR)) == 1


def test_two_whom_the_portal_knows_stay_two_and_the_login_works(union: Database) -> None:
    with union.write() as db:
        other = known_employee(db, Identity("9", "李四", None), now=NOW)
        LINKING.employee(db, Identity("9", "李四", None, "WangMin"), now=NOW)
    with capture_logs() as logged:
        found = login(union)
    assert found != other.id
    assert [line["event"] for line in logged] == ["two_portal_identities_for_one_member"]
    assert "王敏" not in str(logged)
    with union.read() as db:
        assert db.scalars(select(func.count()).select_from(Employee)).one() == 2
        kept = employee_of(db, WECOM, "WangMin")
        assert kept is not None
        assert kept.id == other.id
        assert db.scalars(select(EventLog).where(EventLog.kind == "employees_joined")).all() == []


def test_the_letters_of_a_userid_have_no_case(union: Database) -> None:
    with union.write() as db:
        first = member(db, "WangMin", is_portal_subject=False, now=NOW)
        assert member(db, "wangmin", is_portal_subject=False, now=NOW).id == first.id
        wecom = write_in_wecom(db, "wangmin")
        assert wecom.employee_id == first.id


@pytest.mark.parametrize("portal_first", [True, False])
def test_where_both_call_people_by_one_name_they_are_one_without_a_claim(
    union: Database, portal_first: bool
) -> None:
    identity = Identity("wangmin", "王敏", HEFEI)
    if portal_first:
        on_the_page = login(union, identity, SAME_NAMES)
        with union.write() as db:
            writer = chat_of(db, Writer(Provider.APP, "wangmin"), is_portal_subject=True, now=NOW).employee_id
    else:
        with union.write() as db:
            writer = chat_of(db, Writer(Provider.APP, "wangmin"), is_portal_subject=True, now=NOW).employee_id
        on_the_page = login(union, identity, SAME_NAMES)
    assert writer == on_the_page
    with union.read() as db:
        assert db.scalars(select(Employee.display_name)).all() == ["王敏"]


def test_without_the_setting_the_same_name_means_nothing(union: Database) -> None:
    with union.write() as db:
        writer = write_in_wecom(db, "wangmin").employee_id
    assert login(union, Identity("wangmin", "王敏", HEFEI)) != writer


def test_who_logs_in_in_wecom_is_who_writes_there_and_is_named(union: Database) -> None:
    with union.write() as db:
        writer = write_in_wecom(db).employee_id
        found = LINKING.employee(db, MemberIdentity("WangMin", "王敏"), now=NOW)
        assert (found.id, found.display_name) == (writer, "王敏")
    login(union)
    with union.write() as db:
        again = LINKING.employee(db, MemberIdentity("WangMin", "敏敏"), now=NOW)
        assert again.display_name == "王敏"  # the portal has named her


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_lost_whatever_both_had(union: Database, seed: int) -> None:
    chance = random.Random(seed)
    with union.write() as db:
        officer = hire(db, "o", Role.OFFICER, HEFEI)
        lawyer = hire(db, "lawyer", Role.ADVISER, HEFEI)
        shows = [put_up(db, officer, capacity=chance.choice((1, 2, 3))) for _ in range(4)]
        page = [write_on_the_page(db) for _ in range(chance.randint(1, 3))]
        wecom = [write_in_wecom(db), write_in_wecom(db, provider=Provider.APP)]
        for number, person in enumerate((*page, *wecom)):
            for _ in range(chance.randint(0, 2)):
                file_ticket(db, person, f"BX-{number}-{_}")
        for show in shows:
            for person in (page[0], wecom[0], visit(db, HEFEI)):
                if chance.random() < 0.7:
                    activities.join(db, show, person, name="某人", or_wait=True, now=NOW)
                    if person is not wecom[0] and chance.random() < 0.3:
                        activities.leave(db, show, person, words=WORDS, now=NOW)
        if chance.random() < 0.5:
            book(db, offer(db, lawyer), wecom[0], name="王", now=NOW)
    with union.read() as db:
        before = rows(db)
    login(union)
    with union.read() as db:
        after = rows(db)
        told = {"message", "outbox"}  # whoever got a seat is told so
        assert {name for name in after if after[name] != before[name]} <= {"employee", *told}
        assert after["employee"] == before["employee"] - 1
        assert all(after[name] >= before[name] for name in told)
        for show in shows:
            seated = [
                item.participant
                for item in db.scalars(select(Signup).where(Signup.activity_id == show))
                if item.state == SignupState.JOINED
            ]
            assert len(seated) == len(set(seated)) == activity(db, show).taken
        gone = wecom[0].participant
        assert db.scalars(select(Signup).where(Signup.participant == gone)).all() == []
        assert db.scalars(select(ConsultationSlot).where(ConsultationSlot.booked_by == gone)).all() == []


def test_many_first_logins_at_once_make_one_employee(union: Database) -> None:
    with union.write() as db:
        write_in_wecom(db)
        add_employee(db, PORTAL, "100234", now=NOW)
    found: list[str] = []

    def run() -> None:
        for _ in range(5):
            try:
                found.append(login(union))
                return
            except IntegrityError:
                continue

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    with union.read() as db:
        assert db.scalars(select(func.count()).select_from(Employee)).one() == 1
        assert db.scalars(select(func.count()).select_from(EmployeeIdentity)).one() == 2
