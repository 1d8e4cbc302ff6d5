"""Union staff who are told who waits and answer from WeChat Work."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from service.conversations import delivery, queries
from service.conversations.operations import delete_conversation
from service.conversations.tables import Conversation, Message, Outbox, Sender, Turn
from service.database import Database
from service.errors import UseridTaken
from service.handover.operations import close_by_employee
from service.insights.tables import EventLog
from service.messengers import operations, staff_links
from service.messengers.operations import Writer
from service.messengers.staff_notices import StaffNotices
from service.messengers.tables import HandoverTold, MessengerChat, Provider, StaffTalk
from service.messengers.taking_in import Taken
from service.people.identities import WECOM, employee_of
from service.people.roles import Role
from service.people.staff import set_active
from service.people.staff_identities import staff_called, userid_of
from service.people.tables import RoleGrant, Staff
from service.people.viewer import Viewer
from tests.service.world import ASK, BANK, CITY, DANGER, NIGHT, OUTLET, PROVINCE, World

QUESTION = "我被要求自愿降薪，不签行不行"
LIQIANG = Writer(Provider.BOT, "LiQiang")
ZHAO = Writer(Provider.BOT, "ZhaoLei")


class Room(World):
    """The world, with staff who can be written to in WeChat Work."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.notices = StaffNotices(database=self.database, words=self.words)

    def linked(self, name: str, writer: Writer, *roles: Role, org: str = CITY) -> Viewer:
        """Add a member of staff who has written to the assistant once."""
        viewer = self.staff(name, *roles, org=org)
        with self.database.write() as db:
            staff_links.link(
                db, db.get_one(Staff, viewer.staff_id), writer.userid, words=self.words, now=self.now
            )
        self.enter(writer)
        return viewer

    def enter(self, writer: Writer) -> None:
        with self.database.write() as db:
            self.taking_in.entered(db, writer, f"e:{next(self.numbers)}")

    def say(self, writer: Writer, text: str, *, key: str | None = None) -> Taken:
        with self.database.write() as db:
            return self.taking_in.said(db, writer, key or f"m:{next(self.numbers)}", text)

    def press(self, writer: Writer, title: str) -> Taken:
        """Press the option `title` of the newest message that offers it."""
        option = next(
            option["id"]
            for message in reversed(self.own(writer))
            for option in message.options
            if option["title"] == title
        )
        return self.press_option(writer, option)

    def press_option(self, writer: Writer, option: str) -> Taken:
        with self.database.write() as db:
            return self.taking_in.pressed(db, writer, f"m:{next(self.numbers)}", option)

    def own(self, writer: Writer) -> list[Message]:
        """Return the messages of the conversations begun in the writer's own chat, in order."""
        with self.database.read() as db:
            query = (
                select(Message)
                .join(Conversation, Conversation.id == Message.conversation_id)
                .join(MessengerChat, MessengerChat.id == Conversation.chat_id)
                .where(
                    MessengerChat.userid == writer.userid,
                    MessengerChat.provider == writer.provider,
                    Conversation.channel == writer.provider,
                )
                .order_by(Conversation.created_at, Message.seq)
            )
            return list(db.scalars(query))

    def told(self, writer: Writer) -> str:
        """Return what the writer was told last."""
        return self.own(writer)[-1].text

    def relayed(self, writer: Writer) -> list[str]:
        """Return what employees wrote that goes to the writer's chat, in the order it goes out."""
        with self.database.read() as db:
            query = (
                select(Message.text)
                .join(Outbox, Outbox.message_id == Message.id)
                .join(MessengerChat, MessengerChat.id == Outbox.chat_id)
                .where(
                    Message.sender == Sender.EMPLOYEE,
                    MessengerChat.userid == writer.userid,
                    Outbox.channel == MessengerChat.provider,
                )
                .order_by(Outbox.created_at, Message.conversation_id, Message.seq)
            )
            return list(db.scalars(query))

    def tell(self) -> int:
        return self.notices.tell_who_waits(now=self.now)

    def call(self, *, org: str | None = OUTLET, text: str = QUESTION) -> str:
        """Return a conversation on the page in which somebody has asked for a person."""
        chat = self.chat(org)
        self.turn(chat, ASK, text)
        return chat

    def taken(self, writer: Writer = LIQIANG, *, org: str | None = OUTLET) -> str:
        """Return a conversation on the page that the writer has taken here."""
        chat = self.call(org=org)
        self.tell()
        self.later(seconds=1)
        self.press(writer, "接待")
        self.later(seconds=1)
        return chat

    def talking(self, viewer: Viewer) -> str | None:
        with self.database.read() as db:
            talk = db.get(StaffTalk, viewer.staff_id)
            return talk.conversation_id if talk is not None else None

    def turns(self, taken: Taken) -> Turn | None:
        with self.database.read() as db:
            return queries.turn(db, taken.turn_id or "")

    def events(self, conversation_id: str) -> list[str]:
        with self.database.read() as db:
            query = select(EventLog.kind).where(EventLog.conversation_id == conversation_id)
            return list(db.scalars(query.order_by(EventLog.id)))


