"""Calling, taking, answering and giving back, on a real database with the shipped texts and units."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from service.conversations import queries, satisfaction
from service.conversations.replies import Reply
from service.conversations.tables import Conversation, Outbox, Turn
from service.conversations.why import Because
from service.database import Database
from service.errors import AlreadyClaimed, ConversationNotFound, NotOwner
from service.handover.board import board
from service.handover.operations import close_by_employee
from service.handover.queries import visible_conversation
from service.handover.tables import Handover, Reason
from service.insights.tables import EventLog
from service.people.roles import Role
from service.people.viewer import Viewer
from service.tickets.tables import Ticket
from tests.service.world import (
    ASK,
    BANK,
    CITY,
    DANGER,
    NIGHT,
    PROVINCE,
    REFUSAL,
    World,
)


@pytest.fixture
def world(database: Database, home: Path) -> World:
    return World(database, home)


def readable(world: World, chat_id: str, viewer: Viewer) -> bool:
    with world.database.read() as db:
        try:
            visible_conversation(db, chat_id, viewer=viewer)
        except ConversationNotFound:
            return False
        return True


def events(world: World, chat_id: str) -> list[str]:
    with world.database.read() as db:
        query = select(EventLog.kind).where(EventLog.conversation_id == chat_id).order_by(EventLog.id)
        return list(db.scalars(query))


def test_asked_for_in_working_hours_one_waits_in_order_and_is_told_the_place(world: World) -> None:
    world.staff("王敏")
    first, second = world.chat(), world.chat()
    (said,) = world.turn(first, ASK, "找人工")
    world.later(seconds=1)
    assert "合肥分行工会" in said.text
    assert "最前面" in said.text
    assert [option["title"] for option in said.options] == ["不等了，继续问助手"]
    (said,) = world.turn(second, ASK, "找人工")
    assert "第2位" in said.text
    assert world.state(first) == world.state(second) == "queued"
    with world.database.read() as db:
        standings = [
            world.handovers.situation(db, queries.conversation(db, chat)).standing for chat in (first, second)
        ]
        assert [item.position for item in standings if item] == [1, 2]


def test_whoever_takes_it_is_introduced_and_the_bot_is_silent_until_it_is_given_back(world: World) -> None:
    officer = world.staff("王敏")
    chat = world.chat()
    world.turn(chat, ASK, "找人工")
    world.take(chat, officer)
    assert world.texts(chat)[-1] == ("system", "合肥分行工会的王敏已接起，下面是真人回复。")
    written = world.write(chat, "加班费怎么算")
    assert written.turn.state == "human"
    assert world.answer(written.turn.id, Reply("机器人说话", decision="answer")) == []
    with world.database.write() as db:
        world.desk.say(db, chat, text="我来看", client_id="1", viewer=officer, now=world.now)
        world.desk.say(db, chat, text="我来看", client_id="1", viewer=officer, now=world.now)
    with world.database.write() as db:
        world.desk.give_back(db, chat, viewer=officer, now=world.now)
    assert world.state(chat) == "bot"
    world.turn(chat, Reply("又是机器人", decision="answer"))
    assert [text for sender, text in world.texts(chat) if sender in ("staff", "bot")][1:] == [
        "我来看",
        "又是机器人",
    ]
    assert [kind for kind in events(world, chat) if kind.startswith(("handover", "staff"))] == [
        "handover_requested",
        "handover_claimed",
        "staff_replied",
        "handover_ended",
    ]


def test_an_answer_on_its_way_when_a_person_takes_over_is_not_said(world: World) -> None:
    officer = world.staff("王敏")
    chat = world.chat()
    world.turn(chat, DANGER, "撑不下去了")  # beside the bot: the next turn is still the bot's
    waiting = world.write(chat, "年假几天")
    world.take(chat, officer)
    assert world.answer(waiting.turn.id, Reply("10天", decision="answer")) == []
    with world.database.read() as db:
        assert db.get_one(Turn, waiting.turn.id).state == "human"


def test_nobody_is_called_into_a_conversation_that_ended_while_the_bot_was_answering(world: World) -> None:
    world.staff("王敏")
    chat = world.chat()
    asked = world.write(chat, "找人工")
    with world.database.write() as db:
        close_by_employee(db, queries.conversation(db, chat), now=world.now)
    world.answer(asked.turn.id, ASK)
    assert world.handover(chat) is None
    assert world.state(chat) == "closed"


def test_of_two_officers_one_wins_and_the_other_is_told_who(world: World) -> None:
    first, second = world.staff("王敏"), world.staff("李智")
    chat = world.chat()
    world.turn(chat, ASK)
    world.take(chat, first)
    with pytest.raises(AlreadyClaimed) as refused:
        world.take(chat, second)
    assert refused.value.fields == {"name": "王敏"}
    with pytest.raises(NotOwner), world.database.write() as db:
        world.desk.say(db, chat, text="我也来", client_id="1", viewer=second, now=world.now)


def test_at_night_one_learns_when_and_gets_a_ticket_and_the_bot_goes_on(world: World) -> None:
    officer = world.staff("王敏")
    world.now = NIGHT
    chat = world.chat()
    (said,) = world.turn(chat, ASK, "找人工")
    with world.database.read() as db:
        ticket = db.scalars(select(Ticket)).one()
    assert ticket.number in said.text
    assert "明天（11月26日 周四）9:00" in said.text
    assert (ticket.conversation_id, ticket.routed_to, ticket.state) == (chat, CITY, "open")
    assert world.state(chat) == "bot"
    assert world.turn(chat, Reply("10天", decision="answer"))[0].text == "10天"
    (again,) = world.turn(chat, ASK, "找人工")
    assert ticket.number in again.text
    world.later(hours=10)
    world.take(chat, officer)
    with world.database.read() as db:
        assert db.scalars(select(Ticket)).one().assignee_id == officer.staff_id
        outbox = db.scalars(select(Outbox).where(Outbox.conversation_id == chat)).all()
    assert all(item.state == "pending" for item in outbox)
    assert world.texts(chat)[-1] == ("system", "合肥分行工会的王敏来回复你了。")


def test_asking_again_in_the_morning_joins_the_queue(world: World) -> None:
    world.staff("王敏")
    world.now = NIGHT
    chat = world.chat()
    world.turn(chat, ASK)
    world.later(hours=10)
    (said,) = world.turn(chat, ASK)
    assert "最前面" in said.text
    assert world.state(chat) == "queued"


def test_without_any_staff_the_reply_tells_how_to_reach_the_union(world: World) -> None:
    chat = world.chat()
    (said,) = world.turn(chat, ASK)
    assert said.text == ASK.text
    assert world.handover(chat) is None


def test_nobody_else_reads_what_was_not_handed_over_to_them(world: World) -> None:
    mine, other = world.staff("王敏"), world.staff("芜湖", org=f"{PROVINCE}/芜湖分行")
    above, boss = world.staff("省行", org=PROVINCE), world.staff("负责人", Role.SUPERVISOR)
    counsellor = world.staff("咨询师", Role.COUNSELLOR, Role.ADMINISTRATOR)
    chat = world.chat()
    world.turn(chat, Reply("10天", decision="answer"))
    everybody = (mine, other, above, boss, counsellor)
    assert not any(readable(world, chat, viewer) for viewer in everybody)
    world.turn(chat, ASK)
    assert [readable(world, chat, viewer) for viewer in everybody] == [True, False, True, True, False]
    world.take(chat, mine)
    assert [readable(world, chat, viewer) for viewer in everybody] == [True, False, False, True, False]
    with world.database.read() as db:
        assert [row.last_text for row in board(db, viewer=mine).mine] == ["在吗"]
        (seen,) = board(db, viewer=above).others
        assert (seen.holder, seen.last_text) == ("王敏", None)
        assert board(db, viewer=other).others == []


def test_without_going_through_ones_own_union_it_does_not_see_the_conversation(world: World) -> None:
    own, above = world.staff("王敏"), world.staff("省行", org=PROVINCE)
    chat = world.chat()
    world.turn(
        chat, Reply("x", intent="choose_other_level", decision="handover", handover=Reason.ASKED, above=True)
    )
    handover = world.handover(chat)
    assert handover is not None
    assert "不经过合肥分行工会" in handover.explanation
    assert [readable(world, chat, viewer) for viewer in (own, above)] == [False, True]


@pytest.mark.parametrize(
    ("org", "told"), [("示例银行/安徽省分行/合肥分行", "0551-0000-0000"), ("示例银行", "12351")]
)
def test_where_nobody_above_is_there_the_union_above_is_named_with_its_telephone(
    world: World, org: str, told: str
) -> None:
    world.staff("王敏", org=org)
    chat = world.chat(org)
    world.turn(
        chat, Reply("x", intent="choose_other_level", decision="handover", handover=Reason.ASKED, above=True)
    )
    assert world.handover(chat) is None
    assert told in world.texts(chat)[-1][1]


def test_whoever_stops_waiting_is_answered_by_the_bot_again_and_read_by_nobody(world: World) -> None:
    officer = world.staff("王敏")
    chat = world.chat()
    (said,) = world.turn(chat, ASK)
    world.write(chat, option=said.options[0]["id"])
    assert world.state(chat) == "bot"
    assert world.texts(chat)[-1][1].startswith("好，不等了")
    assert not readable(world, chat, officer)
    world.write(chat, option=said.options[0]["id"])
    assert "没有在排队" in world.texts(chat)[-1][1]


def test_nobody_at_hand_in_time_moves_the_call_up_in_working_minutes(world: World) -> None:
    own, above = world.staff("王敏"), world.staff("省行", org=PROVINCE)
    chat = world.chat()
    world.turn(chat, ASK)
    world.later(minutes=9)
    assert world.waiting.look_after(now=world.now) == 0
    world.later(minutes=1)
    assert world.waiting.look_after(now=world.now) == 1
    assert world.texts(chat)[-1] == ("system", "等得有点久，已转到上一级安徽省分行工会，你排第1位。")
    world.take(chat, above)
    assert not readable(world, chat, own)


def test_when_the_office_closes_the_bot_goes_on_and_an_answer_is_due_tomorrow(world: World) -> None:
    world.staff("王敏")
    world.now = NIGHT.replace(hour=9, minute=29)  # 17:29 in Shanghai
    chat = world.chat()
    world.turn(chat, ASK)
    world.later(minutes=1)
    assert world.waiting.look_after(now=world.now) == 1
    assert world.state(chat) == "bot"
    assert "明天（11月26日 周四）9:00以后回复你" in world.texts(chat)[-1][1]
    assert world.waiting.look_after(now=world.now) == 0


def test_a_call_whose_ticket_was_answered_meanwhile_is_over(world: World) -> None:
    officer = world.staff("王敏")
    world.now = NIGHT
    chat = world.chat()
    world.turn(chat, ASK)
    world.later(hours=10)
    assert world.waiting.look_after(now=world.now) == 0
    with world.database.write() as db:
        db.scalars(select(Ticket)).one().state = "resolved"
    assert world.waiting.look_after(now=world.now) == 1
    assert world.handover(chat) is None
    with world.database.read() as db:
        assert board(db, viewer=officer).waiting == []


def test_danger_is_seen_by_the_person_on_call_first_and_by_others_when_nobody_comes(world: World) -> None:
    officer, on_call = world.staff("王敏"), world.staff("值班", Role.ON_CALL, org=BANK)
    world.now = NIGHT
    chat = world.chat()
    (said,) = world.turn(chat, DANGER, "撑不下去了")
    assert said.text.splitlines()[-1].startswith("已经提醒工会值班的人")
    assert said.options == []
    assert world.state(chat) == "bot"
    assert [readable(world, chat, viewer) for viewer in (officer, on_call)] == [False, True]
    with world.database.read() as db:
        assert db.get_one(Conversation, chat).sensitive
        assert db.scalars(select(Ticket)).all() == []
    world.later(minutes=5)
    world.waiting.look_after(now=world.now)
    boss = world.staff("总行干事", org=BANK)
    assert readable(world, chat, boss)
    world.take(chat, on_call)
    assert world.state(chat) == "staff"


def test_danger_while_waiting_in_the_queue_shows_the_numbers_and_makes_it_urgent(world: World) -> None:
    officer = world.staff("王敏")
    chat = world.chat()
    world.turn(chat, ASK)
    world.write(chat, "我不想活了")
    sender, text = world.texts(chat)[-1]
    assert sender == "system"
    assert "tel:12356" in text
    assert "已经提醒工会在岗的人" in text
    handover = world.handover(chat)
    assert handover is not None
    assert (handover.urgent, handover.reason) == (True, "urgent")
    world.take(chat, officer)
    world.write(chat, "我还是不想活了")
    assert "正在和你说话的工会同事也看到了" in world.texts(chat)[-1][1]


@pytest.mark.parametrize(("at_night", "watch"), [(False, "在岗的人"), (True, "以后才有人看到")])
def test_without_anybody_on_call_the_truth_is_said_about_who_sees_it(
    world: World, at_night: bool, watch: str
) -> None:
    world.staff("王敏")
    if at_night:
        world.now = NIGHT
    (said,) = world.turn(world.chat(), DANGER)
    assert watch in said.text


def test_where_nobody_is_on_the_service_that_is_said(world: World) -> None:
    (said,) = world.turn(world.chat(), DANGER)
    assert "没有人实时值守" in said.text


def test_the_third_refusal_in_a_row_calls_a_person_unasked(world: World) -> None:
    world.staff("王敏")
    chat = world.chat()
    refusal = REFUSAL.because(Because.NOT_OURS)
    said = [world.turn(chat, refusal)[0] for _ in range(3)]
    assert [message.decision for message in said] == ["refuse", "refuse", "handover"]
    with world.database.read() as db:
        why = queries.why_of(db, said[-1].id)
    assert why is not None
    assert why.because == (Because.REFUSED_THRICE, Because.NOT_OURS)
    handover = world.handover(chat)
    assert handover is not None
    assert handover.reason == "low_confidence"


def test_at_night_nobody_is_called_unasked(world: World) -> None:
    world.staff("王敏")
    world.now = NIGHT
    chat = world.chat()
    for _ in range(4):
        world.turn(chat, REFUSAL)
    assert world.handover(chat) is None


def test_two_answers_rated_down_call_a_person(world: World) -> None:
    world.staff("王敏")
    chat = world.chat()
    answers = [world.turn(chat, Reply("10天", decision="answer"))[0] for _ in range(2)]
    for answer, state in zip(answers, ("bot", "queued"), strict=True):
        with world.database.write() as db:
            owner = queries.conversation(db, chat)
            satisfaction.give_feedback(
                db,
                owner,
                answer.id,
                rating="down",
                reason="wrong",
                comment=None,
                mask=world.mask,
                now=world.now,
            )
            world.handovers.after_feedback(db, owner)
        assert world.state(chat) == state
    assert world.texts(chat)[-1][1].startswith("看来我没帮上忙")


def test_an_employee_who_ends_the_conversation_ends_the_call(world: World) -> None:
    officer = world.staff("王敏")
    chat = world.chat()
    world.turn(chat, ASK)
    with world.database.write() as db:
        close_by_employee(db, queries.conversation(db, chat), now=world.now)
    assert world.handover(chat) is None
    with world.database.read() as db:
        assert board(db, viewer=officer).waiting == []
        assert db.scalars(select(Handover.ending)).one() == "closed"


def test_a_supervisor_gives_back_what_a_colleague_left_open_and_another_officer_cannot(world: World) -> None:
    officer, other, boss = world.staff("王敏"), world.staff("李智"), world.staff("负责人", Role.SUPERVISOR)
    chat = world.chat()
    world.turn(chat, ASK)
    world.take(chat, officer)
    with pytest.raises(ConversationNotFound), world.database.write() as db:
        world.desk.give_back(db, chat, viewer=other, now=world.now)
    with world.database.write() as db:
        world.desk.give_back(db, chat, viewer=boss, now=world.now)
    assert world.state(chat) == "bot"


def test_what_staff_write_is_masked_like_everything_else(world: World) -> None:
    officer = world.staff("王敏")
    chat = world.chat()
    world.turn(chat, ASK)
    world.take(chat, officer)
    with world.database.write() as db:
        message = world.desk.say(
            db, chat, text="我的手机13812345678", client_id="1", viewer=officer, now=world.now
        )
    assert message.text == "我的手机<mobile>"
    assert message.sender_name == "合肥分行工会 王敏"
