"""Why the assistant said what it said: kept with every message, told to staff, never to employees."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.conversations.why import Because, Form, Likely, Step, Why
from tests.officer import Officer
from tests.stack import HOME, Stack
from tests.talk import Talk

BRANCH = "示例银行/浙江省分行/杭州分行"
OUTLET = f"{BRANCH}/西湖支行"
QUESTION = "年假天数是看工龄吗"


def kept(stack: Stack) -> dict[str, str]:
    """Return every explanation in the database as it is stored, by its message."""
    with sqlite3.connect(f"file:{stack.data / 'database.sqlite3'}?mode=ro", uri=True, timeout=10) as database:
        return dict(database.execute("SELECT message_id, why FROM message_why").fetchall())


def why_of(stack: Stack, message: dict[str, Any]) -> Why:
    return Why.from_json(json.loads(kept(stack)[message["id"]]))


@pytest.fixture
def talk(stack: Stack) -> Talk:
    return Talk(stack.url, org=OUTLET)


@pytest.fixture(scope="module")
def officer(stack: Stack) -> Iterator[Officer]:
    with Officer(stack, name="顾清", org=BRANCH) as one:
        yield one


def chatting(stack: Stack, *said: str, data: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Talk in the terminal with explanations."""
    return subprocess.run(
        [Path(sys.executable).with_name("union-assistant"), "chat", "--explain", "--url", stack.url],
        input="\n".join((*said, "退出")),
        text=True,
        capture_output=True,
        cwd=HOME,
        check=False,
        timeout=120,
        env={**os.environ, "UA_HOME": str(HOME), "UA_DATA_DIR": str(data or stack.data)},
    )


def test_an_answer_a_question_back_and_a_refusal_say_what_they_were_weighed_against(
    stack: Stack, talk: Talk
) -> None:
    (answer,) = talk.say(QUESTION)["messages"]
    why = why_of(stack, answer)
    assert why.intents[0].intent == answer["intent"]
    assert why.intents == tuple(sorted(why.intents, key=lambda one: -one.confidence))
    assert ("leave_kind", "年假") in {(one.kind, one.text) for one in why.values}
    assert (why.action, why.steps) == (
        "action_answer_question",
        (Step("action_answer_question", "RulePolicy", 1.0),),
    )
    assert why.lookup is not None
    assert why.lookup.candidates[0].source_id == answer["citations"][0]["source_id"] == "leave-annual-days"
    assert why.because == (Because.SURE,)
    assert why.lookup.answer_from is not None
    assert answer["confidence"] == why.lookup.confidence >= why.lookup.answer_from

    (back,) = talk.say("工伤")["messages"]
    why = why_of(stack, back)
    assert (back["decision"], why.because) == ("clarify", (Because.NOT_SURE,))
    assert why.lookup is not None
    assert why.lookup.answer_from is not None
    assert back["confidence"] == why.lookup.confidence < why.lookup.answer_from
    offered = [option["title"] for option in back["options"]][:-1]
    assert offered == [one.title for one in why.lookup.candidates[: len(offered)]]

    (refusal,) = talk.say("紫外光谱仪怎么校准波长")["messages"]
    why = why_of(stack, refusal)
    assert (refusal["decision"], why.because[0]) == ("refuse", Because.NOT_OURS)
    assert why.lookup is not None
    assert why.lookup.in_scope_from is not None
    assert why.lookup.in_scope < why.lookup.in_scope_from


def test_a_result_says_that_it_was_worked_out(stack: Stack, talk: Talk) -> None:
    (result,) = talk.say("我干了十二年了年假有几天呢")["messages"]
    why = why_of(stack, result)
    assert (why.action, why.because) == ("action_calculate", (Because.WORKED_OUT,))
    assert ("duration", "十二年") in {(one.kind, one.text) for one in why.values}
    assert result["confidence"] == why.intents[0].confidence


def test_a_question_that_follows_says_with_what_it_was_looked_up(stack: Stack, talk: Talk) -> None:
    talk.say("工伤的医药费谁出")
    (answer,) = talk.say("护理费呢")["messages"]
    why = why_of(stack, answer)
    assert why.because == (Because.LAST_QUESTION, Because.SURE)
    assert why.lookup is not None
    assert why.lookup.text == "工伤，护理费呢"


def test_a_step_of_a_form_says_what_the_form_is_about(stack: Stack, talk: Talk) -> None:
    (asked,) = talk.say("我要申请困难帮扶")["messages"]
    why = why_of(stack, asked)
    assert why.form == Form("ticket_form", "hardship", "text", "opened")
    assert [step.action for step in why.steps] == ["action_open_ticket", "ticket_form"]
    answered, again = talk.say("年假几天")["messages"]
    assert why_of(stack, answered).because[0] is Because.OWN_QUESTION
    assert why_of(stack, again).form == Form("ticket_form", "hardship", "text", "back")