@pytest.fixture
def room(database: Database, home: Path) -> Room:
    return Room(database, home)


def test_whoever_may_take_it_is_told_once_with_unit_reason_and_time_and_nothing_of_the_employee(
    room: Room,
) -> None:
    room.linked("李强", LIQIANG)
    room.linked("赵磊", ZHAO, org=f"{PROVINCE}/芜湖分行")
    room.call()
    room.later(minutes=3)
    assert room.tell() == 1
    (notice,) = room.own(LIQIANG)[1:]
    assert notice.sender == Sender.SYSTEM
    assert notice.text == "蜀山支行有同事在等工会的人，等了3分钟。\n原因：要求找人。"
    assert [option["title"] for option in notice.options] == ["接待", "看看还有谁在等"]
    assert len(room.own(ZHAO)) == 1
    assert room.tell() == 0
    with room.database.read() as db:
        (sent,) = db.scalars(select(Outbox).where(Outbox.message_id == notice.id)).all()
        assert (sent.channel, sent.state) == ("wecom_bot", "pending")
        assert sent.chat_id is not None


def test_nobody_is_told_who_has_no_link_no_account_or_has_left(room: Room) -> None:
    closed = room.linked("李强", LIQIANG)
    room.linked("赵磊", ZHAO)
    room.staff("王敏")
    with room.database.write() as db:
        set_active(db, db.get_one(Staff, closed.staff_id), active=False)
        operations.leave(db, ZHAO, now=room.now)
    room.call()
    assert room.tell() == 0
    room.enter(ZHAO)
    assert room.tell() == 1


def test_one_is_told_where_one_wrote_last(room: Room) -> None:
    room.linked("李强", LIQIANG)
    room.later(minutes=1)
    in_app = Writer(Provider.APP, LIQIANG.userid)
    room.enter(in_app)
    room.call()
    assert room.tell() == 1
    assert (len(room.own(LIQIANG)), len(room.own(in_app))) == (1, 2)


def test_of_danger_the_person_on_call_hears_first_and_again_when_it_moves_on(room: Room) -> None:
    room.linked("李强", LIQIANG, Role.ON_CALL)
    room.linked("赵磊", ZHAO)
    chat = room.chat()
    room.turn(chat, DANGER, "撑不下去了")
    assert room.tell() == 1
    assert room.told(LIQIANG).startswith("**急**")
    room.later(minutes=6)
    room.waiting.look_after(now=room.now)
    assert room.tell() == 2
    assert room.told(ZHAO).startswith("**急**")


def test_what_was_promised_for_the_morning_is_told_in_the_morning_and_danger_at_once(room: Room) -> None:
    room.linked("李强", LIQIANG)
    room.now = NIGHT
    room.call()
    assert room.tell() == 0
    room.turn(room.chat(), DANGER, "撑不下去了")
    assert room.tell() == 1
    room.later(hours=10)
    assert room.tell() == 1
    assert "等了10小时" in room.told(LIQIANG)


def test_whoever_waits_is_not_told_of_oneself_and_cannot_take_oneself(room: Room) -> None:
    room.linked("李强", LIQIANG, Role.OFFICER, Role.SUPERVISOR)
    chat = room.chat()
    with room.database.write() as db:
        employee = employee_of(db, WECOM, LIQIANG.userid)
        assert employee is not None
        db.get_one(Conversation, chat).employee_id = employee.id
    room.turn(chat, ASK)
    assert room.tell() == 0
    room.say(LIQIANG, "列表")
    assert "没有人在等" in room.told(LIQIANG)


