"""What is worked out once is what Rasa works out each time."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event, SlotSet, UserUttered
from rasa.shared.exceptions import RasaException

from bot.channels.turn import TurnChannel
from bot.channels.worked_out_once import work_out_once

STOCK = RemoteAction._validate_action_result
STOCK_CLASSES = Event.resolve_by_type
ACTION = RemoteAction("action_answer_question", None)

RIGHT: list[dict[str, Any]] = [
    {},
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "timestamp": None, "name": "refusals", "value": 1.0}]},
    {"events": [{"event": "followup", "name": "ticket_form"}], "responses": [{"custom": {"action": "a"}}]},
    {"events": [{"event": "active_loop", "name": None}], "responses": [{"text": "好的。", "buttons": []}]},
]
WRONG: list[Any] = [
    None,
    [],
    "fine",
    {"events": {}},
    {"events": [{}]},
    {"events": ["slot"]},
    {"events": [{"event": "no such event"}]},
    {"events": [{"event": "slot", "name": "refusals"}]},
    {"events": [{"event": "slot", "name": 7, "value": 1}]},
    {"events": [{"event": "entities"}]},
    {"responses": "好的。"},
    {"responses": ["好的。"]},
]


@pytest.fixture(autouse=True)
def patched(monkeypatch: pytest.MonkeyPatch) -> None:
    # Set through monkeypatch first, so that Rasa's own methods are back after the test.
    monkeypatch.setattr(RemoteAction, "_validate_action_result", STOCK)
    monkeypatch.setattr(Event, "resolve_by_type", staticmethod(STOCK_CLASSES))
    TurnChannel.from_credentials({"secret": "s"})  # as Rasa does at its start


def _verdict(check: Any, result: Any) -> str | None:
    """Return what a check finds wrong, as far as a caller can tell: type, place and rule."""
    try:
        assert check(ACTION, result) is True
    except jsonschema.ValidationError as error:
        return f"{list(error.absolute_path)} {error.validator}"
    return None


@pytest.mark.parametrize("result", [*RIGHT, *WRONG], ids=str)
def test_a_result_is_judged_as_rasa_judges_it(result: Any) -> None:
    verdict = _verdict(RemoteAction._validate_action_result, result)
    assert verdict == _verdict(STOCK, result)
    assert (verdict is None) == (result in RIGHT)


def test_the_schema_is_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def looked_at(*_arguments: Any) -> Any:
        raise AssertionError("the schema was asked for again")

    monkeypatch.setattr(RemoteAction, "action_response_format_spec", staticmethod(looked_at))
    monkeypatch.setattr(jsonschema.Draft202012Validator, "check_schema", looked_at)
    for result in RIGHT:
        assert ACTION._validate_action_result(result)


def test_rasa_of_another_version_is_refused() -> None:
    with pytest.raises(RasaException, match=r"3\.6\.22.*KNOWN"):
        work_out_once("3.6.22")


def test_an_event_is_read_as_rasa_reads_it() -> None:
    for event in (SlotSet("refusals", 1.0), UserUttered("年假几天", {"name": "ask_leave"})):
        assert Event.from_parameters(event.as_dict()) == event
        assert Event.resolve_by_type(event.type_name) is STOCK_CLASSES(event.type_name)


def test_what_is_no_event_is_refused_every_time() -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="no such event"):
            Event.resolve_by_type("no such event")


def test_the_class_of_an_event_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    Event.resolve_by_type("slot")

    def looked_for(_base: Any) -> Any:
        raise AssertionError("the class was looked for again")

    monkeypatch.setattr("rasa.shared.utils.common.all_subclasses", looked_for)
    assert Event.resolve_by_type("slot") is SlotSet
