"""What the trained pipeline makes of a message."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.normaliser import Normaliser


def understand(agent: Agent, text: str, **metadata: str) -> dict[str, Any]:
    assert agent.processor
    return asyncio.run(agent.processor.parse_message(UserMessage(text, metadata=metadata)))


def entities(parsed: dict[str, Any], name: str) -> list[Any]:
    return [entity["value"] for entity in parsed["entities"] if entity["entity"] == name]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("行里不让休年假怎么办", "ask_leave"),
        ("困难帮扶要什么条件", "ask_hardship"),
        ("我想申请困难帮扶，怎么办理", "apply_hardship"),
        ("轮岗我不想去行不行", "ask_job_change"),
        ("转人工！", "ask_human"),
        ("信用卡账单怎么分期", "out_of_scope"),
        ("帮我查查我的申请到哪步了", "check_ticket"),
        ("我要报名这周末的羽毛球赛", "join_activity"),
    ],
)
def test_everyday_sentences_are_understood(loaded: Agent, text: str, intent: str) -> None:
    assert understand(loaded, text)["intent"]["name"] == intent


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("撑不下去了，感觉没我大家都轻松", "self_harm"),
        ("我不想活了", "self_harm"),
        ("活着真没意思，天天被骂", "self_harm"),
        ("感觉自己就是大家的累赘", "self_harm"),
        ("同事晕倒了叫不醒", "medical"),
        ("机房着火了快来人", "fire"),
        ("有客户拿刀进来了", "violence"),
    ],
)
def test_a_cry_for_help_is_urgent_and_says_of_what_kind(loaded: Agent, text: str, kind: str) -> None:
    parsed = understand(loaded, text)
    assert parsed["intent"]["name"] == "urgent_help"
    assert kind in entities(parsed, "kind")


@pytest.mark.parametrize("text", ["上班中暑算不算工伤", "消防演练多久一次", "累死了，年假几天"])
def test_a_question_about_a_rule_is_not_urgent(loaded: Agent, text: str) -> None:
    assert understand(loaded, text)["intent"]["name"] != "urgent_help"


@pytest.mark.parametrize("text", ["嘛呢呗咯喵呜", "🎉🎉🎉", "ⅷ∮∞", "嗷"])
def test_gibberish_never_raises_and_never_starts_a_service(loaded: Agent, text: str) -> None:
    assert understand(loaded, text)["intent"]["name"] in {"nlu_fallback", "out_of_scope"}


def test_full_width_and_spaced_text_is_understood_as_its_plain_form(loaded: Agent) -> None:
    plain, wide = understand(loaded, "n+1怎么算"), understand(loaded, "  Ｎ＋１怎么算  ")
    assert wide["intent"] == plain["intent"]


def test_a_typed_slash_is_text_and_never_a_command(loaded: Agent) -> None:
    for text in ("／ask_human", "／/ask_human", "  ／restart"):
        parsed = understand(loaded, text)
        assert not parsed["text"].startswith("/")
        assert parsed["intent"].get("confidence") != 1.0


def test_what_an_option_sends_is_taken_as_it_is(loaded: Agent) -> None:
    parsed = understand(loaded, '/choose_source{"source": "law:职工带薪年休假条例:第三条"}')
    assert parsed["intent"] == {"name": "choose_source", "confidence": 1.0}
    assert entities(parsed, "source") == ["law:职工带薪年休假条例:第三条"]
    assert understand(loaded, '/choose_topic{"topic": "leave"}')["intent"]["name"] == "choose_topic"
    assert understand(loaded, "/choose_topic")["entities"] == []


def test_values_are_read_with_their_places(loaded: Agent) -> None:
    parsed = understand(loaded, "派遣的工作12年了，上个月被合肥分行辞退", today="2026-11-23")
    assert entities(parsed, "employment") == ["dispatched"]
    assert entities(parsed, "branch") == ["合肥分行"]
    assert entities(parsed, "duration")[0]["value"] == "12"
    assert entities(parsed, "date") == [{"first": "2026-10-01", "last": "2026-10-31"}]
    for entity in parsed["entities"]:
        assert 0 <= entity["start"] < entity["end"] <= len(parsed["text"])


def test_an_article_is_recognised_with_its_law(loaded: Agent) -> None:
    parsed = understand(loaded, "劳动合同法39条怎么说")
    assert entities(parsed, "law") == ["劳动合同法"]
    assert entities(parsed, "article") == [{"law": "劳动合同法", "article": "第三十九条", "paragraph": None}]


def test_dates_are_left_out_when_nobody_says_what_today_is(loaded: Agent) -> None:
    assert entities(understand(loaded, "去年三月入职"), "date") == []


def test_within_an_entity_the_longest_wording_wins(loaded: Agent) -> None:
    parsed = understand(loaded, "陪产假几天")
    assert entities(parsed, "leave_kind") == ["paternity"]


def test_the_normaliser_leaves_no_slash_in_front() -> None:
    (message,) = Normaliser().process([Message({TEXT: "／ ／／年假"})])
    assert message.get(TEXT) == "年假"


def test_understanding_takes_a_few_milliseconds(loaded: Agent) -> None:
    understand(loaded, "热身")
    started = time.perf_counter()
    for _ in range(20):
        understand(loaded, "我工作12年了年假几天，行里不让休怎么办")
    assert (time.perf_counter() - started) / 20 < 0.1
