"""The exam of a model: sentences heard and conversations held with the model file itself."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from rasa.core.agent import Agent

from bot.judging.__main__ import main
from bot.judging.conversations import (
    Conversation,
    Effect,
    Failure,
    ScriptError,
    Turn,
    hold,
    read_conversations,
)
from bot.judging.sentences import hear, parse
from bot.training_data import read_actions

SHORT = """
service:
  action_open_ticket: {opens: ticket_form, sets: {ticket_reply: null}}
conversations:
- name: one
  turns:
  - says: 你好
    does: [utter_greet]
"""


@pytest.fixture(scope="module")
def agent(model: Path) -> Agent:
    """An agent of its own: the exam puts its own actions behind it."""
    return Agent.load(str(model))


@pytest.fixture
def heldout(home: Path) -> Path:
    return home / "nlu_data" / "heldout"


def test_the_model_of_the_tree_passes_its_exam(model: Path, tmp_path: Path) -> None:
    out = tmp_path / "judged.json"
    assert main([str(model), "--out", str(out)]) == 0
    judged = json.loads(out.read_text(encoding="utf-8"))
    assert judged["conversations"]["failed"] == []
    assert judged["conversations"]["held"] >= 30
    heard = judged["heard"]
    assert heard["sentences"] > 1500
    assert heard["accuracy"] > 0.8
    assert heard["urgent_missed"] <= 4
    assert len(judged["model_id"]) == 32


def test_a_conversation_that_goes_another_way_is_told_by_its_first_wrong_turn(agent: Agent) -> None:
    turns = (
        Turn("你好", ("utter_greet",), {}),
        Turn("转人工", ("action_answer_question",), {}),
        Turn("谢谢", ("utter_goodbye",), {}),
    )
    failures = asyncio.run(hold(agent, {}, [Conversation("wrong", turns)]))
    expected = ("action_answer_question",)
    assert failures == [Failure("wrong", 2, "转人工", expected, ("action_ask_human",))]


def test_a_form_that_is_left_open_asks_again_and_conversations_do_not_hear_each_other(agent: Agent) -> None:
    service = {
        "action_open_ticket": Effect(opens="ticket_form", sets={"ticket_reply": None}),
        "validate_ticket_form": Effect(sets={"ticket_reply": None}),
    }
    asks = "action_ask_ticket_reply"
    opened = Turn("我想申请困难补助", ("action_open_ticket", asks), {})
    talks = [
        Conversation("first", (opened, Turn("家里老人住院", (asks,), {}))),
        Conversation("second", (Turn("谢谢", ("utter_thank",), {}),)),
    ]
    assert asyncio.run(hold(agent, service, talks)) == []


def test_sentences_heard_together_are_heard_as_one_by_one(agent: Agent) -> None:
    texts = ["年假几天", "我不想活了", "嘛呢呗咯喵呜", "上班中暑算不算工伤", "你好"]
    together = [parsed["intent"] for parsed in parse(texts, agent)]
    alone = [asyncio.run(agent.parse_message(text))["intent"] for text in texts]
    assert [intent["name"] for intent in together] == [intent["name"] for intent in alone]
    for one, other in zip(together, alone, strict=True):
        assert one["confidence"] == pytest.approx(other["confidence"])


def test_an_intent_without_a_rule_is_a_wrong_action(agent: Agent, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "heldout.jsonl"
    rows = [{"text": "你好", "intent": "thank"}, {"text": "谢谢", "intent": "thank"}]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    actions = read_actions(home / "bot" / "rules")
    del actions["greet"]
    heard = hear(agent, file, actions)
    assert (heard.accuracy, heard.right_action) == (0.5, 0.5)


def test_cries_for_help_are_counted_missed_and_false(agent: Agent, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "heldout.jsonl"
    rows = [
        {"text": "我不想活了", "intent": "urgent_help"},
        {"text": "食堂几点开门", "intent": "urgent_help"},
        {"text": "我真的活不下去了", "intent": "thank"},
    ]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    heard = hear(agent, file, read_actions(home / "bot" / "rules"))
    assert (heard.urgent, heard.urgent_missed, heard.urgent_false) == (2, 1, 1)


def test_every_action_of_the_conversations_is_one_of_the_domain(agent: Agent, heldout: Path) -> None:
    assert agent.domain is not None
    service, conversations = read_conversations(heldout / "conversations.yml")
    turns = [turn for conversation in conversations for turn in conversation.turns]
    named = {name for turn in turns for name in (*turn.does, *turn.service)} | set(service)
    assert named <= set(agent.domain.action_names_or_texts)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("says: 你好", "asks: 你好"),
        ("does: [utter_greet]", "does: [utter_greet]\n    then: more"),
        ("opens: ticket_form", "open: ticket_form"),
        ("conversations:", "talks:"),
        ("- name: one", "- name: one\n  turns: []\n- name: one"),
    ],
)
def test_a_conversation_file_with_a_mistake_is_refused_by_name(tmp_path: Path, old: str, new: str) -> None:
    file = tmp_path / "conversations.yml"
    file.write_text(SHORT, encoding="utf-8")
    assert len(read_conversations(file)[1]) == 1
    file.write_text(SHORT.replace(old, new), encoding="utf-8")
    with pytest.raises(ScriptError, match=r"conversations\.yml"):
        read_conversations(file)