def test_whoever_is_helped_by_a_colleague_in_that_chat_is_told_afterwards(room: Room) -> None:
    room.linked("李强", LIQIANG)
    helper = room.linked("赵磊", ZHAO, org=BANK)
    asked = room.say(LIQIANG, "找人工")
    room.answer(asked.turn_id or "", ASK)
    other = room.call()
    assert room.tell() == 2
    assert [message.text for message in room.own(LIQIANG) if "在等工会的人" in message.text] == []
    room.take(asked.conversation_id or "", helper)
    with room.database.write() as db:
        room.desk.finish(db, asked.conversation_id or "", viewer=helper, now=room.now)
    assert room.tell() == 1
    room.press(LIQIANG, "接待")
    assert room.state(other) == "staff"


def test_who_presses_gets_it_reads_what_was_written_and_is_told_what_happens_now(room: Room) -> None:
    officer = room.linked("李强", LIQIANG)
    chat = room.call()
    room.write(chat, "在吗")
    room.tell()
    taken = room.press(LIQIANG, "接待")
    assert (taken.turn_id, taken.answering) == (None, False)
    assert room.state(chat) == "staff"
    assert room.talking(officer) == chat
    assert room.relayed(LIQIANG) == [QUESTION, "在吗"]
    assert room.told(LIQIANG).startswith("现在你写的每一句都转给蜀山支行的同事。")
    assert [word in room.told(LIQIANG) for word in ("结束", "交回", "离开", "列表")] == [True] * 4
    assert room.texts(chat)[-1] == ("system", "合肥分行工会的李强已接起，下面是真人回复。")
    assert "handover_claimed" in room.events(chat)


def test_what_was_written_before_goes_out_before_what_is_said_about_it(room: Room) -> None:
    room.linked("李强", LIQIANG)
    room.taken()
    with room.database.read() as db:
        query = (
            select(Message.sender)
            .join(Outbox, Outbox.message_id == Message.id)
            .join(MessengerChat, MessengerChat.id == Outbox.chat_id)
            .order_by(Outbox.created_at, Message.conversation_id, Message.seq)
        )
        assert db.scalars(query).all()[-2:] == ["employee", "system"]


def test_text_goes_to_the_employee_once_masked_and_is_not_kept_elsewhere(room: Room) -> None:
    room.linked("李强", LIQIANG)
    chat = room.taken()
    before = len(room.own(LIQIANG))
    first = room.say(LIQIANG, "不用签，打13800138000找我", key="m:1")
    again = room.say(LIQIANG, "不用签，打13800138000找我", key="m:1")
    assert (first.turn_id, first.answering, again.repeated) == (None, False, True)
    assert [text for sender, text in room.texts(chat) if sender == "staff"] == ["不用签，打<mobile>找我"]
    assert len(room.own(LIQIANG)) == before
    assert room.events(chat).count("staff_replied") == 1
    with room.database.read() as db:
        (message,) = db.scalars(select(Message).where(Message.sender == Sender.STAFF)).all()
        assert message.sender_name == "合肥分行工会 李强"
        assert db.scalars(select(func.count()).select_from(Turn)).one() == 1


def test_the_employee_is_heard_here_wherever_they_write(room: Room) -> None:
    room.linked("李强", LIQIANG, org=BANK)
    employee = Writer(Provider.BOT, "wangmin")
    asked = room.say(employee, "找人工")
    room.answer(asked.turn_id or "", ASK)
    room.tell()
    room.press(LIQIANG, "接待")
    room.say(employee, "从企业微信写的")
    on_page = room.taken()
    room.write(on_page, "从网页写的")
    room.say(employee, "这一句他现在看不到")
    assert room.relayed(LIQIANG) == ["找人工", "从企业微信写的", QUESTION, "从网页写的"]


def test_reading_on_the_page_does_not_count_as_sending_it_to_staff(room: Room) -> None:
    room.linked("李强", LIQIANG)
    chat = room.taken()
    room.write(chat, "在吗")
    with room.database.write() as db:
        ids = list(db.scalars(select(Message.id).where(Message.conversation_id == chat)))
        delivery.mark_delivered(db, ids, now=room.now)
    with room.database.read() as db:
        assert delivery.undelivered(db, [chat]) == []
        assert delivery.pending_messages(db, ids) == []
        mine = db.scalars(
            select(Outbox.state).where(Outbox.channel == "wecom_bot", Outbox.message_id.in_(ids))
        )
        assert mine.all() == ["pending"] * 2


