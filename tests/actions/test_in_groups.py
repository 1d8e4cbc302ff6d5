"""In a group chat: knowledge and help in danger, nothing that is about the one who asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk.executor import ActionExecutor
from sqlalchemy import func, select

from actions.in_groups import OPEN
from service.activities.tables import Signup
from service.conversations import queries
from service.conversations.channel_words import FIXED_ANYWHERE, FIXED_IN_GROUPS
from service.conversations.replies import Reply
from service.database import Database
from service.tickets.tables import Ticket, TicketDraft
from tests.actions.calling import call, new_turn, slots
from tests.knowledge import shipped_texts

GROUP = "wecom_group"
PERSONAL_SLOTS = {
    "ticket_draft", "ticket_reply", "ticket_offer", "ticket_note_for", "ticket_note", "name_for",
    "attendee_name", "calculation", "calculation_reply", "calculated",
}  # fmt: skip


def declared(home: Path, kind: str) -> set[str]:
    """Return the names of the domain's actions, or of its fixed texts."""
    names: set[str] = set()
    for file in (home / "bot" / "domain").glob("*.yml"):
        names |= set(yaml.safe_load(file.read_text(encoding="utf-8")).get(kind, ()))
    return names


class Group:
    """A group chat in which somebody says things to the assistant."""

    def __init__(self, executor: ActionExecutor, database: Database) -> None:
        self._executor = executor
        self.database = database

    def hears(self, action: str, **said: Any) -> tuple[list[Reply], dict[str, Any]]:
        """Return the replies of an action and what it has the dialogue do."""
        turn_id = new_turn(self.database, channel=GROUP)
        result = call(self._executor, action, turn_id, channel=GROUP, **said)
        with self.database.read() as db:
            return [reply for _, reply in queries.effects_of(db, turn_id)], result

    def count(self, table: type) -> int:
        with self.database.read() as db:
            return db.scalars(select(func.count()).select_from(table)).one()


@pytest.fixture
def group(executor: ActionExecutor, database: Database) -> Group:
    return Group(executor, database)


def test_every_action_that_is_not_named_open_is_refused_without_a_trace(
    executor: ActionExecutor, group: Group, home: Path
) -> None:
    private = shipped_texts(home)("messenger.group.private")
    assert set(executor.actions) >= OPEN
    # A calculator answers how it is done; what it does with one's own figures is tested below.
    kept = sorted((declared(home, "actions") | set(executor.actions)) - OPEN - {"action_calculate"})
    assert len(kept) > 20
    for action in kept:
        (reply,), result = group.hears(action, text="我要申请困难帮扶，急用钱", intent="apply_hardship")
        assert (action, reply.text, reply.choices) == (action, private, ())
        kinds = {event["event"] for event in result["events"]}
        assert (action, kinds) == (action, {"slot"})
        assert not PERSONAL_SLOTS & set(slots(result))
        assert [response["custom"] for response in result["responses"]] == [{"action": action}]
    for table in (Ticket, TicketDraft, Signup):
        assert group.count(table) == 0


def test_a_form_that_is_open_ends_whatever_is_said(group: Group) -> None:
    _, result = group.hears(
        "validate_ticket_form",
        text="我住院了",
        intent="inform",
        slots={"requested_slot": "ticket_reply"},
        active_loop={"name": "ticket_form", "rejected": False},
    )
    assert {"event": "active_loop", "name": None, "timestamp": None} in result["events"]
    assert slots(result)["requested_slot"] is None


def test_the_same_action_is_done_where_nobody_reads_along(
    executor: ActionExecutor, database: Database, home: Path
) -> None:
    turn_id = new_turn(database, channel="wecom_bot")
    said = {"text": "能办什么", "intent": "list_services"}
    result = call(executor, "action_service", turn_id, channel="wecom_bot", **said)
    with database.read() as db:
        ((_, reply),) = queries.effects_of(db, turn_id)
    assert reply.text != shipped_texts(home)("messenger.group.private")
    assert any(choice.payload == "/report_anonymously" for choice in reply.choices)
    assert result["responses"]


def test_a_question_is_answered_without_the_case_that_could_be_filed(
    executor: ActionExecutor, database: Database, group: Group
) -> None:
    said = {"text": "收到解除劳动合同通知书了怎么办", "intent": "ask_termination"}
    (reply,), result = group.hears("action_answer_question", **said)
    alone = new_turn(database)
    offered = slots(call(executor, "action_answer_question", alone, **said))
    with database.read() as db:
        ((_, in_private),) = queries.effects_of(db, alone)
    assert "ticket_offer" in offered
    assert any(choice.payload.startswith("/file_ticket") for choice in in_private.choices)
    assert "ticket_offer" not in slots(result)
    assert not any(choice.payload.startswith("/file_ticket") for choice in reply.choices)
    assert reply.decision == "answer"
    assert in_private.text.startswith(reply.text)


def test_how_something_is_calculated_is_answered_and_ones_own_figures_are_not(
    group: Group, home: Path
) -> None:
    (general,), _ = group.hears("action_calculate", text="年休假怎么算", intent="calc_annual_leave")
    (own,), result = group.hears(
        "action_calculate", text="我工作12年了，年假几天", intent="calc_annual_leave"
    )
    private = shipped_texts(home)("messenger.group.private")
    assert general.text != private
    assert general.sources
    assert own.text == private
    assert {event["event"] for event in result["events"]} == {"slot"}
    assert not PERSONAL_SLOTS & set(slots(result))


def test_who_reads_along_is_told_to_whoever_asks_who_reads(group: Group) -> None:
    (reply,), _ = group.hears("action_about_assistant", text="领导看得到吗", intent="ask_about_assistant")
    assert "群里的人都看得到" in reply.text
    assert "经过它的服务器" in reply.text
    (robot,), _ = group.hears("action_about_assistant", text="你是机器人吗", intent="bot_challenge")
    assert "群里的人都看得到" not in robot.text


def test_every_fixed_text_of_the_dialogue_has_its_words_for_groups(home: Path) -> None:
    assert declared(home, "responses") == {*FIXED_IN_GROUPS, *FIXED_ANYWHERE}
