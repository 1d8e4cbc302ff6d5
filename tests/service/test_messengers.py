"""Taking in what people write on a messaging platform."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from service.attachments.keeping import Upload
from service.attachments.rules import SIZE_LIMIT
from service.attachments.tables import Attachment
from service.conversations import queries
from service.conversations.answering import answer_turn
from service.conversations.operations import open_conversation
from service.conversations.replies import Choice, Reply
from service.conversations.tables import Conversation, Message, Outbox, Sender, State
from service.database import Database
from service.handover.operations import Call, request
from service.handover.tables import Reason
from service.messengers import operations
from service.messengers.operations import Writer
from service.messengers.tables import MessengerChat, Provider
from service.messengers.taking_in import Taken
from service.people.identities import PORTAL, add_employee
from service.people.tables import Employee
from tests.service.office import Office as Tickets
from tests.service.papers import PDF, PNG
from tests.service.world import PROVINCE, World

WANG = Writer(Provider.BOT, "wangmin")
IN_GROUP = Writer(Provider.BOT, "wangmin", "group-1")


class Office(World):
    """The world with a way into it from a messenger."""

    def say(self, text: str, *, key: str | None = None, writer: Writer = WANG) -> Taken:
        with self.database.write() as db:
            return self.taking_in.said(db, writer, key or f"m:{next(self.numbers)}", text)

    def send(self, *uploads: Upload, text: str = "", key: str | None = None) -> Taken:
        with self.database.write() as db:
            return self.taking_in.sent_media(db, WANG, key or f"m:{next(self.numbers)}", uploads, text)

    def said_last(self, taken: Taken) -> Message:
        with self.database.read() as db:
            return queries.messages_after(db, taken.conversation_id or "", 0)[-1]

    def count(self, table: type) -> int:
        with self.database.read() as db:
            return db.scalars(select(func.count()).select_from(table)).one()


@pytest.fixture
def office(database: Database, home: Path, tmp_path: Path) -> Office:
    return Office(database, home, uploads=tmp_path / "uploads")


def test_the_first_message_makes_an_employee_with_a_conversation(office: Office) -> None:
    taken = office.say("年假几天")
    assert taken.answering
    with office.database.read() as db:
        conversation = queries.conversation(db, taken.conversation_id or "")
        assert (conversation.channel, conversation.state) == ("wecom_bot", State.BOT)
        assert conversation.employee_id is not None
        chat = db.get_one(MessengerChat, conversation.chat_id)
        assert (chat.userid, chat.employee_id) == ("wangmin", conversation.employee_id)


def test_a_delivery_that_comes_three_times_is_one_message(office: Office) -> None:
    first, second, third = (office.say("年假几天", key="m:1") for _ in range(3))
    assert [second.turn_id, third.turn_id] == [first.turn_id] * 2
    assert (first.repeated, second.repeated, third.repeated) == (False, True, True)
    assert office.count(Message) == 1


def test_after_a_day_of_silence_a_new_conversation_begins(office: Office) -> None:
    first = office.say("年假几天")
    assert office.say("病假呢").conversation_id == first.conversation_id
    office.now += timedelta(hours=25)
    second = office.say("在吗")
    assert second.conversation_id != first.conversation_id
    with office.database.read() as db:
        assert queries.conversation(db, first.conversation_id or "").state == State.CLOSED


def test_whoever_the_portal_knows_is_the_same_employee(office: Office) -> None:
    with office.database.write() as db:
        known = add_employee(db, PORTAL, "wangmin", now=office.now)
        known.organisation_path = PROVINCE
    taken = office.say("年假几天")
    with office.database.read() as db:
        conversation = queries.conversation(db, taken.conversation_id or "")
        assert (conversation.employee_id, conversation.organisation_path) == (known.id, PROVINCE)
    assert office.count(Employee) == 1


def test_who_waits_for_a_person_on_the_page_goes_on_here(office: Office) -> None:
    office.staff("李强")
    with office.database.write() as db:
        known = add_employee(db, PORTAL, "wangmin", now=office.now)
        chat, _ = open_conversation(
            db, channel="widget", organisation=PROVINCE, opening=None, now=office.now, employee_id=known.id
        )
        call = Call(Reason.ASKED, PROVINCE, "说明", urgent=False, beside=False)
        request(db, chat, call, now=office.now)
    taken = office.say("我换到手机上了")
    assert taken.conversation_id == chat.id
    assert not taken.answering
    with office.database.read() as db:
        assert queries.conversation(db, chat.id).chat_id is not None


def test_in_a_group_nobody_is_known(office: Office) -> None:
    taken = office.say("年假几天", writer=IN_GROUP)
    with office.database.read() as db:
        conversation = queries.conversation(db, taken.conversation_id or "")
        assert (conversation.channel, conversation.employee_id) == ("wecom_group", None)
    assert office.count(Employee) == 0
    assert office.say("病假几天").conversation_id != taken.conversation_id


def test_a_letter_chooses_what_was_offered_last_and_a_number_does_not(office: Office) -> None:
    taken = office.say("我要办事")
    offer = Reply(
        "办什么？", choices=(Choice("困难帮扶", "/apply_hardship"), Choice("慰问", "/apply_condolence"))
    )
    with office.database.write() as db:
        answer_turn(db, taken.turn_id or "", [offer], degraded=False, model_version=None, now=office.now)
    chosen, number = office.say(" b。"), office.say("2")
    with office.database.read() as db:
        turn = queries.turn(db, chosen.turn_id or "")
        assert turn is not None
        assert turn.payload == "/apply_condolence"
        turn = queries.turn(db, number.turn_id or "")
        assert turn is not None
        assert turn.payload == "2"


def test_opening_the_chat_is_greeted_once(office: Office) -> None:
    with office.database.write() as db:
        first = office.taking_in.entered(db, WANG, "e:1")
    with office.database.write() as db:
        second = office.taking_in.entered(db, WANG, "e:2")
    assert first.welcome is not None
    assert second.welcome is None
    with office.database.read() as db:
        (sent,) = db.scalars(select(Outbox)).all()
        assert (sent.message_id, sent.channel) == (first.welcome, "wecom_bot")
        assert sent.chat_id is not None


def test_what_is_too_long_is_refused_with_a_sentence(office: Office) -> None:
    taken = office.say("长" * 2001)
    assert taken.turn_id is None
    with office.database.read() as db:
        (said,) = db.scalars(select(Message)).all()
        assert said.sender == Sender.SYSTEM
        assert "2001" in said.text


def test_a_button_of_a_conversation_that_is_over_asks_for_words(office: Office) -> None:
    office.say("年假几天")
    with office.database.write() as db:
        taken = office.taking_in.pressed(db, WANG, "m:press", "no-such-option")
    assert taken.turn_id is None
    assert office.count(Conversation) == 1


def test_the_menu_is_understood_without_a_message_that_offered_it(office: Office) -> None:
    with office.database.write() as db:
        taken = office.taking_in.chose_from_menu(db, WANG, "e:menu", "progress")
        unknown = office.taking_in.chose_from_menu(db, WANG, "e:menu2", "nothing")
    assert unknown == Taken()
    with office.database.read() as db:
        turn = queries.turn(db, taken.turn_id or "")
        assert turn is not None
        assert turn.payload == "/check_ticket"


def test_who_left_the_app_has_left_until_writing_again(office: Office) -> None:
    office.say("年假几天")
    with office.database.write() as db:
        operations.leave(db, WANG, now=office.now)
    with office.database.read() as db:
        assert db.scalars(select(MessengerChat.left_at)).one() == office.now
    office.say("我又回来了")
    with office.database.read() as db:
        assert db.scalars(select(MessengerChat.left_at)).one() is None


PICTURE, PAPER = Upload("", PNG), Upload("缴费单.pdf", PDF)


def test_a_picture_is_taken_in_and_confirmed_without_the_dialogue(office: Office) -> None:
    taken = office.send(PICTURE, PAPER)
    assert not taken.answering
    with office.database.read() as db:
        own, told = queries.messages_of_turn(db, taken.turn_id or "")
        assert [item["name"] for item in own.attachments] == ["图片.png", "缴费单.pdf"]
        assert "收到1张图片和1个文件" in told.text
        sent = db.scalars(select(Outbox.message_id).where(Outbox.conversation_id == own.conversation_id))
        assert list(sent) == [told.id]


def test_a_picture_that_is_delivered_again_is_there_once(office: Office) -> None:
    first, second = (office.send(PICTURE, key="m:1") for _ in range(2))
    assert (second.repeated, second.turn_id) == (True, first.turn_id)
    assert (office.count(Attachment), len(list(office.uploads.glob("*/*")))) == (1, 1)


def test_the_words_beside_a_picture_are_for_the_dialogue(office: Office) -> None:
    taken = office.send(PICTURE, text="这张能报销吗")
    assert taken.answering
    with office.database.read() as db:
        own, told = queries.messages_of_turn(db, taken.turn_id or "")
        assert (own.text, len(own.attachments)) == ("这张能报销吗", 1)
        assert "收到1张图片" in told.text


@pytest.mark.parametrize(
    ("uploads", "why"),
    [
        ((PICTURE, Upload("a.exe", b"MZ")), "这种文件收不了"),
        ((Upload("大", PDF.ljust(SIZE_LIMIT + 1)),), "每个最多10MB"),
        ((PICTURE,) * 10, "一次最多发9个"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_is_sent(
    office: Office, uploads: tuple[Upload, ...], why: str
) -> None:
    taken = office.send(*uploads)
    assert why in office.said_last(taken).text
    assert (taken.turn_id, office.count(Message)) == (None, 1)
    with office.database.read() as db:
        assert not db.scalars(select(Attachment).where(Attachment.message_id.is_not(None))).all()


def test_a_letter_chooses_the_case_a_picture_is_for(office: Office) -> None:
    tickets = Tickets(office)
    taken = office.send(PICTURE)
    with office.database.read() as db:
        employee = queries.conversation(db, taken.conversation_id or "").employee_id
    tickets.file(chat=taken.conversation_id, employee_id=employee)
    number = tickets.file(chat=taken.conversation_id, employee_id=employee)
    asked = office.said_last(office.send(PICTURE))
    letter = "AB"[next(place for place, item in enumerate(asked.options) if number in item["title"])]
    assert f"收到2张图片，已放进工单**{number}**" in office.said_last(office.say(letter)).text


def test_a_conversation_is_removed_when_that_is_asked_for_and_meant(office: Office) -> None:
    asked = office.say("清除对话")
    assert asked.turn_id is None
    with office.database.write() as db:
        keep = office.taking_in.said(db, WANG, "m:keep", "B")
    assert keep.conversation_id == asked.conversation_id
    office.say("清除对话")
    with office.database.write() as db:
        done = office.taking_in.said(db, WANG, "m:yes", "A")
    assert done.conversation_id != asked.conversation_id
    with office.database.read() as db:
        (kept,) = db.scalars(select(Conversation)).all()
        assert kept.id == done.conversation_id
        (said,) = db.scalars(select(Message)).all()
        assert "删掉了" in said.text
    assert office.say("年假几天").conversation_id == done.conversation_id


def test_in_a_group_nobody_removes_anything(office: Office) -> None:
    assert office.say("清除对话", writer=IN_GROUP).answering
