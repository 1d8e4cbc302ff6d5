"""The console as a union officer uses it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.officer import PASSWORD

WAIT_MS = 15_000


class ConsolePage:
    """One browser window of a member of staff. `messages` are those of the open conversation, in order."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.log = page.get_by_role("log", name="会话记录")
        self.reply_box = page.get_by_role("textbox", name="回复")

    def sign_in(self, login: str, password: str = PASSWORD) -> ConsolePage:
        self.page.goto(f"{self.url}/console/")
        self.page.get_by_label("账号").fill(login)
        self.page.get_by_label("密码").fill(password)
        self.page.get_by_role("button", name="登录").click()
        return self

    def see_queue(self) -> ConsolePage:
        expect(self.page.get_by_role("heading", name="会话").first).to_be_visible(timeout=WAIT_MS)
        return self

    def waiting(self, text: str) -> Locator:
        """Return the card of a waiting conversation by the last words of the employee."""
        return self.page.get_by_role("link").filter(has_text=text)

    def open(self, text: str) -> ConsolePage:
        self.waiting(text).first.click(timeout=WAIT_MS)
        expect(self.log).to_be_visible(timeout=WAIT_MS)
        return self

    def claim(self) -> ConsolePage:
        self.page.get_by_role("button", name="接起会话").click()
        expect(self.reply_box).to_be_visible(timeout=WAIT_MS)
        return self

    def why(self, answer: str) -> Locator:
        """Ask why the assistant gave an answer; return what the console says to that."""
        said = self.log.locator("article.bot").filter(has_text=answer)
        said.get_by_role("button", name="为什么这样答").click()
        return said.locator("dl")

    def reply(self, text: str) -> ConsolePage:
        self.reply_box.fill(text)
        self.reply_box.press("Enter")
        return self

    def give_back(self) -> None:
        self.page.get_by_role("button", name="交回助手").first.click()
        self.page.get_by_role("dialog").get_by_role("button", name="交回助手").click()

    def widths(self) -> tuple[int, int]:
        """Return how wide the page's content is and how wide the screen."""
        need, have = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        return int(need), int(have)