def test_nothing_an_employee_wrote_stands_in_the_conversation_of_a_member_of_staff(room: Room) -> None:
    room.linked("李强", LIQIANG)
    chat = room.taken()
    secrets = [QUESTION]
    for number in range(3):
        secrets.append(f"秘密{number}")
        room.write(chat, secrets[-1])
        room.say(LIQIANG, f"答句{number}")
    room.say(LIQIANG, "列表")
    room.say(LIQIANG, "离开")
    room.say(LIQIANG, "列表")
    room.press(LIQIANG, "回到第1个")
    room.say(LIQIANG, "结束")
    assert room.relayed(LIQIANG)
    kept = "\n".join(f"{message.text}{message.options}" for message in room.own(LIQIANG))
    assert [text for text in (*secrets, "答句") if text in kept] == []


def test_a_lone_word_acts_and_the_same_word_in_a_sentence_is_said(room: Room) -> None:
    officer = room.linked("李强", LIQIANG)
    first = room.taken()
    room.say(LIQIANG, "合同结束以后再说")
    assert room.state(first) == "staff"
    room.say(LIQIANG, " 结束 ")
    assert (room.state(first), room.talking(officer)) == ("closed", None)
    assert "结束了" in room.told(LIQIANG)
    second = room.taken()
    room.say(LIQIANG, "交回")
    assert (room.state(second), room.talking(officer)) == ("bot", None)
    third = room.taken()
    room.say(LIQIANG, "离开")
    assert (room.state(third), room.talking(officer)) == ("staff", None)
    assert [kind for kind in room.events(second) if kind.startswith("handover")] == [
        "handover_requested",
        "handover_claimed",
        "handover_ended",
    ]


def test_the_list_shows_what_one_has_and_who_waits_and_leads_to_both(room: Room) -> None:
    officer = room.linked("李强", LIQIANG)
    first = room.taken()
    second = room.call(org=CITY)
    room.later(minutes=2)
    room.say(LIQIANG, "列表")
    assert room.told(LIQIANG).splitlines() == [
        "你手上的：",
        "第1个：蜀山支行，你写的现在转给这位",
        "在等的：",
        "第2个：合肥分行，等了2分钟",
    ]
    room.press(LIQIANG, "接待第2个")
    assert room.talking(officer) == second
    room.write(first, "还在吗")
    room.later(seconds=1)
    room.say(LIQIANG, "列表")
    room.press(LIQIANG, "回到第1个")
    assert room.talking(officer) == first
    assert room.relayed(LIQIANG)[-1] == "还在吗"
    room.say(LIQIANG, "在")
    assert room.texts(first)[-1] == ("staff", "在")


def test_a_letter_chooses_from_a_list_until_the_employee_has_written(room: Room) -> None:
    officer = room.linked("李强", LIQIANG)
    first = room.taken()
    second = room.call()
    room.say(LIQIANG, "列表")
    room.later(seconds=1)
    room.write(first, "选A还是B")
    room.later(seconds=1)
    room.say(LIQIANG, "A")
    assert room.texts(first)[-1] == ("staff", "A")
    room.later(seconds=1)
    room.say(LIQIANG, "列表")
    room.say(LIQIANG, "A")
    assert room.talking(officer) == second


def test_a_notice_is_accepted_by_letter_too(room: Room) -> None:
    officer = room.linked("李强", LIQIANG)
    chat = room.call()
    room.tell()
    taken = room.say(LIQIANG, "a")
    assert taken.turn_id is None
    assert room.talking(officer) == chat


def test_pictures_the_menu_and_other_options_are_put_off_meanwhile(room: Room) -> None:
    room.linked("李强", LIQIANG)
    (greeting,) = room.own(LIQIANG)
    chat = room.taken()
    said = len(room.texts(chat))
    with room.database.write() as db:
        room.taking_in.unheard(db, LIQIANG, "m:picture", "video")
    assert "只转文字" in room.told(LIQIANG)
    with room.database.write() as db:
        taken = room.taking_in.chose_from_menu(db, LIQIANG, "e:menu", "service")
    assert taken.turn_id is None
    assert "先发“离开”" in room.told(LIQIANG)
    taken = room.press_option(LIQIANG, greeting.options[0]["id"])
    assert taken.turn_id is None
    assert len(room.texts(chat)) == said


