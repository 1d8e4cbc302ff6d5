"""The chat page as an employee uses it: by what stands on it, not by how it is made."""

from __future__ import annotations

import json
from typing import Any

import httpx
from playwright.sync_api import Locator, Page, expect

ANSWER_MS = 20_000
"""Longest wait for an answer; a turn has 10 s before the server says `pending`."""


class ChatPage:
    """One page. `answers` and `questions` are the messages shown, in order; `standing` says
    whether one waits for a person or talks to one."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.log = page.get_by_role("log")
        self.field = page.get_by_role("textbox", name="输入你的问题")
        self.answers = self.log.locator("article.bot")
        self.questions = self.log.locator("article.employee .plain")
        self.unsent = self.log.locator("article.unsent")
        self.panel = page.get_by_role("dialog")
        self.standing = page.locator("main > [role=status]")

    def open(self) -> ChatPage:
        """Open the page and wait until the conversation can begin."""
        self.page.goto(self.url)
        expect(self.answers).to_have_count(1, timeout=ANSWER_MS)
        self.wait_until_online()
        return self

    def wait_until_online(self) -> None:
        expect(self.page.get_by_role("banner").get_by_role("status")).to_have_text("在线", timeout=40_000)

    def write(self, text: str) -> None:
        """Send a text without waiting for anything."""
        self.field.fill(text)
        self.field.press("Enter")

    def ask(self, text: str) -> Locator:
        """Send a text and return the answer to it."""
        before = self.answers.count()
        self.write(text)
        expect(self.answers).not_to_have_count(before, timeout=ANSWER_MS)
        return self.answers.last

    def option(self, title: str) -> Locator:
        return self.log.get_by_role("button", name=title, exact=True)

    def open_source(self, chip: str) -> Locator:
        """Press the last chip of this name and return the panel with its source loaded."""
        self.log.get_by_role("button", name=chip, exact=True).last.click()
        expect(self.panel.get_by_role("heading", level=2)).to_be_visible()
        expect(self.panel.get_by_text("正在打开")).to_have_count(0)
        return self.panel

    def wait_until_delivered(self) -> None:
        """Wait until the server has confirmed everything that was sent."""
        # Asked again and again from here: the page's content policy forbids wait_for_function's eval.
        for _ in range(2 * ANSWER_MS // 100):
            if not self.page.evaluate("Object.keys(localStorage).some(key => key.startsWith('ua.outbox.'))"):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError("something is still on its way")

    def widths(self) -> tuple[int, int]:
        """Return the width the page needs and the width it has, in pixels."""
        need, have = self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        return int(need), int(have)

    def stored(self, after: int = 0) -> list[dict[str, Any]]:
        """Return the conversation's messages as the server has them."""
        kept, headers = self._kept()
        answer = httpx.get(
            f"{self.url}/api/v1/conversations/{kept['id']}/messages",
            params={"after": after},
            headers=headers,
            trust_env=False,
        )
        messages: list[dict[str, Any]] = answer.raise_for_status().json()["messages"]
        return messages

    def send_elsewhere(self, text: str) -> None:
        """Send a text in this conversation from another device."""
        kept, headers = self._kept()
        httpx.post(
            f"{self.url}/api/v1/conversations/{kept['id']}/messages",
            json={"client_id": "elsewhere", "text": text},
            headers=headers,
            timeout=20,
            trust_env=False,
        ).raise_for_status()

    def _kept(self) -> tuple[dict[str, str], dict[str, str]]:
        kept: dict[str, str] = json.loads(self.page.evaluate("localStorage.getItem('ua.conversation')"))
        return kept, {"Authorization": f"Bearer {kept['token']}"}
