"""Journeys: what employees say and what must come back, as Chinese YAML, over HTTP on the real stack.

A story is a list of steps: `说` sends a text, `按` presses an option by its title. What must hold of the
answer stands beside it: 结论 (decision), 包含, 不含, 依据 (law and article), 选项, 意图, 出错 (code).
`字数` repeats the text to that many characters. `准备` puts up activities and consultation times of the
story's own unit first, and has an officer there (`经办`); `工会` moves that unit's latest ticket to a state
(`状态`, with a `说明`) and what the employee is told then is looked at.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.journeys.keeper import Keeper
from tests.officer import Officer
from tests.stack import Stack
from tests.talk import Talk

STORIES = Path(__file__).parent / "stories"
KNOWN = {"说", "按", "工会", "结论", "包含", "不含", "依据", "选项", "意图", "出错", "字数"}


def _stories() -> list[Any]:
    found = []
    for file in sorted(STORIES.glob("*.yml")):
        for story in yaml.safe_load(file.read_text(encoding="utf-8")):
            quick = () if story.get("快") else (pytest.mark.verify,)
            found.append(pytest.param(story, id=f"{file.stem}-{story['故事']}", marks=quick))
    return found


@pytest.mark.parametrize("story", _stories())
def test_an_employee_is_answered(story: dict[str, Any], stack: Stack) -> None:
    _prepare(stack, story)
    talk = Talk(stack.url, org=story.get("单位"))
    with ExitStack() as leaving:
        officer = _officer(stack, story, leaving)
        for step in story["经过"]:
            assert set(step) <= KNOWN, f"unknown in story: {set(step) - KNOWN}"
            _take(step, talk, officer)


def _take(step: dict[str, Any], talk: Talk, officer: Officer | None) -> None:
    if "出错" in step:
        text = _text(step)
        refused = talk.post(client_id="refused", text=text)
        assert refused.json()["code"] == step["出错"], refused.text
        assert refused.status_code in (409, 422)
    elif "工会" in step:
        assert officer, "the story has no officer"
        before = talk.messages()[-1]["seq"]
        _move(officer, talk, step["工会"])
        talk.last = talk.messages(after=before)
        _look_at(step, talk.last)
    else:
        body = talk.say(_text(step)) if "说" in step else talk.press(step["按"])
        _check(step, body["messages"])


def _officer(stack: Stack, story: dict[str, Any], leaving: ExitStack) -> Officer | None:
    name = story.get("准备", {}).get("经办")
    if name is None:
        return None
    roles = story["准备"].get("岗位", ["officer"])
    return leaving.enter_context(Officer(stack, name=name, org=story["单位"], roles=roles))


def _move(officer: Officer, talk: Talk, wanted: dict[str, Any]) -> None:
    """Move the ticket of the conversation: others of the same unit may be newer."""
    (ticket,) = talk.http.get("/tickets", headers=talk.headers).raise_for_status().json()
    address = f"/tickets/{ticket['number']}"
    version = officer.get(address)["version"]
    body = {"state": wanted["状态"], "version": version, "note": wanted.get("说明")}
    officer.post(f"{address}/move", body)


def _prepare(stack: Stack, story: dict[str, Any]) -> None:
    wanted, org = story.get("准备", {}), str(story.get("单位"))
    if "活动" in wanted:
        officer = Keeper(stack, role="officer", org=org)
        for activity in wanted["活动"]:
            officer.put_up(**activity)
    for name, kind, role in (("法律咨询", "legal", "adviser"), ("心理咨询", "counselling", "counsellor")):
        if name in wanted:
            adviser = Keeper(stack, role=role, org=org)
            for time in wanted[name]:
                adviser.offer(kind, **time)


def _text(step: dict[str, Any]) -> str:
    text, length = str(step["说"]), step.get("字数")
    return text if length is None else (text * length)[:length]


def _check(step: dict[str, Any], messages: list[dict[str, Any]]) -> None:
    assert messages, "silence"
    text = "\n".join(message["text"] for message in messages)
    assert text.strip()
    # The fallback does not know intents: an answer without one means that the dialogue failed.
    assert all(message["intent"] for message in messages if message["sender"] == "bot"), messages
    _look_at(step, messages)


def _look_at(step: dict[str, Any], messages: list[dict[str, Any]]) -> None:
    text = "\n".join(message["text"] for message in messages)
    context = f"{step} → {text[:300]} ({[m['decision'] for m in messages]}, {messages[0]['intent']})"
    if "结论" in step:
        assert messages[0]["decision"] in str(step["结论"]).split("|"), context
    if "意图" in step:
        assert messages[0]["intent"] in str(step["意图"]).split("|"), context
    for part in step.get("包含", ()):
        assert part in text, context
    for part in step.get("不含", ()):
        assert part not in text, context
    cited = {
        f"{citation['law']} {citation['article']}"
        for message in messages
        for citation in message["citations"]
        if citation["law"]
    }
    for place in step.get("依据", ()):
        assert place in cited, f"{context} cites {cited}"
    offered = [option["title"] for message in messages for option in message["options"]]
    for title in step.get("选项", ()):
        assert title in offered, f"{context} offers {offered}"
