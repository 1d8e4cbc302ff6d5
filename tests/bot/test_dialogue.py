"""What the trained dialogue does next; actions only say their names."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest
from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from tests.bot.conftest import SESSION_START, Actions, Dialogue
from tests.bot.contract import EVERY_INTENT, FALLBACK, OUT_OF_SCOPE, QUESTIONS

LISTEN = "action_listen"
OPENING: list[Event] = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted(LISTEN)]


def predicted(processor: MessageProcessor, events: Iterable[Event]) -> str:
    tracker = DialogueStateTracker.from_events(
        "someone", [*OPENING, *events], slots=processor.domain.slots, domain=processor.domain
    )
    prediction = processor._predict_next_with_tracker(tracker)
    return str(processor.domain.action_names_or_texts[prediction.max_confidence_index])


def utter(intent: str) -> UserUttered:
    return UserUttered("…", {"name": intent, "confidence": 1.0})


@pytest.fixture(scope="module")
def processor(loaded: Agent) -> MessageProcessor:
    assert loaded.processor
    return loaded.processor


@pytest.fixture(scope="module")
def first_actions(processor: MessageProcessor) -> dict[str, str]:
    return {intent: predicted(processor, [utter(intent)]) for intent in EVERY_INTENT}


@pytest.mark.parametrize("intent", EVERY_INTENT)
def test_an_intent_is_answered_and_then_listens(
    intent: str, processor: MessageProcessor, first_actions: dict[str, str]
) -> None:
    action = first_actions[intent]
    assert action not in {LISTEN, "action_default_fallback"}
    assert predicted(processor, [utter(intent), ActionExecuted(action)]) == LISTEN


def test_no_intent_after_another_ends_in_silence(
    processor: MessageProcessor, first_actions: dict[str, str]
) -> None:
    # What came before reaches the rules only as the action taken and the slot it may have set, so one intent
    # for each action, with a person offered, a result just told, or neither, stands for all.
    before = {action: intent for intent, action in first_actions.items()}
    silent = [
        (intent, slot, following)
        for action, intent in before.items()
        for slot in (None, "offered_person", "calculated")
        for following in EVERY_INTENT
        if predicted(
            processor,
            [
                utter(intent),
                ActionExecuted(action),
                *([SlotSet(slot, True)] if slot else []),
                ActionExecuted(LISTEN),
                utter(following),
            ],
        )
        == LISTEN
    ]
    assert silent == []


@pytest.mark.parametrize("intent", [*QUESTIONS, FALLBACK, OUT_OF_SCOPE, "inform"])
def test_a_question_goes_to_retrieval_even_when_it_was_not_understood(
    intent: str, first_actions: dict[str, str]
) -> None:
    assert first_actions[intent] == "action_answer_question"


def test_a_calculation_is_begun_by_its_calculator(first_actions: dict[str, str]) -> None:
    calculators = [intent for intent in EVERY_INTENT if intent.startswith("calc_")]
    assert len(calculators) == 10
    assert {first_actions[intent] for intent in calculators} == {"action_calculate"}


@pytest.mark.parametrize("intent", ["deny", "not_what_i_meant", "object_result"])
def test_a_no_right_behind_a_result_is_about_its_values(intent: str, processor: MessageProcessor) -> None:
    result = [utter("calc_severance"), ActionExecuted("action_calculate"), SlotSet("calculated", True)]
    said = [*result, ActionExecuted(LISTEN), utter(intent)]
    assert predicted(processor, said) == "action_change_calculation"
    changed = [*said, ActionExecuted("action_change_calculation")]
    assert predicted(processor, [*changed, SlotSet("calculated", False)]) == LISTEN
    assert predicted(processor, [*changed, SlotSet("calculated", True)]) == LISTEN


def test_what_no_rule_covers_goes_to_retrieval_once(processor: MessageProcessor) -> None:
    unheard_of = utter("an_intent_without_a_rule")
    assert predicted(processor, [unheard_of]) == "action_answer_question"
    assert predicted(processor, [unheard_of, ActionExecuted("action_answer_question")]) == LISTEN


def test_gibberish_is_answered_twice_in_a_row(dialogue: Dialogue) -> None:
    assert dialogue.action("嘛呢呗咯喵呜") == "action_answer_question"
    assert dialogue.action("咕嘟咕嘟嗷") == "action_answer_question"


def test_yes_to_the_offer_of_a_person_calls_one(dialogue: Dialogue) -> None:
    dialogue.actions.slots["action_answer_question"] = {"offered_person": True}
    dialogue.actions.slots["action_ask_human"] = {"offered_person": False}
    dialogue.say("嘛呢呗咯喵呜")
    assert dialogue.action("好的") == "action_ask_human"
    assert dialogue.action("好的") == "says"


def test_no_to_the_offer_takes_it_off_the_table(dialogue: Dialogue) -> None:
    dialogue.actions.slots["action_answer_question"] = {"offered_person": True}
    dialogue.say("嘛呢呗咯喵呜")
    assert dialogue.action("不用了") == "says"
    assert dialogue.action("好的") == "says"


def test_anything_in_between_takes_the_offer_off_the_table(dialogue: Dialogue) -> None:
    dialogue.actions.slots["action_answer_question"] = {"offered_person": True}
    dialogue.say("嘛呢呗咯喵呜")
    dialogue.say("谢谢")
    assert dialogue.action("嗯") == "says"


def test_yes_without_an_offer_calls_nobody(dialogue: Dialogue) -> None:
    assert dialogue.action("好的") == "says"
    assert dialogue.actions.called == [SESSION_START]


@pytest.mark.parametrize("text", ["谢谢", "嗯", "不用了", "再见", "算了"])
def test_after_a_cry_for_help_small_talk_is_not_answered_as_small_talk(dialogue: Dialogue, text: str) -> None:
    dialogue.say("我不想活了")
    (message,) = dialogue.say(text)
    assert "tel:110" in message["text"]
    assert "tel:12356" in message["text"]


def test_after_a_cry_for_help_the_second_small_talk_is_heard_like_the_first(dialogue: Dialogue) -> None:
    dialogue.say("我不想活了")
    dialogue.say("谢谢")
    for text in ("嗯", "不用了", "再见"):
        (message,) = dialogue.say(text)
        assert "tel:12356" in message["text"]
    assert dialogue.action("年休假有几天") == "action_answer_question"
    assert dialogue.say("谢谢") != []


def test_options_lead_to_their_actions(dialogue: Dialogue) -> None:
    assert dialogue.action("/choose_topic") == "action_choose_topic"
    assert dialogue.action('/choose_topic{"topic": "leave"}') == "action_choose_topic"
    assert dialogue.action('/choose_source{"source": "leave-annual-days"}') == "action_answer_source"
    assert dialogue.action("/list_services") == "action_service"
    assert dialogue.action("/check_ticket") == "action_check_ticket"
    assert dialogue.action("/ask_human") == "action_ask_human"


def test_the_welcome_comes_as_one_message_with_its_options(dialogue: Dialogue) -> None:
    (message,) = dialogue.say("你好")
    payloads = [button["payload"] for button in message["buttons"]]
    assert payloads == ["/choose_topic", "/list_services", "/ask_human", "/check_ticket"]


def test_every_fixed_text_has_two_wordings_and_only_sends_declared_intents(
    processor: MessageProcessor,
) -> None:
    for name, variants in processor.domain.responses.items():
        assert len(variants) >= 2 or name == "utter_default", name
        for variant in variants:
            for button in variant.get("buttons", []):
                assert button["payload"].strip("/").split("{")[0] in EVERY_INTENT


def test_a_session_ends_after_half_an_hour_and_keeps_what_it_was_about(processor: MessageProcessor) -> None:
    session = processor.domain.session_config
    assert session.session_expiration_time == 30
    assert session.carry_over_slots


def test_a_conversation_goes_on_after_an_action_has_failed(loaded: Agent, actions: Actions) -> None:
    talk = Dialogue(loaded, actions)
    actions.failing["action_open_ticket"] = TimeoutError()
    assert talk.say("我要申请困难补助") == []
    actions.failing.clear()
    assert talk.action("我要申请困难补助") == "action_open_ticket"


def test_fifty_turns_do_not_make_a_turn_slow(dialogue: Dialogue) -> None:
    for _ in range(50):
        dialogue.say("谢谢")
    started = time.perf_counter()
    dialogue.say("谢谢")
    assert time.perf_counter() - started < 1.0
