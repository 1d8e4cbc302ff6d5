"""Actions as Rasa calls them, on a real database and the shipped knowledge base."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from rasa_sdk.executor import ActionExecutor
from sqlalchemy import select

from actions.turn import NotATurn
from service.conversations import operations, queries
from service.conversations.answering import answer_turn
from service.conversations.replies import Reply
from service.conversations.why import Because, Likely, Value
from service.database import Database
from service.insights.tables import EventLog
from tests.actions.calling import NOW, call, new_turn, say, slots


def test_every_action_of_the_domain_is_served(executor: ActionExecutor, home: Path) -> None:
    declared: set[str] = set()
    for file in (home / "bot" / "domain").glob("*.yml"):
        declared |= set(yaml.safe_load(file.read_text(encoding="utf-8")).get("actions", ()))
    assert declared == set(executor.actions)


def test_an_answer_stays_here_and_only_its_name_goes_through_rasa(
    executor: ActionExecutor, database: Database
) -> None:
    turn_id = new_turn(database)
    question = {"text": "我工作12年了年假几天", "intent": "ask_leave"}
    result = call(executor, "action_answer_question", turn_id, **question)
    assert [response["custom"] for response in result["responses"]] == [{"action": "action_answer_question"}]
    remembered = slots(result)
    others = json.loads(remembered.pop("last_others"))
    assert 1 <= len(others) <= 4
    assert "leave-annual-days" not in others
    assert remembered == {
        "refusals": 0,
        "offered_person": False,
        "last_source": "leave-annual-days",
        "last_question": "我工作12年了年假几天",
        "times_asked": 1.0,
    }
    with database.read() as db:
        ((action, reply),) = queries.effects_of(db, turn_id)
        assert (action, reply.decision) == ("action_answer_question", "answer")
        events = db.scalars(select(EventLog).where(EventLog.turn_id == turn_id)).all()
        assert [event.kind for event in events] == ["message_received", "question_answered"]
    assert call(executor, "action_answer_question", turn_id, **question) == result
    with database.read() as db:
        again = db.scalars(select(EventLog).where(EventLog.turn_id == turn_id)).all()
        assert len(again) == 2


def test_whoever_meant_something_else_is_offered_what_came_next_and_then_another_way(
    executor: ActionExecutor, database: Database
) -> None:
    asked = call(
        executor,
        "action_answer_question",
        new_turn(database),
        text="我工作12年了年假几天",
        intent="ask_leave",
    )
    turn_id = new_turn(database)
    result = call(
        executor,
        "action_feedback",
        turn_id,
        intent="not_what_i_meant",
        slots={"last_others": slots(asked)["last_others"]},
    )
    with database.read() as db:
        ((_, reply),) = queries.effects_of(db, turn_id)
    offered = [choice.payload for choice in reply.choices]
    assert offered[-1] == "/not_what_i_meant"
    assert all(payload.startswith("/choose_source") for payload in offered[:-1])
    assert "leave-annual-days" not in " ".join(offered)
    assert slots(result)["last_others"] is None
    turn_id = new_turn(database)
    call(executor, "action_feedback", turn_id, intent="not_what_i_meant", slots=slots(result))
    with database.read() as db:
        ((_, reply),) = queries.effects_of(db, turn_id)
    assert [choice.payload for choice in reply.choices] == ["/choose_topic{}", "/ask_human"]


@pytest.mark.parametrize(("hours", "goes_on"), [(3, True), (30, False)])
def test_a_form_broken_off_goes_on_in_a_new_session_unless_it_is_days_later(
    executor: ActionExecutor, database: Database, hours: int, goes_on: bool
) -> None:
    with database.write() as db:
        chat, _ = operations.open_conversation(
            db, channel="web", organisation=None, opening=Reply("你好"), now=NOW
        )
        for at in (NOW - timedelta(hours=hours), NOW):
            say(db, chat, at=at)
        conversation_id = chat.id
    result = call(
        executor,
        "action_session_start",
        None,
        sender=conversation_id,
        slots={"ticket_draft": "{}", "requested_slot": "ticket_reply", "refusals": None},
        active_loop={"name": "ticket_form", "rejected": False},
    )
    kinds = [event["event"] for event in result["events"]]
    assert (kinds[0], kinds[-1]) == ("session_started", "action")
    assert slots(result) == {"ticket_draft": "{}"} | ({"requested_slot": "ticket_reply"} if goes_on else {})
    assert ("active_loop" in kinds) is goes_on


def test_an_effect_keeps_what_was_heard_and_what_was_looked_up(
    executor: ActionExecutor, database: Database
) -> None:
    turn_id = new_turn(database)
    ranking = [
        {"name": "ask_leave", "confidence": 0.9},
        *({"name": name, "confidence": 0.02} for name in ("greet", "thank", "deny", "help")),
    ]
    read = {"entity": "leave_kind", "value": "annual", "start": 7, "end": 9}
    call(
        executor,
        "action_answer_question",
        turn_id,
        text="我干了十二年了年假有几天呢",
        intent="ask_leave",
        heard={"intent_ranking": ranking, "entities": [read]},
    )
    with database.read() as db:
        ((_, reply),) = queries.effects_of(db, turn_id)
    why = reply.why
    assert why.intents[0] == Likely("ask_leave", 0.9)
    assert len(why.intents) == 4
    assert why.values == (Value("leave_kind", "annual", "年假"),)
    assert (why.action, why.because) == ("action_answer_question", (Because.SURE,))
    assert why.lookup is not None
    assert why.lookup.candidates[0].source_id == "leave-annual-days"


def test_refusals_are_counted_and_the_second_offers_a_person(
    executor: ActionExecutor, database: Database
) -> None:
    text = "紫外光谱仪怎么校准波长"
    first = slots(call(executor, "action_answer_question", new_turn(database), text=text))
    assert (first["refusals"], first["offered_person"]) == (1, True)
    second = call(executor, "action_answer_question", new_turn(database), text=text, slots={"refusals": 1.0})
    assert slots(second)["refusals"] == 2


def test_urgent_help_is_recorded_by_kind_and_without_words(
    executor: ActionExecutor, database: Database
) -> None:
    turn_id = new_turn(database)
    call(executor, "action_urgent_help", turn_id, intent="urgent_help", entities={"kind": "self_harm"})
    with database.read() as db:
        event = db.scalars(select(EventLog).where(EventLog.kind == "urgent_help_shown")).one()
        assert event.data == {"need": "self_harm"}
        ((_, reply),) = queries.effects_of(db, turn_id)
        assert reply.choices == ()
        assert reply.citations == ()


@pytest.mark.parametrize(
    ("text", "of_another"),
    [
        ("同事说他攒了一瓶安眠药，我该怎么办", True),
        ("我妈说不想活了", True),
        ("徒弟刚给我发了遗书", True),
        ("撑不下去了，同事都讨厌我，想死", False),
        ("老公天天打我我不想活了", False),
        ("孩子没了，我不想活了", False),
        ("没我大家都轻松", False),
    ],
)
def test_who_tells_of_anothers_danger_is_told_how_to_help_and_nobody_else(
    executor: ActionExecutor, database: Database, text: str, of_another: bool
) -> None:
    turn_id = new_turn(database)
    call(
        executor,
        "action_urgent_help",
        turn_id,
        text=text,
        intent="urgent_help",
        entities={"kind": "self_harm"},
    )
    with database.read() as db:
        ((_, reply),) = queries.effects_of(db, turn_id)
    assert ("别让他一个人待着" in reply.text) is of_another
    assert "(tel:12356)" in reply.text


def test_an_action_for_an_answered_turn_says_nothing(executor: ActionExecutor, database: Database) -> None:
    turn_id = new_turn(database)
    with database.write() as db:
        answer_turn(db, turn_id, [Reply("x")], degraded=True, model_version=None, now=NOW)
    result = call(executor, "action_answer_question", turn_id, text="年假几天")
    assert (result["events"], result["responses"]) == ([], [])


def test_a_call_that_is_no_turn_is_refused(executor: ActionExecutor) -> None:
    with pytest.raises(NotATurn):
        call(executor, "action_answer_question", None, text="年假几天")
