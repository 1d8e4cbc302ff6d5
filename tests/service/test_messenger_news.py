"""News and answers reach employees where they are: on the page, or in a messenger once they have left it."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from service.conversations import queries
from service.conversations.delivery import mark_delivered, pending_messages, undelivered
from service.conversations.messages import add_message, append_message
from service.conversations.operations import close_conversation, open_conversation
from service.conversations.replies import Reply
from service.conversations.tables import Conversation, Message, Outbox, OutboxState, Sender
from service.database import Database
from service.handover.operations import Call, request
from service.handover.tables import Reason
from service.messengers import operations
from service.messengers.following import back_to_page, follow_to_messenger
from service.messengers.operations import Writer
from service.messengers.tables import MessengerChat, Provider
from service.messengers.telling import where_to_tell
from service.people.identities import PORTAL, add_employee
from tests.service.world import PROVINCE, World

BOT, APP = Writer(Provider.BOT, "wangmin"), Writer(Provider.APP, "wangmin")
LEFT_FOR = timedelta(seconds=61)


class Person(World):
    """An employee of the world with a conversation on the page, who may write in messengers too."""

    def __post_init__(self) -> None:
        super().__post_init__()
        with self.database.write() as db:
            self.employee = add_employee(db, PORTAL, "wangmin", now=self.now).id
            page, _ = open_conversation(
                db, channel="widget", organisation=PROVINCE, opening=Reply("你好"), now=self.now,
                employee_id=self.employee,
            )  # fmt: skip
            self.page = page.id

    def writes_in(self, writer: Writer) -> str:
        """Have the employee write in a messenger; return the chat."""
        with self.database.write() as db:
            return operations.chat_of(db, writer, is_portal_subject=True, now=self.now).id

    def told_in(self) -> str:
        with self.database.write() as db:
            told = where_to_tell(db, conversation_id=None, employee_id=self.employee, now=self.now)
        assert told is not None
        return told

    def hears(self, text: str, sender: Sender = Sender.STAFF) -> str:
        """Say something to the employee on the page; return the message."""
        with self.database.write() as db:
            return add_message(db, self.page, sender=sender, reply=Reply(text), now=self.now).id

    def on_page(self) -> Conversation:
        with self.database.read() as db:
            return queries.conversation(db, self.page)

    def outbox(self, message_id: str) -> Outbox:
        with self.database.read() as db:
            return db.scalars(select(Outbox).where(Outbox.message_id == message_id)).one()

    def fetches(self, *message_ids: str) -> None:
        with self.database.write() as db:
            mark_delivered(db, message_ids, now=self.now)

    def follow(self) -> int:
        return follow_to_messenger(self.database, now=self.now)


@pytest.fixture
def person(database: Database, home: Path) -> Person:
    return Person(database, home)


def test_whoever_has_no_messenger_is_told_on_the_page_however_long_ago(person: Person) -> None:
    person.later(days=3)
    assert person.told_in() == person.page


def test_whoever_writes_on_the_page_is_told_there_and_ten_minutes_later_in_the_messenger(
    person: Person,
) -> None:
    chat = person.writes_in(BOT)
    person.write(person.page, "我的申请呢")
    person.later(minutes=9)
    person.hears("新消息不算是他写的")
    assert person.told_in() == person.page
    person.later(minutes=1)
    told = person.told_in()
    assert told != person.page
    with person.database.read() as db:
        begun = queries.conversation(db, told)
        assert (begun.chat_id, begun.channel, begun.employee_id) == (chat, "wecom_bot", person.employee)
    assert person.told_in() == told


def test_a_page_that_was_closed_is_not_told_while_there_is_a_messenger(person: Person) -> None:
    person.writes_in(BOT)
    with person.database.write() as db:
        close_conversation(db, queries.conversation(db, person.page), now=person.now)
    assert person.told_in() != person.page


def test_news_go_to_the_conversation_that_is_open_in_the_messenger(person: Person) -> None:
    person.writes_in(BOT)
    with person.database.write() as db:
        chat = db.scalars(select(MessengerChat)).one()
        open_there, _ = operations.conversation_in(db, chat, opening=None, now=person.now)
    person.later(minutes=30)
    person.write(person.page, "又在网页上看了看")
    person.later(minutes=30)
    assert person.told_in() == open_there.id


def test_whoever_left_the_app_or_was_never_written_to_by_the_bot_is_told_on_the_page(person: Person) -> None:
    person.writes_in(BOT)
    person.writes_in(APP)
    person.later(hours=1)
    with person.database.write() as db:
        operations.leave(db, APP, now=person.now)
        db.execute(update(MessengerChat).where(MessengerChat.provider == Provider.BOT).values(wrote_at=None))
    assert person.told_in() == person.page
    with person.database.write() as db:
        db.execute(update(MessengerChat).values(left_at=None, wrote_at=None))
    told = person.told_in()
    with person.database.read() as db:
        assert queries.conversation(db, told).channel == "wecom_app"


def test_of_two_messengers_the_one_written_in_last_is_told(person: Person) -> None:
    person.writes_in(APP)
    person.later(hours=1)
    person.writes_in(BOT)
    person.later(hours=1)
    told = person.told_in()
    with person.database.read() as db:
        assert queries.conversation(db, told).channel == "wecom_bot"


def test_an_answer_nobody_fetched_follows_to_the_messenger_and_so_do_later_ones(person: Person) -> None:
    chat = person.writes_in(BOT)
    first, second = person.hears("我是小李，看到了"), person.hears("正在接待你", Sender.SYSTEM)
    person.later(seconds=59)
    assert person.follow() == 0
    person.later(seconds=1)
    third = person.hears("你方便说一下经过吗")
    assert person.follow() == 1
    assert person.follow() == 0
    for message_id in (first, second, third, person.hears("在吗")):
        row = person.outbox(message_id)
        assert (row.chat_id, row.channel, row.state) == (chat, "wecom_bot", OutboxState.PENDING)
    assert person.on_page().chat_id == chat


def test_answers_of_the_bot_old_words_and_visitors_are_not_followed(person: Person) -> None:
    person.writes_in(BOT)
    visitor = person.chat()
    answered = person.hears("10天", Sender.BOT)
    old = person.hears("上周的话")
    with person.database.write() as db:
        add_message(db, visitor, sender=Sender.STAFF, reply=Reply("在"), now=person.now)
        db.execute(
            update(Outbox)
            .where(Outbox.message_id == old)
            .values(created_at=person.now - timedelta(days=1, seconds=1))
        )
    person.later(seconds=61)
    assert person.follow() == 0
    assert person.outbox(answered).chat_id is None


def test_what_the_page_fetched_in_time_is_not_sent_on(person: Person) -> None:
    person.writes_in(BOT)
    seen = person.hears("看到了")
    person.later(seconds=61)
    person.fetches(seen)
    fresh = person.hears("还在吗")
    assert person.follow() == 0
    assert person.outbox(fresh).chat_id is None


def test_what_the_page_fetches_before_sending_began_is_not_sent_any_more(person: Person) -> None:
    person.writes_in(BOT)
    message_id = person.hears("看到了")
    person.now += LEFT_FOR
    person.follow()
    with person.database.read() as db:
        assert undelivered(db, [person.page]) == [person.page]
        assert pending_messages(db, [message_id]) == [message_id]
    person.fetches(message_id)
    assert person.outbox(message_id).state == OutboxState.SENT


def test_what_is_being_sent_keeps_its_own_result_though_the_page_fetches_it(person: Person) -> None:
    person.writes_in(BOT)
    message_id = person.hears("看到了")
    person.now += LEFT_FOR
    person.follow()
    with person.database.write() as db:
        db.execute(update(Outbox).where(Outbox.message_id == message_id).values(sending_since=person.now))
    person.fetches(message_id)
    row = person.outbox(message_id)
    assert (row.state, row.sending_since, row.attempts) == (OutboxState.PENDING, person.now, 0)
    with person.database.read() as db:
        assert undelivered(db, [person.page]) == []


@pytest.mark.verify
def test_a_page_and_the_messenger_that_reach_for_it_at_once_never_both_have_it(person: Person) -> None:
    person.writes_in(BOT)
    for _ in range(10):
        message_id = person.hears("看到了")
        person.now += LEFT_FOR
        begin = threading.Barrier(2)

        def fetch(message_id: str = message_id, begin: threading.Barrier = begin) -> None:
            begin.wait()
            person.fetches(message_id)

        def follow(begin: threading.Barrier = begin) -> None:
            begin.wait()
            person.follow()

        threads = [threading.Thread(target=work) for work in (fetch, follow)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert person.outbox(message_id).state == OutboxState.SENT
        with person.database.write() as db:
            db.execute(update(Conversation).values(chat_id=None))


def test_whoever_writes_on_the_page_again_is_answered_there_again(person: Person) -> None:
    person.writes_in(BOT)
    moved = person.hears("看到了")
    begun = person.hears("在吗")
    person.now += LEFT_FOR
    person.follow()
    with person.database.write() as db:
        db.execute(update(Outbox).where(Outbox.message_id == begun).values(sending_since=person.now))
    with person.database.write() as db:
        back_to_page(db, queries.conversation(db, person.page), now=person.now)
    assert person.on_page().chat_id is None
    assert (person.outbox(moved).chat_id, person.outbox(moved).channel) == (None, "widget")
    assert person.outbox(begun).channel == "wecom_bot"
    assert person.outbox(person.hears("好")).chat_id is None


def test_a_conversation_begun_in_the_messenger_never_goes_to_a_page(person: Person) -> None:
    chat = person.writes_in(BOT)
    with person.database.write() as db:
        begun, _ = operations.conversation_in(
            db, db.get_one(MessengerChat, chat), opening=None, now=person.now
        )
        back_to_page(db, begun, now=person.now)
        assert begun.chat_id == chat


def test_an_employees_words_on_their_way_to_staff_are_no_concern_of_the_page(person: Person) -> None:
    chat = person.writes_in(BOT)
    with person.database.write() as db:
        own = append_message(
            db, person.page, sender=Sender.EMPLOYEE, reply=Reply("在吗"), turn_id=None, now=person.now
        )
        relay = Outbox(
            channel="wecom_app", conversation_id=person.page, message_id=own.id, chat_id=chat,
            state=OutboxState.PENDING, next_attempt_at=person.now, created_at=person.now,
        )  # fmt: skip
        db.add(relay)
    with person.database.read() as db:
        assert pending_messages(db, [own.id]) == []
        assert undelivered(db, [person.page]) == []
    person.fetches(own.id)
    said = person.hears("看到了")
    person.now += LEFT_FOR
    person.follow()
    assert person.outbox(own.id).state == OutboxState.PENDING
    assert person.outbox(own.id).channel == "wecom_app"
    assert person.outbox(said).channel == "wecom_bot"


def waits(person: Person) -> None:
    person.staff("李强")
    with person.database.write() as db:
        call = Call(Reason.ASKED, PROVINCE, "说明", urgent=False, beside=False)
        request(db, queries.conversation(db, person.page), call, now=person.now)


def test_whoever_waits_on_the_page_and_writes_in_the_messenger_gets_there_what_was_missed(
    person: Person,
) -> None:
    waits(person)
    missed = person.hears("我是小李")
    chat = person.writes_in(BOT)
    with person.database.write() as db:
        goes_on, new = operations.conversation_in(
            db, db.get_one(MessengerChat, chat), opening=None, now=person.now
        )
    assert (goes_on.id, new) == (person.page, False)
    assert person.outbox(missed).chat_id == chat


def test_a_wait_begun_in_one_messenger_goes_on_from_another_and_is_answered_where_it_began(
    person: Person,
) -> None:
    with person.database.write() as db:
        close_conversation(db, queries.conversation(db, person.page), now=person.now)
    person.staff("李强")
    bot, app = person.writes_in(BOT), person.writes_in(APP)
    with person.database.write() as db:
        in_bot, _ = operations.conversation_in(
            db, db.get_one(MessengerChat, bot), opening=None, now=person.now
        )
        operations.conversation_in(db, db.get_one(MessengerChat, app), opening=None, now=person.now)
        request(db, in_bot, Call(Reason.ASKED, PROVINCE, "说明", urgent=False, beside=False), now=person.now)
    with person.database.write() as db:
        goes_on, _ = operations.conversation_in(
            db, db.get_one(MessengerChat, app), opening=None, now=person.now
        )
        assert (goes_on.id, goes_on.chat_id) == (in_bot.id, bot)
    with person.database.read() as db:
        assert db.scalars(select(Message).where(Message.conversation_id == in_bot.id)).all() == []
