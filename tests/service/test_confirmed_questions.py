"""What employees asked becomes memory only when a person says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from retrieval.encoder import load_encoder
from retrieval.index import Index, build_index
from service.conversations import operations as conversations
from service.conversations import queries
from service.conversations.replies import Cited, Reply, SourceVersion
from service.conversations.satisfaction import give_feedback
from service.conversations.tables import Conversation, Message
from service.database import Database
from service.errors import NotAllowed, QuestionNotFound, QuestionRefused, QuestionTaken, SourceNotFound
from service.insights.tables import EventLog
from service.knowledge.choices import to_choose
from service.knowledge.confirmed.collecting import LOOKS_BACK, collect
from service.knowledge.confirmed.operations import add, confirm, reject
from service.knowledge.confirmed.queries import confirmed_questions, visible_questions
from service.knowledge.confirmed.rules import chosen_source, stands_alone
from service.knowledge.confirmed.states import QuestionState
from service.knowledge.confirmed.tables import ConfirmedQuestion
from service.people.roles import Role
from service.people.viewer import Viewer
from tests.retrieval.material import ARTIFACTS, card, static_folder
from tests.service.world import BANK, CITY, OUTLET, PROVINCE, World

ANNUAL = card("leave-annual-days", "年休假有几天", title="年休假有几天")
OVERTIME = card("wages-overtime", "加班费怎么算", title="加班费怎么算", not_questions=("加班餐几点发",))
LOCAL = card("gifts-city", "过节发什么", title="合肥分行过节发什么", scope=CITY)
ASKED = "一年能歇多少日子"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("index")
    encoder = load_encoder(static_folder(folder / "encoder", dimensions=8))
    build_index([ANNUAL, OVERTIME, LOCAL], folder / "index", encoder)
    return Index.open(folder / "index", encoder=encoder, artifacts=ARTIFACTS)


@dataclass
class Union(World):
    """A union at work that also looks for questions to remember."""

    def collect(self, index: Index) -> int:
        with self.database.write() as db:
            return collect(db, index=index, root=BANK, today=self.clock.today(), now=self.now)

    def questions(
        self, viewer: Viewer, state: QuestionState = QuestionState.CANDIDATE
    ) -> list[ConfirmedQuestion]:
        with self.database.read() as db:
            return list(visible_questions(db, viewer=viewer, state=state))

    def choose(self, chat_id: str, text: str = ASKED, source: str = "leave-annual-days") -> Message:
        """Have the employee ask, be offered cards and choose one; return the answer."""
        offered = [to_choose(one.id, one.title) for one in (ANNUAL, OVERTIME, LOCAL)]
        asked = self.turn(chat_id, Reply("哪一个？", decision="clarify", choices=tuple(offered)), text)[0]
        option = next(item["id"] for item in asked.options if chosen_source(item["payload"]) == source)
        turn = self.write(chat_id, option=option).turn
        return self.answer(turn.id, answer(source))[0]

    def delete(self, chat_id: str) -> None:
        with self.database.write() as db:
            conversations.delete_conversation(db, queries.conversation(db, chat_id), now=self.now)

    def rate(self, message: Message, rating: str) -> None:
        with self.database.write() as db:
            chat = queries.conversation(db, message.conversation_id)
            give_feedback(
                db, chat, message.id, rating=rating, reason=None, comment=None, mask=self.mask, now=self.now
            )


def answer(source: str) -> Reply:
    return Reply(
        "10天。",
        intent="ask_leave",
        decision="answer",
        confidence=0.9,
        citations=(Cited(source_id=source, title=source),),
        sources=(SourceVersion(source, "v1", "card"),),
    )


@pytest.fixture
def union(database: Database, home: Path) -> Union:
    return Union(database, home)


@pytest.fixture
def head(union: Union) -> Viewer:
    return union.staff("head", Role.SUPERVISOR, org=BANK)


# Finding candidates


def test_a_card_chosen_after_a_question_makes_a_candidate(union: Union, head: Viewer, index: Index) -> None:
    union.choose(union.chat())
    assert union.collect(index) == 1
    (found,) = union.questions(head)
    assert (found.text, found.source_id, found.organisation_path) == (ASKED, "leave-annual-days", BANK)
    assert (found.chosen, found.liked, found.decided_at) == (1, 0, None)
    with union.database.read() as db:
        assert confirmed_questions(db) == []


def test_an_answer_rated_up_makes_a_candidate(union: Union, head: Viewer, index: Index) -> None:
    chat = union.chat()
    (said,) = union.turn(chat, answer("leave-annual-days"), ASKED)
    assert union.collect(index) == 0
    union.rate(said, "up")
    assert union.collect(index) == 1
    assert [(one.text, one.chosen, one.liked) for one in union.questions(head)] == [(ASKED, 0, 1)]


def test_an_answer_to_a_choice_rated_up_speaks_for_the_question_before_it(
    union: Union, head: Viewer, index: Index
) -> None:
    union.rate(union.choose(union.chat()), "up")
    union.collect(index)
    assert [(one.text, one.chosen, one.liked) for one in union.questions(head)] == [(ASKED, 1, 1)]


def test_what_differs_only_in_spelling_is_one_question_counted_by_conversation(
    union: Union, head: Viewer, index: Index
) -> None:
    chat = union.chat()
    union.choose(chat)
    union.choose(chat, f" {ASKED}？？")
    union.choose(union.chat(), f"{ASKED}！")
    assert union.collect(index) == 1
    assert union.collect(index) == 0
    assert [one.chosen for one in union.questions(head)] == [2]


def test_a_question_is_one_for_the_unit_whose_answers_would_change(
    union: Union, head: Viewer, index: Index
) -> None:
    union.choose(union.chat(OUTLET))
    union.choose(union.chat(OUTLET), "本行给的慰问品有哪些花样", source=LOCAL.id)
    union.collect(index)
    assert {one.source_id: one.organisation_path for one in union.questions(head)} == {
        ANNUAL.id: BANK,
        LOCAL.id: CITY,
    }


@pytest.mark.parametrize(
    "text",
    [
        "那要不要扣工资",
        "好的",
        "年休假，有几天",
        "我从二〇一〇年起在行里上班，中间换过三个部门，" * 5,
    ],
    ids=["points back", "says nothing alone", "the card's own", "a story"],
)
def test_what_means_nothing_on_its_own_or_is_known_is_no_candidate(
    union: Union, head: Viewer, index: Index, text: str
) -> None:
    union.choose(union.chat(), text)
    assert union.collect(index) == 0
    assert union.questions(head) == []


def test_a_near_miss_of_the_card_and_a_card_that_is_gone_are_no_candidates(
    union: Union, index: Index
) -> None:
    union.choose(union.chat(), "加班餐几点发？", "wages-overtime")
    said = union.turn(union.chat(), answer("no-longer-there"), "从前的规定是怎样的")[0]
    union.rate(said, "up")
    assert union.collect(index) == 0


def test_a_choice_from_a_list_of_topics_says_nothing_about_the_words_before(
    union: Union, index: Index
) -> None:
    chat = union.chat()
    offered = (to_choose("leave-annual-days", "年休假"),)
    listed = union.turn(chat, Reply("可以问这些。", decision="flow", choices=offered), "有哪些可以问的")[0]
    turn = union.write(chat, option=listed.options[0]["id"]).turn
    union.answer(turn.id, answer("leave-annual-days"))
    assert union.collect(index) == 0


def test_a_conversation_of_somebody_in_danger_is_never_looked_at(union: Union, index: Index) -> None:
    chat = union.chat()
    union.choose(chat)
    with union.database.write() as db:
        db.execute(update(Conversation).where(Conversation.id == chat).values(sensitive=True))
    assert union.collect(index) == 0


def test_a_candidate_is_taken_back_when_somebody_turns_out_to_be_in_danger(
    union: Union, head: Viewer, index: Index
) -> None:
    chat = union.chat()
    union.choose(chat)
    assert union.collect(index) == 1
    with union.database.write() as db:
        db.execute(update(Conversation).where(Conversation.id == chat).values(sensitive=True))
    assert union.collect(index) == 0
    assert union.questions(head) == []


def test_an_answer_rated_down_speaks_for_nothing_even_later(union: Union, head: Viewer, index: Index) -> None:
    said = union.choose(union.chat())
    union.collect(index)
    union.rate(said, "down")
    assert union.collect(index) == 0
    assert union.questions(head) == []


def test_what_nobody_confirmed_goes_with_the_last_conversation_it_came_from(
    union: Union, head: Viewer, index: Index
) -> None:
    first, second = union.chat(), union.chat()
    union.choose(first)
    union.choose(second)
    union.choose(second, "加班给多少钱合适呢", OVERTIME.id)
    union.collect(index)
    by_source = {one.source_id: one.id for one in union.questions(head)}
    with union.database.write() as db:
        reject(db, by_source[OVERTIME.id], viewer=head, now=union.now)
    union.delete(first)
    assert [one.text for one in union.questions(head)] == [ASKED]
    union.delete(second)
    with union.database.read() as db:
        assert db.scalars(select(ConfirmedQuestion)).all() == []


def test_a_confirmed_question_outlives_the_conversation_it_came_from(
    union: Union, head: Viewer, index: Index
) -> None:
    chat = union.chat()
    union.choose(chat)
    union.collect(index)
    with union.database.write() as db:
        confirm(db, union.questions(head)[0].id, index=index, viewer=head, now=union.now)
    union.delete(chat)
    union.collect(index)
    with union.database.read() as db:
        assert [one.text for one in confirmed_questions(db)] == [ASKED]


def test_what_is_long_past_is_not_taken_up(union: Union, index: Index) -> None:
    union.choose(union.chat())
    union.now += LOOKS_BACK + timedelta(days=1)
    assert union.collect(index) == 0


def test_masked_words_stay_masked(union: Union, head: Viewer, index: Index) -> None:
    union.choose(union.chat(), "我的手机13788889999能登记年假吗")
    union.collect(index)
    (found,) = union.questions(head)
    assert "13788889999" not in found.text


# Deciding


def one_candidate(union: Union, index: Index, head: Viewer) -> str:
    union.choose(union.chat())
    union.collect(index)
    return union.questions(head)[0].id


def test_a_confirmed_question_is_remembered_and_a_rejected_one_forgotten(
    union: Union, head: Viewer, index: Index
) -> None:
    question = one_candidate(union, index, head)
    with union.database.write() as db:
        confirm(db, question, index=index, viewer=head, now=union.now)
        confirm(db, question, index=index, viewer=head, now=union.now)
    with union.database.read() as db:
        assert [(one.text, one.source_id) for one in confirmed_questions(db)] == [
            (ASKED, "leave-annual-days")
        ]
    with union.database.write() as db:
        reject(db, question, viewer=head, now=union.now)
    with union.database.read() as db:
        assert confirmed_questions(db) == []
        kinds = db.scalars(
            select(EventLog.kind).where(EventLog.kind.startswith("question_")).order_by(EventLog.id)
        )
        assert list(kinds) == ["question_suggested", "question_confirmed", "question_rejected"]


def test_a_decision_stays_when_more_is_found(union: Union, head: Viewer, index: Index) -> None:
    question = one_candidate(union, index, head)
    with union.database.write() as db:
        reject(db, question, viewer=head, now=union.now)
    union.choose(union.chat())
    assert union.collect(index) == 0
    assert union.questions(head) == []
    assert [one.id for one in union.questions(head, QuestionState.REJECTED)] == [question]


def test_who_decided_and_when_is_kept(union: Union, head: Viewer, index: Index) -> None:
    question = one_candidate(union, index, head)
    with union.database.write() as db:
        decided = confirm(db, question, index=index, viewer=head, now=union.now)
    assert (decided.decided_by, decided.decided_at) == (head.staff_id, union.now)


def test_events_hold_no_words_of_the_question(union: Union, head: Viewer, index: Index) -> None:
    question = one_candidate(union, index, head)
    with union.database.write() as db:
        confirm(db, question, index=index, viewer=head, now=union.now)
    with union.database.read() as db:
        for event in db.scalars(select(EventLog).where(EventLog.kind.startswith("question_"))):
            assert ASKED not in str(event.data)


@pytest.mark.parametrize(
    ("role", "org", "sees"),
    [
        (Role.SUPERVISOR, CITY, [LOCAL.id]),
        (Role.ADMINISTRATOR, PROVINCE, [LOCAL.id]),
        (Role.ADMINISTRATOR, BANK, [ANNUAL.id, LOCAL.id]),
        (Role.SUPERVISOR, OUTLET, []),
        (Role.SUPERVISOR, f"{BANK}/广东省分行", []),
        (Role.OFFICER, BANK, []),
    ],
)
def test_only_those_responsible_for_the_unit_see_and_decide(
    union: Union, head: Viewer, index: Index, role: Role, org: str, sees: list[str]
) -> None:
    union.choose(union.chat())
    union.choose(union.chat(), "本行给的慰问品有哪些花样", source=LOCAL.id)
    union.collect(index)
    viewer = union.staff("one", role, org=org)
    assert sorted(one.source_id for one in union.questions(viewer)) == sorted(sees)
    for question in union.questions(head):
        if question.source_id in sees:
            with union.database.write() as db:
                confirm(db, question.id, index=index, viewer=viewer, now=union.now)
            continue
        with union.database.write() as db, pytest.raises(QuestionNotFound):
            confirm(db, question.id, index=index, viewer=viewer, now=union.now)
        with union.database.write() as db, pytest.raises(QuestionNotFound):
            reject(db, question.id, viewer=viewer, now=union.now)


def test_one_question_is_not_confirmed_for_two_cards(union: Union, head: Viewer, index: Index) -> None:
    union.choose(union.chat())
    union.choose(union.chat(), source="wages-overtime")
    assert union.collect(index) == 2
    by_source = {one.source_id: one.id for one in union.questions(head)}
    with union.database.write() as db:
        confirm(db, by_source["leave-annual-days"], index=index, viewer=head, now=union.now)
    with union.database.write() as db, pytest.raises(QuestionTaken):
        confirm(db, by_source["wages-overtime"], index=index, viewer=head, now=union.now)


# Adding by hand


def test_a_question_added_by_hand_is_masked_and_confirmed(union: Union, head: Viewer, index: Index) -> None:
    with union.database.write() as db:
        for _ in range(2):
            add_one(db, union, head, index, "打13788889999问年假行吗", ANNUAL.id)
    with union.database.read() as db:
        (kept,) = confirmed_questions(db)
        assert db.scalars(select(func.count()).select_from(ConfirmedQuestion)).one() == 1
    assert "13788889999" not in kept.text


@pytest.mark.parametrize(
    ("text", "source", "error"),
    [
        ("年休假有几天", OVERTIME.id, QuestionTaken),
        ("加班餐几点发？", OVERTIME.id, QuestionRefused),
        ("随便问问别的", "no-such-card", SourceNotFound),
    ],
)
def test_what_contradicts_the_cards_is_not_added(
    union: Union, head: Viewer, index: Index, text: str, source: str, error: type[Exception]
) -> None:
    with union.database.write() as db, pytest.raises(error):
        add_one(db, union, head, index, text, source)


def test_nobody_adds_for_a_unit_that_is_not_theirs(union: Union, index: Index) -> None:
    viewer = union.staff("one", Role.SUPERVISOR, org=CITY)
    with union.database.write() as db:
        assert add_one(db, union, viewer, index, "慰问品有哪些", LOCAL.id).organisation_path == CITY
    with union.database.write() as db, pytest.raises(NotAllowed):
        add_one(db, union, viewer, index, ASKED, ANNUAL.id)


def add_one(
    db: Session, union: Union, viewer: Viewer, index: Index, text: str, source: str
) -> ConfirmedQuestion:
    return add(db, text, source, root=BANK, index=index, mask=union.mask, viewer=viewer, now=union.now)


# Rules


@pytest.mark.parametrize(
    ("payload", "source"),
    [
        ('/choose_source{"source": "leave-annual-days"}', "leave-annual-days"),
        ('/choose_topic{"topic": "leave"}', None),
        ("/choose_source{", None),
        ("/choose_source[]", None),
        ("年假几天", None),
    ],
)
def test_a_choice_names_its_source(payload: str, source: str | None) -> None:
    assert chosen_source(payload) == source


def test_a_question_stands_alone_by_its_letters() -> None:
    assert stands_alone("年假几天？")
    assert not stands_alone("？？？！！！")
    assert not stands_alone("那工资呢")