def test_what_the_employee_ended_is_told_and_the_next_text_is_nobodys_question(room: Room) -> None:
    officer = room.linked("李强", LIQIANG)
    chat = room.taken()
    with room.database.write() as db:
        close_by_employee(db, queries.conversation(db, chat), now=room.now)
    assert room.notices.tell_what_is_over(now=room.now) == 1
    assert room.talking(officer) is None
    assert room.told(LIQIANG) == "这次对话已经结束，你写的不再转给职工。"
    assert room.notices.tell_what_is_over(now=room.now) == 0
    late = room.say(LIQIANG, "你的工资条我看过了")
    assert (late.turn_id, late.answering) == (None, False)
    assert "助手也没有看" in room.told(LIQIANG)
    question = room.say(LIQIANG, "年假几天")
    assert question.answering


def test_text_that_crosses_with_a_release_is_not_sent_and_not_answered(room: Room) -> None:
    officer = room.linked("李强", LIQIANG)
    chat = room.taken()
    with room.database.write() as db:
        room.desk.give_back(db, chat, viewer=officer, now=room.now)
    late = room.say(LIQIANG, "你的工资条我看过了")
    assert (late.turn_id, late.answering) == (None, False)
    assert room.told(LIQIANG).startswith("这个对话已经不在你手上")
    assert room.talking(officer) is None
    assert "你的工资条我看过了" not in [text for _, text in room.texts(chat)]
    assert room.say(LIQIANG, "年假几天").answering


def test_an_end_of_long_ago_holds_no_question_up(room: Room) -> None:
    room.linked("李强", LIQIANG)
    chat = room.taken()
    with room.database.write() as db:
        close_by_employee(db, queries.conversation(db, chat), now=room.now)
    room.notices.tell_what_is_over(now=room.now)
    room.later(minutes=11)
    assert room.say(LIQIANG, "年假几天").answering


def test_a_conversation_that_is_removed_says_so_to_who_answers_it(room: Room) -> None:
    officer = room.linked("李强", LIQIANG)
    chat = room.taken()
    with room.database.write() as db:
        conversation = queries.conversation(db, chat)
        room.relay.deleting(db, conversation, now=room.now)
        delete_conversation(db, conversation, now=room.now)
    assert room.talking(officer) is None
    assert "清除了这次对话" in room.told(LIQIANG)
    assert not room.say(LIQIANG, "你的工资条我看过了").answering


def test_a_closed_account_writes_to_nobody(room: Room) -> None:
    officer = room.linked("李强", LIQIANG)
    chat = room.taken()
    with room.database.write() as db:
        set_active(db, db.get_one(Staff, officer.staff_id), active=False)
    late = room.say(LIQIANG, "你的工资条我看过了")
    assert not late.answering
    assert room.texts(chat)[-1][0] == "system"
    assert room.say(LIQIANG, "年假几天").answering


def test_an_option_of_the_desk_is_no_use_without_the_right_now(room: Room) -> None:
    officer = room.linked("李强", LIQIANG)
    chat = room.call()
    room.tell()
    with room.database.write() as db:
        db.execute(
            update(RoleGrant).where(RoleGrant.staff_id == officer.staff_id).values(role=Role.ADVISER.value)
        )
    room.press(LIQIANG, "接待")
    assert "已经过期" in room.told(LIQIANG)
    assert room.state(chat) == "queued"
    with room.database.write() as db:
        staff_links.unlink(db, db.get_one(Staff, officer.staff_id), words=room.words, now=room.now)
    assert room.press(LIQIANG, "接待").turn_id is None
    assert room.state(chat) == "queued"


def test_an_option_offered_to_somebody_else_is_no_use(room: Room) -> None:
    room.linked("李强", LIQIANG)
    room.linked("赵磊", ZHAO, org=f"{PROVINCE}/芜湖分行")
    chat = room.call()
    room.tell()
    option = room.own(LIQIANG)[-1].options[0]["id"]
    assert room.press_option(ZHAO, option).turn_id is None
    assert room.state(chat) == "queued"


