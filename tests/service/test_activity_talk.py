"""What is said about activities and consultation hours, and what a person finds as the own cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from service.activities import operations, queries
from service.activities.booking import book
from service.activities.people import name_given
from service.activities.summary import own_cases
from service.activities.tables import SlotKind
from service.activities.wanting import NAME_FOR, Wanted, Wish
from service.database import Database
from service.knowledge.asked import Asked
from service.people.roles import Role
from tests.service.club import BADMINTON, HEFEI, HOUR, NOW, founded, hire, offer, put_up, talk, visit

TALK = talk()
LISTING = Asked(text="最近有什么活动", as_of=date(2026, 11, 25), intent="list_activities")
JOINING = replace(LISTING, text="报名", intent="join_activity")
BOOKING = replace(LISTING, text="预约法律咨询", intent="book_legal_consultation")


@pytest.fixture
def club(database: Database) -> Database:
    return founded(database)


def test_a_list_says_when_where_until_when_and_how_many_seats(club: Database) -> None:
    with club.write() as db:
        officer = hire(db, "officer", Role.OFFICER, HEFEI)
        activity = put_up(db, officer)
        for number in range(8):
            put_up(db, officer, title=f"讲座{number}", starts_at=NOW + 100 * HOUR, ends_at=NOW + 101 * HOUR)
        person = visit(db)
        reply = TALK.signing_up.list(db, LISTING, person, now=NOW)
        assert (
            "- **羽毛球友谊赛**：11月28日（周六）10:00至13:00，合肥分行体育馆。"
            "报名到后天（11月27日 周五）10:00，还有2个名额" in reply.text
        )
        assert "另外还有3个" in reply.text
        assert (reply.choices[0].title, reply.choices[0].payload) == (
            "报名：羽毛球友谊赛，11月28日（周六）",
            f'/join_activity{{"activity": "{activity}"}}',
        )
        assert len(reply.choices) == 6
        operations.join(db, activity, person, name="王芳", or_wait=False, now=NOW)
        again = TALK.signing_up.list(db, LISTING, person, now=NOW)
        assert "你已经报上了" in again.text
        assert not any("羽毛球" in choice.title for choice in again.choices)


def test_a_full_one_offers_to_wait_and_a_closed_one_says_until_when_it_was(club: Database) -> None:
    with club.write() as db:
        activity = put_up(db, hire(db, "officer", Role.OFFICER, HEFEI), capacity=1)
        first, second = visit(db), visit(db)
        operations.join(db, activity, first, name="王芳", or_wait=False, now=NOW)
        full = TALK.signing_up.join(db, JOINING, second, Wish(activity=activity), now=NOW)
        assert full.choices[0].payload == f'/join_activity{{"activity": "{activity}", "wait": "yes"}}'
        late = BADMINTON.register_until + HOUR
        closed = TALK.signing_up.join(db, JOINING, second, Wish(activity=activity), now=late)
        assert "今天10:00为止" in closed.text
        operations.call_off(
            db, activity, viewer=hire(db, "boss", Role.SUPERVISOR, HEFEI), words=TALK.words, now=NOW
        )
        gone = TALK.signing_up.join(db, JOINING, second, Wish(activity=activity), now=NOW)
        assert "不办了" in gone.text
        assert TALK.signing_up.join(db, JOINING, second, Wish(activity="0" * 32), now=NOW).choices == ()


def test_what_lacks_only_a_name_is_kept_until_there_is_one(club: Database) -> None:
    with club.write() as db:
        activity = put_up(db, hire(db, "officer", Role.OFFICER, HEFEI))
        slot = offer(db, hire(db, "lawyer", Role.ADVISER, HEFEI))
        person = visit(db)
        seat = TALK.signing_up.join(db, JOINING, person, Wish(activity=activity), now=NOW)
        hour = TALK.consulting.book(db, BOOKING, person, Wish(slot=slot), kind=SlotKind.LEGAL, now=NOW)
        assert (seat.text, hour.text) == ("", "")
        assert seat.slots == {NAME_FOR: f"join {activity}"}
        assert hour.slots == {NAME_FOR: f"legal {slot}"}
        assert queries.own_signups(db, person.participant, now=NOW) == []
        joined = TALK.signing_up.join(
            db, JOINING, person, Wanted.read(f"join {activity}").named("王芳"), now=NOW
        )
        assert "王芳" in joined.text
        assert name_given(db, person.participant) == "王芳"


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(activity="a"),
        Wanted(activity="a", wait=True),
        Wanted(slot="s", kind=SlotKind.LEGAL),
        Wanted(slot="s", kind=SlotKind.COUNSELLING),
    ],
)
def test_what_is_wanted_survives_being_kept(wanted: Wanted) -> None:
    assert Wanted.read(wanted.kept()) == wanted


@pytest.mark.parametrize("kept", ["", "join", "something a"])
def test_what_was_never_kept_is_refused(kept: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        Wanted.read(kept)


def test_times_are_offered_in_words_and_a_lost_one_brings_the_rest(club: Database) -> None:
    with club.write() as db:
        lawyer = hire(db, "lawyer", Role.ADVISER, HEFEI)
        slots = [offer(db, lawyer, hours=hours) for hours in (28, 30)]
        person, other = visit(db), visit(db)
        offered = TALK.consulting.book(db, BOOKING, person, Wish(), kind=SlotKind.LEGAL, now=NOW)
        assert [choice.title for choice in offered.choices] == [
            "明天（11月26日 周四）14:00，30分钟，法律顾问，5楼506室",
            "明天（11月26日 周四）16:00，30分钟，法律顾问，5楼506室",
        ]
        book(db, slots[0], other, name="李明", now=NOW)
        wish = Wish(slot=slots[0], name="王芳")
        lost = TALK.consulting.book(db, BOOKING, person, wish, kind=SlotKind.LEGAL, now=NOW)
        assert [choice.payload for choice in lost.choices] == [
            f'/book_legal_consultation{{"slot": "{slots[1]}"}}'
        ]
        assert "别人约走" in lost.text
        cancelling = replace(BOOKING, text="取消我的法律咨询预约")
        nothing = TALK.consulting.book(db, cancelling, person, Wish(), kind=SlotKind.LEGAL, now=NOW)
        assert "没有查到" in nothing.text
        own = TALK.consulting.book(db, cancelling, other, Wish(), kind=SlotKind.LEGAL, now=NOW)
        assert [choice.payload for choice in own.choices] == [f'/cancel_activity{{"slot": "{slots[0]}"}}']


def test_the_own_cases_are_sign_ups_and_bookings_with_what_can_be_done(club: Database) -> None:
    with club.write() as db:
        officer = hire(db, "officer", Role.OFFICER, HEFEI)
        joined = put_up(db, officer, title="读书会")
        waiting = put_up(db, officer, title="摄影课", capacity=1)
        off = put_up(db, officer, title="健步走")
        slot = offer(db, hire(db, "lawyer", Role.ADVISER, HEFEI))
        other, person = visit(db), visit(db)
        operations.join(db, waiting, other, name="李明", or_wait=False, now=NOW)
        for activity in (joined, waiting, off):
            operations.join(db, activity, person, name="王芳", or_wait=True, now=NOW)
        operations.call_off(db, off, viewer=officer, words=TALK.words, now=NOW)
        book(db, slot, person, name="王芳", now=NOW)
        cases = {
            case.title: case for case in own_cases(db, person.conversation_id, words=TALK.words, now=NOW)
        }
        assert set(cases) == {"读书会", "摄影课", "健步走", "法律咨询"}
        assert cases["读书会"].state_text.startswith("已报名，11月28日")
        assert cases["摄影课"].state_text.startswith("候补第1位")
        assert "取消了" in cases["健步走"].state_text
        assert cases["法律咨询"].state_text.startswith("已预约，明天")
        assert [choice.payload for choice in cases["法律咨询"].choices] == [
            f'/cancel_activity{{"slot": "{slot}"}}'
        ]
        assert cases["健步走"].choices == ()
        assert own_cases(db, visit(db).conversation_id, words=TALK.words, now=NOW) == []