def test_urgent_help_says_that_it_went_before_everything(stack: Stack, talk: Talk) -> None:
    (help_,) = talk.say("我不想活了")["messages"]
    why = why_of(stack, help_)
    assert why.because == (Because.URGENT,)
    assert why.intents[0] == Likely("urgent_help", 1.0)
    (stays,) = talk.say("嗯")["messages"]
    assert [step.action for step in why_of(stack, stays).steps] == ["utter_stay"]


def test_what_was_masked_is_in_no_explanation(stack: Stack, talk: Talk) -> None:
    talk.say("我手机13912345678，身份证11010519491231002X，年假有几天")
    talk.say("那病假呢")
    assert not any("13912345678" in one or "11010519491231002X" in one for one in kept(stack).values())


@pytest.mark.verify
def test_without_the_dialogue_the_explanation_says_so(stack: Stack, talk: Talk) -> None:
    rasa = stack.rasa_pid()
    os.kill(rasa, signal.SIGSTOP)
    try:
        (answer,) = talk.say(QUESTION)["messages"]
    finally:
        os.kill(rasa, signal.SIGCONT)
    stack.wait_until(degraded=False)
    why = why_of(stack, answer)
    assert why.because[0] is Because.DIALOGUE_DOWN
    assert (why.intents, why.steps, why.action) == ((), (), None)
    assert why.lookup is not None
    assert why.lookup.candidates[0].source_id == "leave-annual-days"


def test_employees_are_told_nothing_of_it(stack: Stack, talk: Talk) -> None:
    (answer,) = talk.say(QUESTION)["messages"]
    assert set(answer) == {
        "id", "seq", "conversation_id", "sender", "sender_name", "text", "intent", "decision", "confidence",
        "citations", "options", "attachments", "at",
    }  # fmt: skip
    assert all(set(message) == set(answer) for message in talk.messages())
    address = f"/desk/conversations/{talk.id}/messages/{answer['id']}/why"
    refused = talk.http.get(address, headers=talk.headers)
    assert (refused.status_code, refused.json()["code"]) == (401, "login_required")


def test_staff_read_it_in_words_where_they_may_read_the_conversation(
    stack: Stack, talk: Talk, officer: Officer
) -> None:
    (answer,) = talk.say(QUESTION)["messages"]
    address = f"/conversations/{talk.id}/messages/{answer['id']}/why"
    assert officer.call("GET", address).json()["code"] == "conversation_not_found"
    talk.say("找人工")
    lines = {line["label"]: line for line in officer.get(address)["lines"]}
    assert lines["结论"]["texts"] == ["直接回答"]
    assert "达到直接回答的门槛" in lines["因为"]["texts"][0]
    assert "年休假有几天" in lines["候选"]["texts"][0]
    assert "leave-annual-days" in lines["候选"]["details"]
    own = talk.messages()[1]["id"]
    assert [line["label"] for line in officer.get(address.replace(answer["id"], own))["lines"]] == ["说明"]
    other = Talk(stack.url, org=OUTLET).last[0]["id"]
    missing = officer.call("GET", address.replace(answer["id"], other))
    assert (missing.status_code, missing.json()["code"]) == (404, "message_not_found")
    with Officer(stack, name="路远", org="示例银行/河南省分行") as elsewhere:
        assert elsewhere.call("GET", address).status_code == 404
    officer.post(f"/conversations/{talk.id}/claim")
    assert len(officer.get(address)["lines"]) == len(lines)
    officer.post(f"/conversations/{talk.id}/close")


@pytest.mark.verify
def test_the_terminal_explains_each_message(stack: Stack, tmp_path: Path) -> None:
    talked = chatting(stack, QUESTION, "谢谢")
    assert talked.returncode == 0, talked.stderr
    said = talked.stdout
    assert "│ 听成：" in said
    assert "│ 读到：假别“年假”；" in said
    assert "│ 候选：① 年休假有几天（卡片，相关度 " in said
    assert "达到直接回答的门槛" in said
    assert "│ 做的是：回应道谢（依据：对话规则）" in said
    elsewhere = chatting(stack, QUESTION, data=tmp_path)
    assert elsewhere.returncode == 1
    assert "UA_DATA_DIR" in elsewhere.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.verify
def test_a_deleted_conversation_takes_its_explanations_along(stack: Stack, talk: Talk) -> None:
    (answer,) = talk.say(QUESTION)["messages"]
    assert answer["id"] in kept(stack)
    assert talk.http.delete(f"/conversations/{talk.id}", headers=talk.headers).is_success
    assert answer["id"] not in kept(stack)
