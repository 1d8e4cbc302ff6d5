"""Tickets on a real database: filing, who may read them, and what staff and employees do with them."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from service.conversations import queries as conversations
from service.database import Database
from service.errors import (
    ChangedMeanwhile,
    NobodyElseConcerned,
    NotAllowed,
    ObjectionTooLate,
    SubjectNotAsked,
    TicketMoveNotAllowed,
    TicketNotFound,
    UrgedAlready,
)
from service.people.roles import Role
from service.people.tables import Employee
from service.people.viewer import Viewer
from service.tickets import operations, queries
from service.tickets.kinds import CaseKind
from service.tickets.queries import Filter
from service.tickets.tables import State, Step, SubjectConsent, Ticket
from tests.service.office import Office
from tests.service.world import BANK, CITY, OUTLET, PROVINCE, World


@pytest.fixture
def office(database: Database, home: Path) -> Office:
    return Office(World(database, home))


def test_numbers_begin_with_the_day_and_none_is_given_twice(office: Office) -> None:
    # Of 300 drawn among 10,000 some four are drawn again.
    chat = office.world.chat()
    numbers = [office.file(chat=chat) for _ in range(300)]
    assert len(set(numbers)) == 300
    assert all(re.fullmatch(r"GH261125-[0-9]{4}", number) for number in numbers)


def test_what_is_filed_is_kept_with_its_history_and_its_event(office: Office) -> None:
    number = office.file()
    ticket = office.ticket(number)
    assert (ticket.state, ticket.version, ticket.routed_to) == ("open", 1, CITY)
    assert office.steps(number) == [("filed", None)]
    (event,) = office.events(number)
    assert (event.kind, event.data["case"]) == ("ticket_filed", "suggestion")
    assert event.conversation_id == ticket.conversation_id


def test_a_confidential_case_leaves_no_trace_to_its_person_among_the_events(office: Office) -> None:
    number = office.file("harassment")
    (event,) = office.events(number)
    assert (event.conversation_id, event.organisation_path, event.turn_id) == (None, None, None)


def test_cases_go_to_the_nearest_union_with_a_reader_and_complaints_one_above(office: Office) -> None:
    assert office.ticket(office.file()).routed_to == CITY  # nobody has an account yet
    office.world.staff("省里", Role.OFFICER, org=PROVINCE)
    office.world.staff("总行", Role.MEDIATOR, Role.CONFIDANT, org=BANK)
    assert office.ticket(office.file()).routed_to == PROVINCE
    assert office.ticket(office.file("mediation")).routed_to == BANK
    assert office.ticket(office.file("complaint")).routed_to == BANK
    office.world.staff("市里", Role.OFFICER, Role.CONFIDANT, org=CITY)
    assert office.ticket(office.file()).routed_to == CITY
    assert office.ticket(office.file("complaint")).routed_to == BANK
    assert office.ticket(office.file(org=None)).routed_to == BANK


def test_only_readers_of_its_kind_where_it_was_routed_see_a_ticket(office: Office) -> None:
    world = office.world
    officer, supervisor = world.staff("经办"), world.staff("主管", Role.SUPERVISOR)
    confidant = world.staff("接待", Role.CONFIDANT, org=PROVINCE)
    mediator, elsewhere = world.staff("调解", Role.MEDIATOR), world.staff("外地", org=f"{PROVINCE}/芜湖分行")
    administrator = world.staff("管理", Role.ADMINISTRATOR, org=BANK)
    plain, complaint, mediation = office.file(), office.file("complaint"), office.file("mediation")
    everybody = (officer, supervisor, confidant, mediator, elsewhere, administrator)
    for number, readers in (
        (plain, (officer, supervisor)), (complaint, (confidant,)), (mediation, (mediator,))
    ):  # fmt: skip
        assert [viewer for viewer in everybody if office.sees(viewer, number)] == list(readers)
        assert [viewer for viewer in everybody if number in office.seen(viewer)] == list(readers)
    with pytest.raises(TicketNotFound):
        office.assign(complaint, officer)


def test_the_list_is_filtered_and_goes_on_behind_the_last_one(office: Office) -> None:
    officer = office.world.staff("经办")
    numbers: list[str] = []
    for minute in range(5):
        office.world.now += timedelta(minutes=minute)
        numbers.insert(0, office.file())
    assert office.seen(officer) == numbers
    assert office.seen(officer, Filter(limit=2)) == numbers[:2]
    assert office.seen(officer, Filter(limit=2, before=numbers[1])) == numbers[2:4]
    office.assign(numbers[0], officer)
    assert office.seen(officer, Filter(mine=True)) == [numbers[0]]
    assert office.seen(officer, Filter(states=[State.OPEN])) == numbers[1:]
    assert office.seen(officer, Filter(kind="hardship")) == []
    office.world.now += timedelta(days=3)
    assert office.seen(officer, Filter(overdue=True)) == numbers
    office.move(numbers[0], officer, State.WAITING)
    assert office.seen(officer, Filter(overdue=True)) == numbers[1:]


def test_giving_moving_and_answering_are_told_in_the_chat_without_the_kind(office: Office) -> None:
    officer = office.world.staff("王芳")
    number = office.file("hardship")
    office.assign(number, officer)
    office.move(number, officer, State.IN_PROGRESS)
    office.move(number, officer, State.WAITING, "请补一份收入证明，电话13911112222")
    with office.world.database.write() as db:
        office.desk.reply(db, number, text="材料收到了", client_id="1", viewer=officer, now=office.world.now)
    office.move(number, officer, State.RESOLVED, "批准了")
    told = office.told(number)
    assert all(number in message.text for message in told)
    assert all("困难帮扶" not in message.text for message in told)
    assert "合肥分行工会 王芳接手了" in told[0].text
    assert "13911112222" not in told[2].text
    assert [option["title"] for option in told[2].options] == ["补充", "看进度"]
    assert (told[3].sender, told[3].sender_name) == ("staff", "合肥分行工会 王芳")
    assert [option["title"] for option in told[4].options] == ["对结果有异议", "看进度"]
    assert [kind for kind, _ in office.steps(number)] == [
        "filed", "assigned", "moved", "moved", "replied", "moved"
    ]  # fmt: skip


def test_the_same_answer_sent_twice_is_one(office: Office) -> None:
    officer, number = office.world.staff("经办"), office.file()
    for _ in range(2):
        with office.world.database.write() as db:
            office.desk.reply(db, number, text="收到", client_id="1", viewer=officer, now=office.world.now)
    assert len(office.told(number)) == 1


def test_notes_are_for_staff_only(office: Office) -> None:
    officer, number = office.world.staff("经办"), office.file()
    with office.world.database.write() as db:
        office.desk.note(db, number, text="先问人事", viewer=officer, now=office.world.now)
    assert office.steps(number) == [("filed", None), ("noted", "先问人事")]
    assert office.steps(number, internal=False) == [("filed", None)]
    assert office.told(number) == []


def test_a_ticket_is_given_only_to_who_may_read_it(office: Office) -> None:
    officer, colleague = office.world.staff("经办"), office.world.staff("同事")
    stranger = office.world.staff("调解", Role.MEDIATOR)
    number = office.file()
    with pytest.raises(NotAllowed):
        office.assign(number, officer, to=stranger.staff_id)
    office.assign(number, officer, to=colleague.staff_id)
    assert office.ticket(number).assignee_id == colleague.staff_id
    with office.world.database.read() as db:
        found = queries.colleagues(db, office.ticket(number), office.kinds["suggestion"])
        assert {staff.display_name for staff in found} == {"经办", "同事"}


def test_a_change_of_what_somebody_else_has_changed_is_refused(office: Office) -> None:
    officer, colleague = office.world.staff("经办"), office.world.staff("同事")
    number = office.file()
    office.assign(number, officer, version=1)
    with pytest.raises(ChangedMeanwhile):
        office.assign(number, colleague, version=1)
    with pytest.raises(TicketMoveNotAllowed):
        office.move(number, officer, State.CLOSED)


def test_of_many_who_take_it_at_once_one_wins(office: Office) -> None:
    number = office.file()
    viewers = [office.world.staff(f"经办{place}") for place in range(8)]
    barrier = threading.Barrier(len(viewers))
    outcomes: list[str | None] = []

    def take(viewer: Viewer) -> None:
        barrier.wait()
        try:
            office.assign(number, viewer, version=1)
        except ChangedMeanwhile:
            outcomes.append(None)
        else:
            outcomes.append(viewer.staff_id)

    threads = [threading.Thread(target=take, args=(viewer,)) for viewer in viewers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [outcome for outcome in outcomes if outcome is not None]
    assert winners == [office.ticket(number).assignee_id]
    assert len(outcomes) == len(viewers)
    assert len(office.told(number)) == 1


def test_what_is_added_reaches_a_ticket_that_waited_for_it(office: Office) -> None:
    officer, number = office.world.staff("经办"), office.file()
    office.move(number, officer, State.IN_PROGRESS)
    office.move(number, officer, State.WAITING)
    now = office.world.now
    office.by_employee(
        number, lambda db, ticket, kind: operations.add(db, ticket, kind, text="补上了", now=now)
    )
    assert office.ticket(number).state == State.IN_PROGRESS
    assert office.steps(number)[-1] == ("added", "补上了")
    office.move(number, officer, State.RESOLVED)
    with pytest.raises(TicketMoveNotAllowed):
        office.by_employee(
            number, lambda db, ticket, kind: operations.add(db, ticket, kind, text="还有", now=now)
        )


def test_urging_marks_a_ticket_once_a_working_day(office: Office) -> None:
    number = office.file()

    def urge(db: Session, ticket: Ticket, kind: CaseKind) -> None:
        operations.urge(db, ticket, kind, hours=office.hours, now=office.world.now)

    office.by_employee(number, urge)
    assert office.ticket(number).urged_at == office.world.now
    with pytest.raises(UrgedAlready):
        office.by_employee(number, urge)
    office.world.now += timedelta(days=1)
    office.by_employee(number, urge)
    assert [kind for kind, _ in office.steps(number)] == ["filed", "urged", "urged"]


def test_what_was_taken_back_is_closed_for_good(office: Office) -> None:
    officer, number = office.world.staff("经办"), office.file()
    now = office.world.now
    office.by_employee(number, lambda db, ticket, kind: operations.withdraw(db, ticket, kind, now=now))
    assert office.ticket(number).state == State.CLOSED
    with pytest.raises(TicketMoveNotAllowed):
        office.move(number, officer, State.IN_PROGRESS)
    with pytest.raises(TicketMoveNotAllowed):
        office.by_employee(
            number,
            lambda db, ticket, kind: operations.object_to_result(
                db, ticket, kind, text="不服", due_at=now, now=now
            ),
        )


def test_an_objection_opens_a_ticket_again_with_a_new_time_to_answer(office: Office) -> None:
    officer, number = office.world.staff("经办"), office.file()
    office.move(number, officer, State.IN_PROGRESS)
    office.move(number, officer, State.RESOLVED, "不予办理")
    due = office.world.now + timedelta(days=5)

    def object_to_it(db: Session, ticket: Ticket, kind: CaseKind) -> None:
        operations.object_to_result(db, ticket, kind, text="理由不成立", due_at=due, now=office.world.now)

    office.world.now += timedelta(days=16)
    with pytest.raises(ObjectionTooLate):
        office.by_employee(number, object_to_it)
    office.world.now -= timedelta(days=2)
    office.by_employee(number, object_to_it)
    ticket = office.ticket(number)
    assert (ticket.state, ticket.priority, ticket.resolved_at) == ("in_progress", "high", None)
    assert ticket.due_at == due
    assert office.steps(number)[-1] == (Step.OBJECTED, "理由不成立")


def test_results_nobody_objects_to_are_closed_in_time(office: Office) -> None:
    officer, settled, fresh = office.world.staff("经办"), office.file(), office.file()
    for number in (settled, fresh):
        office.move(number, officer, State.IN_PROGRESS)
    office.move(settled, officer, State.RESOLVED)
    office.world.now += timedelta(days=10)
    office.move(fresh, officer, State.RESOLVED)
    office.world.now += timedelta(days=6)
    with office.world.database.write() as db:
        operations.close_settled(db, now=office.world.now)
    assert [office.ticket(number).state for number in (settled, fresh)] == ["closed", "resolved"]


def test_reading_a_sealed_contact_goes_on_record_once_an_hour(office: Office) -> None:
    officer = office.world.staff("经办")
    sealed = office.file(contact=office.world.sealer.seal("13911112222"))
    plain = office.file()

    def open_them() -> None:
        with office.world.database.write() as db:
            for number in (sealed, plain):
                office.desk.open(db, number, viewer=officer, now=office.world.now)

    open_them()
    open_them()
    office.world.now += timedelta(hours=2)
    open_them()
    read = [event for event in office.events(sealed) if event.kind == "ticket_contact_read"]
    assert [event.data["staff_id"] for event in read] == [officer.staff_id] * 2
    assert [event.kind for event in office.events(plain)] == ["ticket_filed"]


def test_a_person_sees_the_own_tickets_and_no_others(office: Office) -> None:
    world = office.world
    mine, other = world.chat(), world.chat()
    number = office.file(chat=mine)
    with world.database.write() as db:
        employee = Employee(display_name="李明", organisation_path=OUTLET, created_at=world.now)
        db.add(employee)
        db.flush()
        known = employee.id
    first, second = world.chat(), world.chat()
    with world.database.write() as db:
        for chat in (first, second):
            conversations.conversation(db, chat).employee_id = known
    at_first = office.file(chat=first, employee_id=known)
    with world.database.read() as db:
        of = {chat: conversations.conversation(db, chat) for chat in (mine, other, first, second)}
        assert [ticket.number for ticket in queries.own_tickets(db, of[mine])] == [number]
        assert queries.own_tickets(db, of[other]) == []
        assert [ticket.number for ticket in queries.own_tickets(db, of[second])] == [at_first]
        with pytest.raises(TicketNotFound):
            queries.own_ticket(db, of[mine], at_first)


def test_the_ticket_of_a_call_is_taken_with_its_conversation(office: Office) -> None:
    world, officer = office.world, office.world.staff("经办")
    chat_id = world.chat()
    with world.database.write() as db:
        chat = conversations.conversation(db, chat_id)
        number = world.call_backs.file(
            db, chat, routed_to=CITY, due_at=world.now + timedelta(days=1), turn_id=None
        )
        world.call_backs.taken(db, number, viewer=officer, now=world.now)
    ticket = office.ticket(number)
    assert (ticket.kind, ticket.state, ticket.assignee_id) == ("call_back", "assigned", officer.staff_id)
    assert [kind for kind, _ in office.steps(number)] == ["filed", "assigned"]


def test_whoever_may_read_a_ticket_can_open_the_conversation_it_came_from(office: Office) -> None:
    officer, number = office.world.staff("经办"), office.file()
    with office.world.database.write() as db:
        chat = office.desk.talk(db, number, viewer=officer, now=office.world.now)
    assert office.world.state(chat) == "staff"


def test_a_case_filed_for_a_colleague_goes_on_only_once_the_colleague_was_asked(office: Office) -> None:
    officer = office.world.staff("经办")
    number = office.file("condolence", subject_consent=SubjectConsent.OPEN)
    office.assign(number, officer)
    for target in (State.IN_PROGRESS, State.RESOLVED):
        with pytest.raises(SubjectNotAsked):
            office.move(number, officer, target)
    office.move(number, officer, State.WAITING)
    office.record_subject(number, officer, agrees=True)
    assert office.ticket(number).subject_consent == "confirmed"
    office.move(number, officer, State.IN_PROGRESS)
    assert office.events(number)[-2].data == {"ticket": number, "staff_id": officer.staff_id, "agrees": True}


def test_who_filed_it_does_not_learn_what_the_colleague_said(office: Office) -> None:
    officer = office.world.staff("经办")
    number = office.file("condolence", subject_consent=SubjectConsent.GIVEN)
    office.assign(number, officer)
    told = len(office.told(number))
    office.record_subject(number, officer, agrees=False)
    assert office.ticket(number).subject_consent == "refused"
    assert len(office.told(number)) == told
    assert ("declined", None) in office.steps(number)
    assert ("declined", None) not in office.steps(number, internal=False)


def test_in_an_own_case_there_is_nobody_else_to_ask(office: Office) -> None:
    officer = office.world.staff("经办")
    number = office.file()
    with pytest.raises(NobodyElseConcerned):
        office.record_subject(number, officer, agrees=True)
