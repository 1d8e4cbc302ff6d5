"""An employee's phone with WeChat Work on it: writes to the bot, and shows what comes back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tests.api.wecom.gateway import Gateway
from tests.api.wecom.gateway_server import Command

Json = dict[str, Any]
PATIENCE = 20.0
QUIET = 1.0
"""Seconds without anything after which nothing more is expected."""
CARRIES = ("aibot_respond_msg", "aibot_send_msg", "aibot_respond_welcome_msg", "aibot_respond_update_msg")


@dataclass(frozen=True, slots=True)
class Shown:
    """What is on the screen: the text of a message, and the buttons below it by their titles."""

    text: str
    buttons: dict[str, str]
    task_id: str
    stream: str | None
    updates_card: bool = False


class Phone:
    """One person's. What was shown last is kept, so that its buttons can be pressed."""

    def __init__(self, gateway: Gateway, userid: str) -> None:
        self._gateway = gateway
        self.userid = userid
        self._seen = 0
        self.last: list[Shown] = []

    def say(self, text: str, *, group: str | None = None) -> list[Shown]:
        """Write a message and return what is shown for it; in a group the bot is mentioned."""
        return self._after(lambda: self._gateway.say(text, userid=self.userid, chatid=group))

    def write_unanswered(self, text: str) -> None:
        """Write a message that a person is to answer."""
        self._gateway.say(text, userid=self.userid)

    def send(self, content: Json) -> list[Shown]:
        """Send something that is no text."""
        return self._after(lambda: self._gateway.push(content, userid=self.userid))

    def enter(self) -> list[Shown]:
        return self._after(lambda: self._gateway.enter(userid=self.userid))

    def press(self, title: str) -> list[Shown]:
        """Press a button of what was shown last, by its title."""
        for shown in reversed(self.last):
            if title in shown.buttons:
                key, task_id = shown.buttons[title], shown.task_id
                break
        else:
            raise AssertionError(f"{title} is not on {[list(shown.buttons) for shown in self.last]}")
        return self._after(lambda: self._gateway.press(key, task_id=task_id, userid=self.userid))

    def rate(self, kind: int) -> None:
        """Rate the last answer: 1 good, 2 bad, 3 taken back."""
        streams = [shown.stream for shown in self.last if shown.stream is not None]
        self._gateway.rate(streams[-1], kind, userid=self.userid)

    def wait(self, part: str) -> list[Shown]:
        """Wait until something with `part` in it is shown, without having done anything."""
        deadline = time.monotonic() + PATIENCE
        shown: list[Shown] = []
        while not any(part in item.text for item in shown):
            assert time.monotonic() < deadline, f"{part} did not come: {[item.text for item in shown]}"
            time.sleep(0.05)
            shown += self._news()
        self.last = shown
        return shown

    def _after(self, act: Callable[[], object]) -> list[Shown]:
        self._news()
        act()
        deadline, quiet_at = time.monotonic() + PATIENCE, None
        shown: list[Shown] = []
        while quiet_at is None or time.monotonic() < quiet_at:
            assert time.monotonic() < deadline, "silence"
            time.sleep(0.02)
            news = self._news()
            shown += news
            if any(not item.updates_card for item in news):
                quiet_at = time.monotonic() + QUIET
        self.last = [item for item in shown if not item.updates_card]
        return shown

    def _news(self) -> list[Shown]:
        """Return what has been shown to this person since the last look, finished messages only."""
        commands = self._gateway.commands
        fresh, self._seen = commands[self._seen :], len(commands)
        return [
            shown
            for command in fresh
            if command.cmd in CARRIES and command.errcode == 0 and self._is_mine(command)
            for shown in _shown(command)
        ]

    def _is_mine(self, command: Command) -> bool:
        if command.cmd == "aibot_send_msg":
            text = command.body.get("markdown", {}).get("content", "")
            return command.body["chatid"] == self.userid or f"<@{self.userid}>" in text
        return self._gateway.asker(command.req_id) == self.userid


def someone() -> str:
    """Return a userid that nobody had before."""
    return f"user-{uuid4().hex[:10]}"


def _shown(command: Command) -> list[Shown]:
    body = command.body
    stream = body.get("stream") or {}
    if stream and not stream["finish"]:
        return []
    card = body.get("template_card") or {}
    texts = [
        stream.get("content"),
        body.get("markdown", {}).get("content"),
        body.get("text", {}).get("content"),
        card.get("sub_title_text"),
        card.get("main_title", {}).get("title") if command.cmd == "aibot_respond_update_msg" else None,
    ]
    return [
        Shown(
            text="\n".join(text for text in texts if text),
            buttons={button["text"]: button["key"] for button in card.get("button_list", ())},
            task_id=card.get("task_id", ""),
            stream=stream.get("id"),
            updates_card=command.cmd == "aibot_respond_update_msg",
        )
    ]
