"""The forms of tickets and calculators as Rasa runs them; a stand-in says what their validation decides."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.core.domain import SessionConfig

from tests.bot.conftest import SESSION_BEGUN, SESSION_START, Actions, Dialogue

FORMS = {
    "ticket_form": ("file_ticket", "action_open_ticket", "ticket_reply", "action_finish_ticket"),
    "ticket_note_form": ("add_to_ticket", "action_add_to_ticket", "ticket_note", "action_keep_note"),
    "calculation_form": (
        "calc_severance",
        "action_calculate",
        "calculation_reply",
        "action_finish_calculation",
    ),
}


class Form:
    """One form, open, with what its validation says to the next message."""

    def __init__(self, name: str, dialogue: Dialogue) -> None:
        intent, opens, self.slot, self.finish = FORMS[name]
        self.name, self.ask = name, f"action_ask_{self.slot}"
        self.dialogue, self.actions = dialogue, dialogue.actions
        self.actions.once.add(f"validate_{name}")
        self.actions.silent |= {opens, f"validate_{name}"}
        self.actions.slots[opens] = {self.slot: None}
        self.actions.events[opens] = [{"event": "followup", "name": name}]
        self.opened = self.says(f"/{intent}")
        self.actions.events[opens] = []

    def decides(self, *events: dict[str, Any], **slots: object) -> None:
        self.actions.slots[f"validate_{self.name}"] = dict(slots)
        self.actions.events[f"validate_{self.name}"] = list(events)

    def steps_back(self, *, to: str | None = None) -> None:
        """Let the next message lead elsewhere; heard again in the same turn, nothing is decided any more."""
        rejected = {"event": "action_execution_rejected", "name": self.name}
        self.decides(rejected, *([{"event": "followup", "name": to}] if to else []))

    def says(self, text: str) -> list[str]:
        """Return the actions that answer `text`."""
        return [message.get("custom", {}).get("action", "says") for message in self.dialogue.say(text)]


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest, dialogue: Dialogue) -> Form:
    return Form(request.param, dialogue)


def test_it_opens_with_a_question(form: Form) -> None:
    assert form.opened == [form.ask]


@pytest.mark.parametrize("text", ["网点空调坏了", "年假几天", "取消吧", "你好", "我要投诉", "😀", "/deny"])
def test_whatever_is_said_the_validation_decides_and_the_form_asks_on(form: Form, text: str) -> None:
    form.decides(**{form.slot: None})
    assert form.says(text) == [form.ask]
    assert form.says(text) == [form.ask]


@pytest.mark.parametrize("text", ["提交", "算了", "我不想填了"])
def test_a_filled_slot_ends_it_with_one_last_word(form: Form, text: str) -> None:
    form.decides(**{form.slot: "send"})
    assert form.says(text) == [form.finish]
    form.actions.called.clear()
    form.says("谢谢")
    assert f"validate_{form.name}" not in form.actions.called


@pytest.mark.parametrize("text", ["年假几天", "我要申请困难补助", "找人工", "嘛呢呗咯"])
def test_a_question_is_answered_whatever_it_was_taken_for_and_then_it_asks_again(
    form: Form, text: str
) -> None:
    form.steps_back(to="action_answer_question")
    assert form.says(text) == ["action_answer_question", form.ask]
    form.decides(**{form.slot: None})
    assert form.says("网点空调坏了") == [form.ask]


def test_a_question_about_the_assistant_is_answered_and_then_it_asks_again(form: Form) -> None:
    form.steps_back()
    assert form.says("你是机器人吗") == ["action_about_assistant", form.ask]


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("我不想活了", "action_urgent_help"),
        ("我要找真人客服", "action_ask_human"),
        ("查进度", "action_check_ticket"),
    ],
)
def test_another_matter_ends_it(form: Form, actions: Actions, text: str, action: str) -> None:
    form.steps_back()
    requested = {"event": "slot", "name": "requested_slot", "value": None}
    actions.events[action] = [{"event": "active_loop", "name": None}, requested]
    assert form.says(text) == [action]
    actions.called.clear()
    form.says("谢谢")
    assert f"validate_{form.name}" not in actions.called


def test_a_form_that_was_broken_off_goes_on_in_a_new_session(form: Form) -> None:
    form.decides(**{form.slot: None})
    assert form.says("网点空调坏了") == [form.ask]
    begun = SESSION_BEGUN
    loop = [
        {"event": "active_loop", "name": form.name},
        {"event": "slot", "name": "requested_slot", "value": form.slot},
    ]
    form.actions.events[SESSION_START] = [begun[0], *loop, begun[1]]
    processor = form.dialogue.agent.processor
    assert processor
    kept = processor.domain.session_config
    processor.domain.session_config = SessionConfig(1e-6, True)
    try:
        assert form.says("休息室的") == [form.ask]
    finally:
        processor.domain.session_config = kept
    assert form.actions.called.count(SESSION_START) == 2
    form.decides(**{form.slot: "send"})
    assert form.says("提交") == [form.finish]