def test_a_call_that_is_over_is_gone_and_one_taken_in_the_console_is_gone_on_with(room: Room) -> None:
    officer = room.linked("李强", LIQIANG)
    chat = room.call()
    room.tell()
    room.take(chat, officer)
    room.press(LIQIANG, "接待")
    assert room.talking(officer) == chat
    room.say(LIQIANG, "结束")
    room.press(LIQIANG, "接待")
    assert "已经不在等了" in room.told(LIQIANG)


def test_staff_who_write_to_nobody_ask_the_assistant_as_everybody(room: Room) -> None:
    room.linked("李强", LIQIANG)
    assert room.say(LIQIANG, "年假几天").answering
    chat = room.taken()
    room.say(LIQIANG, "离开")
    asked = room.say(LIQIANG, "结束")
    assert asked.answering
    assert room.state(chat) == "staff"
    turn = room.turns(asked)
    assert turn is not None
    assert turn.payload == "结束"


def test_the_heading_has_the_unit_and_the_name_the_console_shows(room: Room) -> None:
    room.linked("李强", LIQIANG)
    chat = room.taken()
    with room.database.write() as db:
        message = db.scalars(select(Message).where(Message.text == QUESTION)).one()
        assert room.relay.relay_heading(db, message) == "【蜀山支行的同事】"
        employee = employee_of(db, WECOM, LIQIANG.userid)
        assert employee is not None
        employee.display_name = "王芳"
        db.get_one(Conversation, chat).employee_id = employee.id
        db.flush()
        assert room.relay.relay_heading(db, message) == "【蜀山支行 王芳】"


def test_one_name_is_one_account_and_an_account_has_one_name(room: Room) -> None:
    first, second = room.linked("李强", LIQIANG), room.staff("王敏")
    with room.database.write() as db:
        other = db.get_one(Staff, second.staff_id)
        with pytest.raises(UseridTaken) as refused:
            staff_links.link(db, other, "liqiang", words=room.words, now=room.now)
        assert refused.value.fields == {"userid": "LiQiang", "login": "李强"}
        assert staff_links.link(db, other, "WangMin", words=room.words, now=room.now) is None
        staff_links.link(db, other, "WangMin2", words=room.words, now=room.now)
        assert userid_of(db, second.staff_id) == "WangMin2"
        assert staff_called(db, "WangMin") is None
        staff_links.unlink(db, db.get_one(Staff, first.staff_id), words=room.words, now=room.now)
        staff_links.link(db, other, "LiQiang", words=room.words, now=room.now)


def test_who_is_unlinked_while_writing_is_told_and_the_next_text_goes_nowhere(room: Room) -> None:
    officer = room.linked("李强", LIQIANG)
    chat = room.taken()
    with room.database.write() as db:
        staff_links.unlink(db, db.get_one(Staff, officer.staff_id), words=room.words, now=room.now)
    assert room.talking(officer) is None
    assert not room.say(LIQIANG, "你的工资条我看过了").answering
    assert room.state(chat) == "staff"
    assert room.texts(chat)[-1][0] == "system"


def test_of_two_who_press_at_once_one_gets_it_and_the_other_reads_who(room: Room) -> None:
    writers = {LIQIANG: room.linked("李强", LIQIANG), ZHAO: room.linked("赵磊", ZHAO)}
    chat = room.call()
    room.tell()
    start = threading.Barrier(len(writers))

    def race(writer: Writer, option: str) -> None:
        start.wait()
        room.press_option(writer, option)

    threads = [
        threading.Thread(target=race, args=(writer, room.own(writer)[-1].options[0]["id"]))
        for writer in writers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with room.database.read() as db:
        holder = db.get_one(Conversation, chat).staff_id
        (talk,) = db.scalars(select(StaffTalk)).all()
        assert talk.staff_id == holder
        assert db.scalars(select(func.count()).select_from(HandoverTold)).one() == 2
    names = {LIQIANG: "李强", ZHAO: "赵磊"}
    (winner,) = [writer for writer, viewer in writers.items() if viewer.staff_id == holder]
    (loser,) = [writer for writer in writers if writer is not winner]
    assert room.told(winner).startswith("现在你写的每一句")
    assert room.told(loser) == f"这个会话已经由{names[winner]}接起。"
    assert [kind for kind in room.events(chat) if kind == "handover_claimed"] == ["handover_claimed"]
