"""Messages, turns and answers on a real database: nothing lost, nothing twice."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from service.clock import Clock
from service.conversations import operations, queries, satisfaction
from service.conversations.answering import answer_turn
from service.conversations.effects import perform_once
from service.conversations.operations import Accepted
from service.conversations.replies import Choice, Cited, Reply, SourceVersion
from service.conversations.tables import (
    Conversation,
    Message,
    MessageWhy,
    PendingErasure,
    Turn,
    TurnEffect,
    TurnState,
)
from service.conversations.why import Because, Candidate, Likely, Lookup, Why
from service.database import Database
from service.errors import (
    ClientIdReused,
    ConversationClosed,
    ConversationNotFound,
    FeedbackNotPossible,
    OptionNotOffered,
    OrganisationUnknown,
    TokenInvalid,
    TooManyMessages,
)
from service.insights.tables import EventLog
from service.privacy.mask import Masker
from service.privacy.sealing import Sealer

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
OPENING = Reply("你好", decision="flow", choices=(Choice("找人", "/ask_human"),))
ANSWER = Reply(
    "10天",
    intent="ask_leave",
    decision="answer",
    confidence=0.97,
    citations=(Cited("leave-annual-days", "年休假有几天"),),
    sources=(SourceVersion("leave-annual-days", "v1", "card"),),
    topic="leave",
    index_version="i1",
)

EXPLAINED = replace(
    ANSWER,
    why=Why(
        because=(Because.SURE,),
        intents=(Likely("ask_leave", 0.9),),
        action="action_x",
        lookup=Lookup(
            "年假几天", None, "answer", 0.97, 1.0, 0.75, 0.66, (Candidate("a", "年休假有几天", "card", 0.9),)
        ),
    ),
)


def open_chat(database: Database) -> tuple[str, str]:
    with database.write() as db:
        chat, token = operations.open_conversation(
            db, channel="web", organisation=None, opening=OPENING, now=NOW
        )
        return chat.id, token


def accept(
    database: Database, mask: Masker, chat_id: str, client_id: str, text: str | None = None, **more: object
) -> Accepted:
    option = more.get("option")
    limit = more.get("limit", 20)
    assert isinstance(limit, int)
    with database.write() as db:
        return operations.accept_message(
            db,
            queries.conversation(db, chat_id),
            client_id=client_id,
            text=text,
            option=str(option) if option else None,
            mask=mask,
            sealer=Sealer("key"),
            max_open_turns=limit,
            now=NOW,
        )


def answer(database: Database, turn_id: str, *, degraded: bool = False, reply: Reply = ANSWER) -> bool:
    with database.write() as db:
        return (
            answer_turn(
                db, turn_id, [reply], degraded=degraded, model_version="m1", now=NOW + timedelta(seconds=1)
            )
            is not None
        )


def kinds(database: Database) -> list[str]:
    with database.read() as db:
        return list(db.scalars(select(EventLog.kind).order_by(EventLog.id)))


def test_the_token_opens_its_own_conversation_only(database: Database) -> None:
    (first, token), (second, _) = open_chat(database), open_chat(database)
    with database.read() as db:
        assert queries.own_conversation(db, first, token=token).id == first
        with pytest.raises(TokenInvalid):
            queries.own_conversation(db, second, token=token)
        with pytest.raises(ConversationNotFound):
            queries.own_conversation(db, "0" * 32, token=token)


def test_an_unknown_organisation_is_refused(database: Database) -> None:
    with pytest.raises(OrganisationUnknown), database.write() as db:
        operations.open_conversation(db, channel="web", organisation="无此行", opening=OPENING, now=NOW)


def test_the_same_client_id_is_the_same_turn(database: Database, mask: Masker) -> None:
    chat_id, _ = open_chat(database)
    first = accept(database, mask, chat_id, "a", "年假几天")
    again = accept(database, mask, chat_id, "a", "年假几天")
    assert (first.repeated, again.repeated) == (False, True)
    assert first.turn.id == again.turn.id
    with pytest.raises(ClientIdReused):
        accept(database, mask, chat_id, "a", "产假几天")
    with database.read() as db:
        assert [message.seq for message in queries.messages_after(db, chat_id, 0)] == [1, 2]


def test_what_is_stored_and_sent_on_is_masked(database: Database, mask: Masker) -> None:
    chat_id, _ = open_chat(database)
    turn = accept(database, mask, chat_id, "a", "我的手机13800138000").turn
    with database.read() as db:
        assert queries.messages_after(db, chat_id, 1)[0].text == "我的手机<mobile>"
        stored = queries.turn(db, turn.id)
        assert stored is not None
        assert stored.payload == "我的手机<mobile>"


def test_only_options_offered_here_are_taken(database: Database, mask: Masker) -> None:
    chat_id, _ = open_chat(database)
    with database.read() as db:
        option = queries.messages_after(db, chat_id, 0)[0].options[0]["id"]
    other, _ = open_chat(database)
    with pytest.raises(OptionNotOffered):
        accept(database, mask, other, "a", option=option)
    turn = accept(database, mask, chat_id, "a", option=option).turn
    assert turn.payload == "/ask_human"
    with database.read() as db:
        assert queries.messages_of_turn(db, turn.id)[0].text == "找人"


def test_an_answer_is_committed_once_with_its_sources_and_event(database: Database, mask: Masker) -> None:
    chat_id, _ = open_chat(database)
    turn = accept(database, mask, chat_id, "a", "年假几天").turn
    assert answer(database, turn.id)
    assert not answer(database, turn.id)
    with database.read() as db:
        own, reply = queries.messages_of_turn(db, turn.id)
        assert (own.seq, reply.seq, reply.text) == (2, 3, "10天")
        event = db.scalars(select(EventLog).where(EventLog.kind == "turn_answered")).one()
        assert (event.topic, event.decision, event.sources) == ("leave", "answer", ["leave-annual-days@v1"])
        assert event.data == {"degraded": False, "waited_ms": 1000}
    assert kinds(database) == ["conversation_opened", "message_received", "turn_answered"]


def test_an_effect_is_done_once_however_often_it_is_tried(database: Database, mask: Masker) -> None:
    chat_id, _ = open_chat(database)
    turn = accept(database, mask, chat_id, "a", "年假几天").turn
    clock = Clock("Asia/Shanghai")
    replies = iter([ANSWER, Reply("another")])
    first = perform_once(database, turn.id, "action_x", lambda: next(replies), clock=clock)
    again = perform_once(database, turn.id, "action_x", lambda: next(replies), clock=clock)
    assert first == again == ANSWER
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(TurnEffect)) == 1


def test_why_an_answer_was_given_is_kept_with_it_and_for_nothing_that_people_write(
    database: Database, mask: Masker
) -> None:
    chat_id, _ = open_chat(database)
    turn = accept(database, mask, chat_id, "a", "年假几天").turn
    answer(database, turn.id, reply=EXPLAINED)
    with database.read() as db:
        own, reply = queries.messages_of_turn(db, turn.id)
        assert queries.why_of(db, reply.id) == EXPLAINED.why
        assert queries.why_of(db, own.id) is None


def test_an_action_that_is_repeated_explains_itself_as_the_first_time(
    database: Database, mask: Masker
) -> None:
    chat_id, _ = open_chat(database)
    turn = accept(database, mask, chat_id, "a", "年假几天").turn
    clock = Clock("Asia/Shanghai")
    replies = iter([EXPLAINED, Reply("another")])
    for _ in range(2):
        perform_once(database, turn.id, "action_x", lambda: next(replies), clock=clock)
    with database.read() as db:
        ((_, kept),) = queries.effects_of(db, turn.id)
    answer(database, turn.id, degraded=True, reply=Reply("fallback").because(Because.DIALOGUE_DOWN))
    with database.read() as db:
        _, said = queries.messages_of_turn(db, turn.id)
        assert queries.why_of(db, said.id) == kept.why == EXPLAINED.why


def test_a_committed_effect_wins_over_the_fallback(database: Database, mask: Masker) -> None:
    chat_id, _ = open_chat(database)
    turn = accept(database, mask, chat_id, "a", "年假几天").turn
    perform_once(database, turn.id, "action_x", lambda: ANSWER, clock=Clock("Asia/Shanghai"))
    assert answer(database, turn.id, degraded=True, reply=Reply("fallback"))
    with database.read() as db:
        assert [message.text for message in queries.messages_of_turn(db, turn.id)][1:] == ["10天"]
        stored = queries.turn(db, turn.id)
        assert stored is not None
        assert stored.degraded is False


def test_urgent_help_of_the_fallback_is_recorded_and_that_of_an_action_not_again(
    database: Database, mask: Masker
) -> None:
    chat_id, _ = open_chat(database)
    urgent = Reply("打120", decision="flow", need="medical")
    answer(database, accept(database, mask, chat_id, "a", "晕倒").turn.id, degraded=True, reply=urgent)
    assert kinds(database).count("urgent_help_shown") == 1
    acted = accept(database, mask, chat_id, "b", "晕倒").turn
    perform_once(database, acted.id, "action_urgent_help", lambda: urgent, clock=Clock("Asia/Shanghai"))
    answer(database, acted.id, degraded=True, reply=Reply("fallback"))
    assert kinds(database).count("urgent_help_shown") == 1


def test_an_action_that_comes_after_the_answer_does_nothing(database: Database, mask: Masker) -> None:
    chat_id, _ = open_chat(database)
    turn = accept(database, mask, chat_id, "a", "年假几天").turn
    assert answer(database, turn.id, degraded=True, reply=Reply("fallback"))
    written: list[str] = []
    late = perform_once(
        database,
        turn.id,
        "action_x",
        lambda: ANSWER,
        clock=Clock("Asia/Shanghai"),
        write=lambda _db, _reply: written.append("x"),
    )
    assert late is None
    assert written == []
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(TurnEffect)) == 0


def test_open_turns_are_found_again_in_order(database: Database, mask: Masker) -> None:
    chat_id, _ = open_chat(database)
    first = accept(database, mask, chat_id, "a", "一").turn
    second = accept(database, mask, chat_id, "b", "二").turn
    with database.read() as db:
        assert queries.conversations_with_open_turns(db) == [chat_id]
        found = queries.next_open_turn(db, chat_id)
        assert found is not None
        assert found.id == first.id
    answer(database, first.id)
    with database.read() as db:
        found = queries.next_open_turn(db, chat_id)
        assert found is not None
        assert found.id == second.id


def test_too_many_unanswered_messages_are_refused_and_not_stored(database: Database, mask: Masker) -> None:
    chat_id, _ = open_chat(database)
    accept(database, mask, chat_id, "a", "一", limit=1)
    with pytest.raises(TooManyMessages):
        accept(database, mask, chat_id, "b", "二", limit=1)
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Turn)) == 1


def test_a_closed_conversation_takes_nothing_more(database: Database, mask: Masker) -> None:
    chat_id, _ = open_chat(database)
    with database.write() as db:
        operations.close_conversation(db, queries.conversation(db, chat_id), now=NOW)
    with pytest.raises(ConversationClosed):
        accept(database, mask, chat_id, "a", "还在吗")


def test_deleting_removes_every_word_and_asks_the_dialogue_to_forget(
    database: Database, mask: Masker
) -> None:
    chat_id, _ = open_chat(database)
    turn = accept(database, mask, chat_id, "a", "年假几天").turn
    answer(database, turn.id, reply=EXPLAINED)
    with database.write() as db:
        operations.delete_conversation(db, queries.conversation(db, chat_id), now=NOW)
    with database.read() as db:
        for table in (Conversation, Message, MessageWhy, Turn, TurnEffect):
            assert db.scalar(select(func.count()).select_from(table)) == 0
        assert list(db.scalars(select(PendingErasure.conversation_id))) == [chat_id]
    assert not answer(database, turn.id)


def test_feedback_is_for_answers_and_the_last_word_counts(database: Database, mask: Masker) -> None:
    chat_id, _ = open_chat(database)
    turn = accept(database, mask, chat_id, "a", "年假几天").turn
    answer(database, turn.id)
    with database.write() as db:
        chat = queries.conversation(db, chat_id)
        own, reply = queries.messages_of_turn(db, turn.id)
        with pytest.raises(FeedbackNotPossible):
            satisfaction.give_feedback(
                db, chat, own.id, rating="up", reason=None, comment=None, mask=mask, now=NOW
            )
        for rating, comment in (("down", "打我13800138000"), ("up", None)):
            feedback = satisfaction.give_feedback(
                db, chat, reply.id, rating=rating, reason=None, comment=comment, mask=mask, now=NOW
            )
            assert "13800138000" not in (feedback.comment or "")
        assert feedback.rating == "up"


def test_messages_sent_at_once_get_different_numbers(database: Database, mask: Masker) -> None:
    chat_id, _ = open_chat(database)
    threads = [
        threading.Thread(target=accept, args=(database, mask, chat_id, f"c{number}", f"第{number}条"))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as db:
        messages = queries.messages_after(db, chat_id, 1)
        assert [message.seq for message in messages] == list(range(2, 10))
        assert {message.text for message in messages} == {f"第{number}条" for number in range(8)}
        turns = list(db.scalars(select(Turn).order_by(Turn.seq)))
        assert [turn.seq for turn in turns] == list(range(2, 10))
        assert all(turn.state == TurnState.ACCEPTED for turn in turns)
