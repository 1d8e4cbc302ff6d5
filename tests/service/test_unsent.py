"""Messages that did not surely reach a messenger: listed, sent again by a person, or left alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from service.conversations.tables import Message, Outbox, OutboxState
from service.database import Database
from service.errors import ConversationNotFound, MessageNotFound, NotOwner
from service.insights.tables import EventLog
from service.messengers import sending, unsent
from service.messengers.sending import Delivered
from service.messengers.unsent import UNSENT, Delivery
from service.people.viewer import Viewer
from tests.service.test_messengers import Office
from tests.service.world import ASK, PROVINCE

FAILED, UNKNOWN, SENT, PENDING = (
    OutboxState.FAILED, OutboxState.UNKNOWN, OutboxState.SENT, OutboxState.PENDING,
)  # fmt: skip


class Desk(Office):
    """The office with an officer who answers somebody on the messenger."""

    def begin(self) -> tuple[str, Viewer]:
        """Return the conversation and who has it."""
        viewer = self.staff("李强", org=PROVINCE.partition("/")[0])
        taken = self.say("找工会的人")
        assert taken.conversation_id is not None
        self.answer(taken.turn_id or "", ASK)
        self.take(taken.conversation_id, viewer)
        return taken.conversation_id, viewer

    def answer_by(self, viewer: Viewer, conversation: str, text: str = "您好") -> Message:
        with self.database.write() as db:
            return self.desk.say(
                db, conversation, text=text, client_id=f"s{next(self.numbers)}", viewer=viewer, now=self.now
            )

    def row(self, message: Message) -> Outbox:
        with self.database.read() as db:
            return db.scalars(select(Outbox).where(Outbox.message_id == message.id)).one()

    def end(self, message: Message, state: OutboxState, error: str = "ConnectError") -> Outbox:
        """Let the sending of a message end in `state`."""
        row = self.row(message)
        with self.database.write() as db:
            if state is SENT:
                sending.sent(db, [row.id], remote_id="r", now=self.now)
            else:
                (sending.failed if state is FAILED else sending.unknown)(db, [row.id], error=error)
        return self.row(message)

    def listed(self, *states: OutboxState) -> list[str]:
        with self.database.read() as db:
            return [one.id for one in unsent.unsent(db, states=states or UNSENT, limit=50)]

    def events(self, kind: str) -> list[EventLog]:
        with self.database.read() as db:
            return list(db.scalars(select(EventLog).where(EventLog.kind == kind)))

    def again(self, message: Message, viewer: Viewer) -> None:
        with self.database.write() as db:
            unsent.answer_again(db, message.conversation_id, message.id, viewer=viewer, now=self.now)


@pytest.fixture
def office(database: Database, home: Path) -> Desk:
    return Desk(database, home)


def test_what_failed_and_what_nobody_knows_of_is_listed_with_whom_it_was_for(office: Desk) -> None:
    conversation, viewer = office.begin()
    lost, gone = (office.answer_by(viewer, conversation, text) for text in ("一", "二"))
    arrived, waits = (office.answer_by(viewer, conversation, text) for text in ("三", "四"))
    office.end(lost, UNKNOWN, "unacknowledged")
    office.later(minutes=1)
    office.end(gone, FAILED, "left_the_app")
    office.end(arrived, SENT)
    with office.database.read() as db:
        found = {one.id: one for one in unsent.unsent(db, states=UNSENT, limit=50)}
        assert unsent.count_unsent(db) == {FAILED: 1, UNKNOWN: 1}
        assert len(unsent.unsent(db, states=UNSENT, limit=1)) == 1
    assert set(found) == {office.row(lost).id, office.row(gone).id}
    one = found[office.row(lost).id]
    assert (one.provider, one.userid, one.conversation_id) == ("wecom_bot", "wangmin", conversation)
    assert (one.state, one.error, one.attempts) == (UNKNOWN, "unacknowledged", 1)
    assert office.listed(FAILED) == [office.row(gone).id]
    assert office.row(waits).state == PENDING


def test_a_send_that_a_person_repeats_is_due_as_if_it_were_new(office: Desk) -> None:
    conversation, viewer = office.begin()
    row = office.end(office.answer_by(viewer, conversation), UNKNOWN)
    office.later(minutes=5)
    with office.database.write() as db:
        assert unsent.send_again(db, row.id, now=office.now)
        assert not unsent.send_again(db, row.id, now=office.now), "it waits to be sent by now"
        assert not unsent.send_again(db, "no such row", now=office.now)
    with office.database.read() as db:
        after = db.get_one(Outbox, row.id)
        assert (after.state, after.attempts, after.last_error) == (PENDING, 0, None)
        assert after.next_attempt_at == office.now
    (event,) = office.events("message_resent")
    assert (event.conversation_id, event.data) == (conversation, {"staff_id": None})
    with office.database.write() as db:
        (batch,) = sending.claim_due(db, busy=(), limit=5, now=office.now)
    assert row.id not in batch.rows, "what was to be said before it in the chat goes first"


def test_what_is_left_alone_is_a_failure_that_is_listed_no_more(office: Desk) -> None:
    conversation, viewer = office.begin()
    message = office.answer_by(viewer, conversation)
    row = office.end(message, UNKNOWN)
    with office.database.write() as db:
        assert unsent.drop(db, row.id, now=office.now)
    assert office.listed() == []
    with office.database.read() as db:
        assert unsent.count_unsent(db) == {}
        assert unsent.deliveries(db, conversation)[message.id] == Delivery(FAILED, unsent.DROPPED)
    assert len(office.events("message_send_dropped")) == 1
    with office.database.write() as db:
        assert unsent.send_again(db, row.id, now=office.now), "a decision can be thought over"


def test_the_owner_sends_an_answer_again_and_twice_pressed_it_is_sent_once(office: Desk) -> None:
    conversation, viewer = office.begin()
    message = office.answer_by(viewer, conversation)
    office.end(message, FAILED)
    office.again(message, viewer)
    office.again(message, viewer)
    assert office.row(message).state == PENDING
    (event,) = office.events("message_resent")
    assert event.data == {"staff_id": viewer.staff_id}
    office.end(message, SENT)
    office.again(message, viewer)
    assert office.row(message).state == SENT


def test_of_many_who_press_at_once_one_sends(office: Desk) -> None:
    conversation, viewer = office.begin()
    message = office.answer_by(viewer, conversation)
    row = office.end(message, UNKNOWN)

    def press(_: int) -> bool:
        with office.database.write() as db:
            return unsent.send_again(db, row.id, now=office.now)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(press, range(6))) == [False] * 5 + [True]
    assert len(office.events("message_resent")) == 1


def test_nobody_else_and_nothing_else_is_sent_again(office: Desk) -> None:
    conversation, viewer = office.begin()
    message = office.answer_by(viewer, conversation)
    office.end(message, UNKNOWN)
    stranger = office.staff("王五", org="示例银行/浙江省分行")
    with pytest.raises(ConversationNotFound):
        office.again(message, stranger)
    with office.database.read() as db:
        query = select(Message).where(Message.conversation_id == conversation, Message.sender != "staff")
        others = list(db.scalars(query.order_by(Message.seq)))
    assert {other.sender for other in others} == {"employee", "bot", "system"}
    for other in others:
        with pytest.raises(MessageNotFound):
            office.again(other, viewer)
    with office.database.write() as db:
        office.desk.give_back(db, conversation, viewer=viewer, now=office.now)
    with pytest.raises(NotOwner):
        office.again(message, viewer)
    assert office.row(message).state == UNKNOWN


def test_an_answer_on_the_page_has_no_delivery_and_cannot_be_sent_again(office: Desk) -> None:
    viewer = office.staff("李强", org=PROVINCE.partition("/")[0])
    page = office.chat()
    office.turn(page, ASK)
    office.take(page, viewer)
    message = office.answer_by(viewer, page)
    with office.database.read() as db:
        assert unsent.deliveries(db, page) == {}
    with pytest.raises(MessageNotFound):
        office.again(message, viewer)


def test_deliveries_are_of_what_goes_to_the_employee(office: Desk) -> None:
    conversation, viewer = office.begin()
    message = office.answer_by(viewer, conversation)
    with office.database.write() as db:
        asked = db.scalars(
            select(Message).where(Message.conversation_id == conversation, Message.sender == "employee")
        ).first()
        assert asked is not None
        relayed = office.row(message)
        db.add(
            Outbox(
                channel="wecom_bot", conversation_id=conversation, message_id=asked.id,
                chat_id=relayed.chat_id, state=SENT, attempts=1, next_attempt_at=office.now,
                created_at=office.now,
            )
        )  # fmt: skip
    with office.database.read() as db:
        found = unsent.deliveries(db, conversation)
    assert found[message.id] == Delivery(PENDING, None)
    assert asked.id not in found


def test_who_watches_is_told_whenever_something_has_become_of_a_message(office: Desk) -> None:
    conversation, viewer = office.begin()
    told: list[object] = []
    office.database.subscribe(told.extend)
    message = office.answer_by(viewer, conversation)
    told.clear()
    office.end(message, SENT)
    assert told == [Delivered(conversation)]
    later = office.answer_by(viewer, conversation)
    with office.database.write() as db:
        sending.claim_due(db, busy=(), limit=5, now=office.now + timedelta(hours=1))
    told.clear()
    with office.database.write() as db:
        assert sending.left_half_done(db) > 0
    assert told == [Delivered(conversation)]
    assert office.row(later).state in (UNKNOWN, PENDING)
