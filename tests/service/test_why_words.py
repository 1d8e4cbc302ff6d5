"""Explanations in words: everything has a name, nothing is missing, numbers are told apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from service.conversations.why import Because, Candidate, Form, Likely, Lookup, Step, Value, Why
from service.conversations.why_words import WhyWords
from service.texts import Texts, TextsError
from service.tickets.drafts import Asking
from service.tickets.words import SECTIONS
from tests.knowledge import shipped_texts

LOOKUP = Lookup(
    text="我工作12年了年假几天",
    day=None,
    decision="answer",
    confidence=0.94,
    in_scope=0.99,
    answer_from=0.75,
    in_scope_from=0.66,
    candidates=(
        Candidate("leave-annual-days", "年休假有几天", "card", 0.91),
        Candidate("leave-annual-lost", "哪些情况没有年休假", "card", 0.2),
        Candidate("leave-military", "军人探亲", "card", 0.001),
    ),
)
WHOLE = Why(
    because=(Because.SURE,),
    intents=(Likely("ask_leave", 0.87), Likely("calc_annual_leave", 0.1), Likely("greet", 0.001)),
    values=(Value("duration", "12 year", "12年"),),
    action="action_answer_question",
    steps=(Step("action_answer_question", "RulePolicy", 1.0),),
    lookup=LOOKUP,
)


@pytest.fixture(scope="module")
def texts(home: Path) -> Texts:
    return shipped_texts(home)


@pytest.fixture(scope="module")
def words(texts: Texts) -> WhyWords:
    return WhyWords(texts, {"hardship": "困难帮扶"})


def said(words: WhyWords, why: Why | None, decision: str | None = "answer") -> dict[str, str]:
    return {line.label: "|".join(line.texts) for line in words.lines(why, decision=decision)}


def domain(home: Path, section: str) -> set[str]:
    found: set[str] = set()
    for file in (home / "bot" / "domain").glob("*.yml"):
        part: Any = yaml.safe_load(file.read_text(encoding="utf-8")).get(section) or ()
        found |= {name for item in part for name in (item if isinstance(item, dict) else [item])}
    return found


def test_an_answer_is_explained_from_what_was_heard_to_what_was_done(words: WhyWords) -> None:
    assert said(words, WHOLE) == {
        "听成": "问“休假”（87%）|其次可能是：算年休假（10%）",
        "读到": "时长“12年”",
        "查的是": "“我工作12年了年假几天”",
        "候选": "① 年休假有几天（卡片，相关度 0.91）|② 哪些情况没有年休假（卡片，相关度 0.20）",
        "结论": "直接回答",
        "因为": "排在最前的卡片答得对的把握是 94%，达到直接回答的门槛 75%。",
        "做的是": "查知识库作答（依据：对话规则）",
    }


def test_names_and_figures_stand_apart_from_the_words(words: WhyWords) -> None:
    details = {line.label: line.details for line in words.lines(WHOLE, decision="answer")}
    assert details["听成"] == "ask_leave 0.87 · calc_annual_leave 0.10"
    assert details["候选"] == "leave-annual-days · leave-annual-lost"
    assert details["做的是"] == "action_answer_question RulePolicy 1.00"
    assert "ask_" not in "".join(said(words, WHOLE).values())


def test_a_probability_just_below_its_threshold_does_not_look_like_it(words: WhyWords) -> None:
    close = Lookup("x", None, "clarify", 0.7466, 1.0, 0.7503, 0.6, LOOKUP.candidates)
    text = said(words, Why(because=(Because.NOT_SURE,), lookup=close))["因为"]
    assert "74.7%" in text
    assert "75.0%" in text


def test_what_was_looked_up_says_with_what_and_for_which_day(words: WhyWords) -> None:
    then = Lookup("x", "2023-12-31", "answer", 0.9, 1.0, 0.85, 0.6, LOOKUP.candidates)
    together = Why(because=(Because.LAST_QUESTION, Because.SURE), lookup=then)
    assert said(words, together)["查的是"] == "“x”（和前面说的连在一起查）|按 2023-12-31 的规定查"


def test_a_form_says_what_it_is_about_and_asks_for(words: WhyWords) -> None:
    why = Why(
        action="action_ask_ticket_reply",
        steps=(Step("action_open_ticket", "RulePolicy", 1.0), Step("ticket_form", "followup_action", 1.0)),
        form=Form("ticket_form", "hardship", "contact", "contact_unclear"),
    )
    lines = said(words, why, "flow")
    assert lines["表单"] == (
        "正开着“办事申请”|办的是：困难帮扶|这一步问：联系方式|上一句被当作：看不出是电话还是邮箱"
    )
    assert "打开办事申请 → 填办事申请" in lines["做的是"]


@pytest.mark.parametrize(
    ("step", "said_of_it"),
    [
        (Step("action_service", "RulePolicy", 1.0), "对话规则"),
        (Step("action_service", "RulePolicy", 0.3), "没有规则适用"),
        (Step("action_service", "MemoizationPolicy", 1.0), "对话故事"),
        (Step("action_service", "followup_action", 1.0), "由前一步带出"),
        (Step("action_service", None, None), "由前一步带出"),
        (Step("action_service", "AnotherPolicy", 0.9), "对话策略"),
    ],
)
def test_what_chose_an_action_is_told_apart(words: WhyWords, step: Step, said_of_it: str) -> None:
    assert said_of_it in said(words, Why(action=step.action, steps=(step,)))["做的是"]


def test_everything_the_dialogue_knows_has_a_name_of_its_own(home: Path, texts: Texts) -> None:
    topics = {f"ask_{name}" for name in texts.section("knowledge.topic")}
    assert domain(home, "intents") - topics == set(texts.section("why.intent"))
    assert domain(home, "entities") == set(texts.section("why.value"))
    forms = domain(home, "forms")
    assert forms == set(texts.section("why.form.name"))
    actions = domain(home, "actions") | domain(home, "responses") | forms
    assert actions == set(texts.section("why.action"))


def test_every_question_and_remark_of_the_form_has_a_name(texts: Texts) -> None:
    assert set(texts.section("why.form.want")) == set(Asking)
    assert set(texts.section("why.form.as")) == set(SECTIONS["form.remark"])


def test_every_reason_has_its_sentence_and_no_sentence_is_left_over(words: WhyWords, texts: Texts) -> None:
    assert set(texts.section("why.because")) == set(Because)
    for reason in Because:
        text = said(words, Why(because=(reason,), lookup=LOOKUP))["因为"]
        assert text
        assert "{" not in text


def test_a_message_without_an_explanation_says_so(words: WhyWords) -> None:
    assert list(said(words, None)) == ["说明"]


def test_a_missing_sentence_fails_at_the_start(texts: Texts) -> None:
    values = {name: texts.value(name) for name in ("why", "knowledge")}
    short = dict(texts.section("why"))
    short["because"] = {name: text for name, text in texts.section("why.because").items() if name != "sure"}
    with pytest.raises(TextsError, match=r"why\.because\.sure"):
        WhyWords(Texts({**values, "why": short}), {})
