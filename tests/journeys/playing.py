"""Plays a story: what an employee says, what the union does meanwhile, and what must come back."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import jwt

from tests.clocked_service import MORNING, set_clock
from tests.journeys.keeper import Keeper
from tests.officer import Officer
from tests.stack import PORTAL_SECRET, Stack
from tests.talk import Talk

Step = dict[str, Any]
STEP_KEYS = {
    "说", "字数", "按", "工会", "重新打开", "钟点",
    "结论", "包含", "不含", "依据", "卡片", "选项", "不给", "意图", "紧急", "出错", "追问",
}  # fmt: skip
STORY_KEYS = {"故事", "快", "单位", "姓名", "钟点", "准备", "经过"}
LINES_IN_AN_EMERGENCY = 3
PERSON = "找工会的人"
_SHANGHAI = ZoneInfo("Asia/Shanghai")


class Player:
    """One employee in one story."""

    def __init__(self, stack: Stack, story: dict[str, Any], leaving: ExitStack) -> None:
        self._stack = stack
        self._unit = story.get("单位")
        self._identity = self._signed(story["姓名"]) if "姓名" in story else None
        if "钟点" in story or any("钟点" in step for step in story["经过"]):
            leaving.callback(set_clock, stack.data, MORNING)
        if "钟点" in story:
            set_clock(stack.data, _moment(story["钟点"]))
        wanted = story.get("准备", {})
        self._put_up(wanted, leaving)
        self._officer = self._sit_down(wanted, leaving)
        self._leaving = leaving
        self._talk = self._open()

    def take(self, step: Step) -> None:
        if "重新打开" in step:
            self._talk = self._open()
        elif "钟点" in step:
            set_clock(self._stack.data, _moment(step["钟点"]))
        elif "出错" in step:
            self._is_refused(step)
        elif "工会" in step:
            before = self._talk.messages()[-1]["seq"]
            self._move(step["工会"])
            told = self._talk.messages(after=before)
            if told or len(step) > 1:
                self._talk.last = told
                look_at(step, told)
        else:
            body = self._talk.say(_text(step)) if "说" in step else self._talk.press(step["按"])
            check(step, body["messages"])

    def _open(self) -> Talk:
        """Open a conversation; it is closed behind the story, so that nobody is left in a queue."""
        talk = Talk(self._stack.url, org=self._unit, identity=self._identity)
        address = f"/conversations/{talk.id}/close"
        self._leaving.callback(lambda: talk.http.post(address, headers=talk.headers).raise_for_status())
        return talk

    def _signed(self, name: str) -> str:
        claims = {"sub": uuid4().hex, "name": name, "org": self._unit, "exp": 4_000_000_000}
        return jwt.encode(claims, PORTAL_SECRET, algorithm="HS256")

    def _put_up(self, wanted: dict[str, Any], leaving: ExitStack) -> None:
        org = str(self._unit)
        if "活动" in wanted:
            officer = leaving.enter_context(Keeper(self._stack, role="officer", org=org))
            for activity in wanted["活动"]:
                officer.put_up(**activity)
        for name, kind, role in (("法律咨询", "legal", "adviser"), ("心理咨询", "counselling", "counsellor")):
            if name in wanted:
                adviser = leaving.enter_context(Keeper(self._stack, role=role, org=org))
                for time in wanted[name]:
                    adviser.offer(kind, **time)

    def _sit_down(self, wanted: dict[str, Any], leaving: ExitStack) -> Officer | None:
        name = wanted.get("经办")
        if name is None:
            return None
        roles, org = wanted.get("岗位", ["officer"]), str(wanted.get("经办单位", self._unit))
        return leaving.enter_context(Officer(self._stack, name=name, org=org, roles=roles))

    def _move(self, wanted: dict[str, Any]) -> None:
        """Work on the ticket of the conversation, others of the same unit may be newer: move it (不让: in
        vain, with that code), or record whether the colleague agrees for whom it was filed."""
        assert self._officer, "the story has no officer"
        (ticket,) = self._talk.http.get("/tickets", headers=self._talk.headers).raise_for_status().json()
        address = f"/tickets/{ticket['number']}"
        version = self._officer.get(address)["version"]
        if "本人同意" in wanted:
            self._officer.post(f"{address}/subject", {"agrees": wanted["本人同意"], "version": version})
            return
        body = {"state": wanted["状态"], "version": version, "note": wanted.get("说明")}
        done = self._officer.call("POST", f"{address}/move", body)
        assert done.json().get("code") == wanted.get("不让"), done.text

    def _is_refused(self, step: Step) -> None:
        refused = self._talk.post(client_id="refused", text=_text(step))
        assert refused.json()["code"] == step["出错"], refused.text
        assert refused.status_code in (409, 422)


def check(step: Step, messages: list[dict[str, Any]]) -> None:
    """Look at the answer to one message of the employee."""
    assert messages, "silence"
    assert any(message["text"].strip() for message in messages)
    # The fallback does not know intents: an answer without one means that the dialogue failed. Nor does the
    # rule that hands over by itself, behind an answer.
    said = [message for message in messages if message["sender"] == "bot"]
    assert all(message["intent"] or message["decision"] == "handover" for message in said), messages
    look_at(step, messages)


def look_at(step: Step, messages: list[dict[str, Any]]) -> None:
    """Hold messages against what the step says must be true of them."""
    text = "\n".join(message["text"] for message in messages)
    context = f"{step} → {text[:300]} ({[m['decision'] for m in messages]}, {messages[0]['intent']})"
    if "结论" in step:
        assert messages[0]["decision"] in str(step["结论"]).split("|"), context
    if "意图" in step:
        assert messages[0]["intent"] in str(step["意图"]).split("|"), context
    for part in step.get("包含", ()):
        assert part in text, context
    for part in step.get("不含", ()):
        assert part not in text, f"{part} in {context}"
    cited = {
        f"{citation['law']} {citation['article']}"
        for message in messages
        for citation in message["citations"]
        if citation["law"]
    }
    for place in step.get("依据", ()):
        assert place in cited, f"{context} cites {cited}"
    offered = [option["title"] for message in messages for option in message["options"]]
    known = {citation["title"] for message in messages for citation in message["citations"]} | set(offered)
    for title in step.get("卡片", ()):
        assert title in known, f"{context} rests on or offers {known}"
    for title in step.get("选项", ()):
        assert title in offered, f"{context} offers {offered}"
    for title in step.get("不给", ()):
        assert title not in offered, f"{context} offers {offered}"
    if step.get("紧急"):
        _is_for_an_emergency(messages, text, offered, context)


def _is_for_an_emergency(messages: list[dict[str, Any]], text: str, offered: list[str], context: str) -> None:
    """Rule 10 of how the assistant speaks: a few lines, numbers to tap, nothing else to do."""
    assert messages[0]["intent"] == "urgent_help", context
    assert len([line for line in text.splitlines() if line.strip()]) <= LINES_IN_AN_EMERGENCY, context
    assert "](tel:1" in text, context
    assert not [citation for message in messages for citation in message["citations"]], context
    assert set(offered) <= {PERSON}, f"{context} offers {offered}"
    for word in ("工单", "依据", "评价", "请核对", "不想填"):
        assert word not in text, context


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=_SHANGHAI)


def _text(step: Step) -> str:
    text, length = str(step["说"]), step.get("字数")
    return text if length is None else (text * length)[:length]
