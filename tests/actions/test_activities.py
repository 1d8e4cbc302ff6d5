"""The actions of activities and of the form that asks for a name, as Rasa calls them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.executor import ActionExecutor
from sqlalchemy import select

from actions import activities
from actions.performing import Performer
from service.activities.tables import Signup
from service.clock import Clock
from service.conversations import operations, queries
from service.conversations.answering import answer_turn
from service.conversations.operations import accept_message
from service.conversations.replies import Reply
from service.database import Database
from service.people.roles import Role
from service.privacy.mask import KINDS, Masker
from service.privacy.sealing import Sealer
from tests.schema import make_tables
from tests.service.club import HEFEI, NOW, SHUSHAN, founded, hire, put_up, talk

Json = dict[str, Any]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    url = f"sqlite:///{tmp_path / 'database.sqlite3'}"
    make_tables(url)
    return founded(Database(url))


@pytest.fixture
def executor(database: Database) -> ActionExecutor:
    performer = Performer(database, Clock("Asia/Shanghai", lambda: NOW))
    executor = ActionExecutor()
    for name, action in activities.actions(performer, talk()).items():
        executor.register_function(name, action)
    return executor


class Visitor:
    """A conversation whose turns call actions."""

    def __init__(self, database: Database, executor: ActionExecutor) -> None:
        self.database, self.executor = database, executor
        with database.write() as db:
            chat, _ = operations.open_conversation(
                db, channel="web", organisation=SHUSHAN, opening=Reply("你好"), now=NOW
            )
            self.id = chat.id
        self._turns = 0

    def turn(self) -> str:
        self._turns += 1
        with self.database.write() as db:
            return accept_message(
                db,
                queries.conversation(db, self.id),
                client_id=str(self._turns),
                text="话",
                option=None,
                mask=Masker({kind: kind for kind in KINDS}),
                sealer=Sealer("key"),
                max_open_turns=9,
                now=NOW,
            ).turn.id

    def call(self, action: str, turn: str, text: str = "", intent: str = "", **more: Any) -> list[Json]:
        """Return the events of an action."""
        tracker = {
            "sender_id": self.id,
            "slots": more.get("slots", {}),
            "latest_message": {
                "text": text,
                "intent": {"name": intent, "confidence": more.get("confidence", 1.0)},
                "entities": [
                    {"entity": name, "value": value} for name, value in more.get("entities", {}).items()
                ],
                "metadata": {"turn_id": turn, "today": "2026-11-25", "organisation": SHUSHAN},
            },
            "events": [],
            "paused": False,
            "followup_action": None,
            "active_loop": more.get("loop", {}),
            "latest_action_name": "action_listen",
        }
        body = {"next_action": action, "sender_id": self.id, "tracker": tracker, "domain": {}}
        result = asyncio.run(self.executor.run(body))
        assert result is not None
        events: list[Json] = result.model_dump()["events"]
        return events

    def said(self, turn: str) -> list[str]:
        with self.database.read() as db:
            return [reply.text for _, reply in queries.effects_of(db, turn) if reply.text]


@pytest.fixture
def visitor(database: Database, executor: ActionExecutor) -> Visitor:
    return Visitor(database, executor)


def slots(events: list[Json]) -> Json:
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}


def named(events: list[Json], kind: str) -> list[Any]:
    return [event["name"] for event in events if event["event"] == kind]


@pytest.fixture
def activity(database: Database) -> str:
    with database.write() as db:
        return put_up(db, hire(db, "officer", Role.OFFICER, HEFEI))


def test_a_visitor_is_asked_for_a_name_and_the_form_keeps_what_it_is_for(
    visitor: Visitor, activity: str
) -> None:
    turn = visitor.turn()
    events = visitor.call(
        "action_join_activity", turn, intent="join_activity", entities={"activity": activity}
    )
    assert named(events, "followup") == ["name_form"]
    assert slots(events)["name_for"] == f"join {activity}"
    assert visitor.said(turn) == []
    visitor.call("action_ask_attendee_name", turn, slots={"name_for": f"join {activity}"})
    assert len(visitor.said(turn)) == 1


def test_the_name_signs_up_once_however_often_the_turn_is_tried(
    visitor: Visitor, activity: str, database: Database
) -> None:
    turn = visitor.turn()
    kept = {"name_for": f"join {activity}", "attendee_name": "王芳"}
    for _ in range(3):
        events = visitor.call("action_use_name", turn, text="王芳", slots=kept)
        assert slots(events)["name_for"] is None
        assert slots(events)["attendee_name"] is None
    with database.read() as db:
        assert db.scalars(select(Signup.name)).all() == ["王芳"]
    (said,) = visitor.said(turn)
    assert "王芳" in said


def test_a_turn_that_has_its_answer_signs_nobody_up(
    visitor: Visitor, activity: str, database: Database
) -> None:
    turn = visitor.turn()
    with database.write() as db:
        answer_turn(db, turn, [Reply("稍后")], degraded=True, model_version=None, now=NOW)
    kept = {"name_for": f"join {activity}", "attendee_name": "王芳"}
    assert visitor.call("action_use_name", turn, text="王芳", slots=kept) == []
    with database.read() as db:
        assert db.scalars(select(Signup)).all() == []


@pytest.mark.parametrize(
    ("text", "intent", "name"),
    [
        ("王芳", "nlu_fallback", "王芳"),
        ("年假有几天", "ask_leave", None),
        ("我不想活了", "urgent_help", None),
        ("算了", "cancel", None),
        ("/join_activity", "join_activity", None),
    ],
)
def test_only_a_name_is_taken_for_one(visitor: Visitor, text: str, intent: str, name: str | None) -> None:
    turn = visitor.turn()
    asked = {"requested_slot": "attendee_name"}
    events = visitor.call("validate_name_form", turn, text=text, intent=intent, slots=asked)
    assert slots(events) == ({"attendee_name": name} if name else {})
    assert visitor.call("validate_name_form", turn, text="王芳", slots={}) == []  # nothing was asked yet


def test_dropping_the_name_ends_the_form_and_a_question_about_it_does_not(
    visitor: Visitor, activity: str
) -> None:
    kept = {"name_for": f"join {activity}"}
    dropped = visitor.call("action_drop_name", visitor.turn(), text="算了", intent="cancel", slots=kept)
    assert named(dropped, "active_loop") == [None]
    assert slots(dropped)["requested_slot"] is None
    asked = visitor.call(
        "action_drop_name", visitor.turn(), text="活动取消了怎么办", intent="cancel_activity", slots=kept
    )
    assert named(asked, "followup") == ["action_answer_question"]
    assert named(asked, "active_loop") == []


def test_a_form_that_stepped_back_for_something_else_is_left(visitor: Visitor) -> None:
    asleep = {"name": "name_form", "rejected": True}
    events = visitor.call("action_list_activities", visitor.turn(), intent="list_activities", loop=asleep)
    assert named(events, "active_loop") == [None]
    awake = {"name": "name_form", "rejected": False}
    events = visitor.call("action_list_activities", visitor.turn(), intent="list_activities", loop=awake)
    assert named(events, "active_loop") == []
