"""The actions of the calculators: what goes through Rasa, what is stored, and that it is done once."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import ActionExecutor
from sqlalchemy import select

from service.conversations import queries
from service.database import Database
from service.entitlements.calculation import SLOT, Calculation
from service.insights.tables import EventLog
from tests.actions.calling import call, new_turn, slots

ANNUAL = {"text": "我工作12年了，年假几天", "intent": "calc_annual_leave"}
SEVERANCE = {"text": "帮我算一下经济补偿", "intent": "calc_severance"}


def kinds_of_events(database: Database, turn_id: str) -> list[str]:
    with database.read() as db:
        return [event.kind for event in db.scalars(select(EventLog).where(EventLog.turn_id == turn_id))]


def said(database: Database, turn_id: str) -> list[str]:
    with database.read() as db:
        return [reply.text for _, reply in queries.effects_of(db, turn_id)]


def follows(result: dict[str, Any]) -> list[str]:
    return [event["name"] for event in result["events"] if event["event"] == "followup"]


def test_a_result_stays_here_is_recorded_without_its_values_and_given_once(
    executor: ActionExecutor, database: Database
) -> None:
    turn_id = new_turn(database)
    result = call(executor, "action_calculate", turn_id, **ANNUAL)
    assert [response["custom"] for response in result["responses"]] == [{"action": "action_calculate"}]
    assert slots(result)["calculated"] is True
    assert follows(result) == []
    assert said(database, turn_id)[0].startswith("你一年有10天年休假")
    assert kinds_of_events(database, turn_id) == ["message_received", "entitlement_worked_out"]
    assert call(executor, "action_calculate", turn_id, **ANNUAL) == result
    assert len(kinds_of_events(database, turn_id)) == 2


def test_what_is_missing_is_asked_for_in_the_form(executor: ActionExecutor, database: Database) -> None:
    begun = call(executor, "action_calculate", new_turn(database), **SEVERANCE)
    assert begun["responses"] == []
    assert follows(begun) == ["calculation_form"]
    turn_id = new_turn(database)
    asked = call(
        executor, "action_ask_calculation_reply", turn_id, slots={SLOT: slots(begun)[SLOT]}, **SEVERANCE
    )
    assert asked["responses"]
    assert "因为什么" in said(database, turn_id)[0]


def test_a_message_is_heard_once(executor: ActionExecutor, database: Database) -> None:
    kept = slots(call(executor, "action_calculate", new_turn(database), **SEVERANCE))[SLOT]
    turn_id = new_turn(database)

    def hear(kept: str) -> dict[str, Any]:
        known = {SLOT: kept, "requested_slot": "calculation_reply"}
        form = {"name": "calculation_form"}
        return call(
            executor, "validate_calculation_form", turn_id, text="嗯嗯", slots=known, active_loop=form
        )

    heard = slots(hear(kept))
    assert heard["calculation_reply"] is None
    assert Calculation.read(heard[SLOT]).misses == 1
    assert hear(heard[SLOT])["events"] == []


def test_a_button_that_stops_ends_the_form(executor: ActionExecutor, database: Database) -> None:
    kept = slots(call(executor, "action_calculate", new_turn(database), **SEVERANCE))[SLOT]
    turn_id = new_turn(database)
    ended = call(
        executor,
        "action_finish_calculation",
        turn_id,
        slots={SLOT: kept, "calculation_reply": "drop"},
        **SEVERANCE,
    )
    assert said(database, turn_id) == ["好，不算了。"]
    assert slots(ended)[SLOT] is None


def test_a_no_behind_a_result_brings_another_with_the_value_told(
    executor: ActionExecutor, database: Database
) -> None:
    before = call(executor, "action_calculate", new_turn(database), **ANNUAL)
    known = {SLOT: slots(before)[SLOT]}
    turn_id = new_turn(database)
    call(executor, "action_change_calculation", turn_id, text="不对，是8年", intent="deny", slots=known)
    assert said(database, turn_id)[0].startswith("你一年有5天年休假")
    turn_id = new_turn(database)
    call(executor, "action_change_calculation", turn_id, text="不对", intent="deny", slots=known)
    assert said(database, turn_id)[0].startswith("哪个数不对")


def test_a_what_if_heard_as_anything_changes_the_calculation(
    executor: ActionExecutor, database: Database
) -> None:
    before = call(executor, "action_calculate", new_turn(database), **ANNUAL)
    turn_id = new_turn(database)
    call(
        executor,
        "action_answer_question",
        turn_id,
        text="如果是20年呢",
        intent="inform",
        slots={SLOT: slots(before)[SLOT]},
    )
    assert said(database, turn_id)[0].startswith("你一年有15天年休假")


def test_how_it_is_done_is_answered_by_the_card_and_offered(
    executor: ActionExecutor, database: Database
) -> None:
    turn_id = new_turn(database)
    result = call(executor, "action_calculate", turn_id, text="经济补偿怎么算", intent="calc_severance")
    with database.read() as db:
        ((_, reply),) = queries.effects_of(db, turn_id)
    assert reply.choices[0].payload == '/calculate{"calculator": "severance"}'
    assert not Calculation.read(slots(result)[SLOT]).begun
    assert "question_answered" in kinds_of_events(database, turn_id)


def test_a_result_in_the_middle_of_another_form_lets_that_ask_again(
    executor: ActionExecutor, database: Database
) -> None:
    form = {"name": "name_form", "rejected": True}
    result = call(executor, "action_calculate", new_turn(database), active_loop=form, **ANNUAL)
    assert follows(result) == ["name_form"]
    begun = call(executor, "action_calculate", new_turn(database), active_loop=form, **SEVERANCE)
    assert follows(begun) == ["calculation_form"]
    assert {"event": "active_loop", "name": None} in [
        {"event": event["event"], "name": event.get("name")} for event in begun["events"]
    ]
