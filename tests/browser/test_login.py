"""The chat opened by the login in WeChat Work: who it is, and what was said before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from service.people.member_tokens import LASTS, MemberIdentity, sign_member
from tests.browser.chat import ANSWER_MS, ChatPage
from tests.browser.conftest import PHONE
from tests.clocked_service import read_clock
from tests.stack import Stack

pytestmark = pytest.mark.verify

QUESTION = "年休假有几天"
INSIDE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Mobile Safari/537.36 wxwork/4.1.30"


def token(stack: Stack, userid: str, *, expired: bool = False) -> str:
    """Return what the login of this service gives a member."""
    secret = (stack.data / "secrets" / "identity").read_text(encoding="ascii").strip()
    at = read_clock(stack.data) - (2 * LASTS if expired else 0 * LASTS)
    return sign_member(MemberIdentity(userid, "王敏"), secret=secret, now=at)


def said_before(stack: Stack, userid: str, text: str) -> None:
    """Have somebody ask in a conversation that this browser does not know."""
    with httpx.Client(base_url=f"{stack.url}/api/v1", timeout=20, trust_env=False) as http:
        headers = {"Authorization": f"Bearer {token(stack, userid)}"}
        opened = http.post("/conversations", json={}, headers=headers).raise_for_status().json()
        address, headers = f"/conversations/{opened['id']}", {"Authorization": f"Bearer {opened['token']}"}
        body = {"client_id": "1", "text": text}
        http.post(f"{address}/messages", json=body, headers=headers).raise_for_status()


def person(page: Page) -> str:
    return page.get_by_role("banner").locator(".person").inner_text()


def test_who_has_logged_in_is_named_and_the_token_stands_nowhere(chat: ChatPage, stack: Stack) -> None:
    given = token(stack, "named")
    chat.page.goto(f"{chat.url}/#identity={given}")
    expect(chat.answers).to_have_count(1, timeout=ANSWER_MS)
    expect(chat.page.get_by_role("banner").locator(".person")).to_have_text("已登录：王敏")
    assert chat.page.url == f"{chat.url}/"
    kept = chat.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, history.state])")
    assert given not in kept
    assert "named" not in kept
    chat.page.go_back()
    assert "identity" not in chat.page.url
    chat.page.go_forward()
    assert "identity" not in chat.page.url


def test_what_was_said_before_is_shown_above_when_asked_for(chat: ChatPage, stack: Stack) -> None:
    talker = f"talker{chat.widths()[1]}"  # one for each viewport
    said_before(stack, talker, "我去年问过的事")
    chat.page.goto(f"{chat.url}/#identity={token(stack, talker)}")
    expect(chat.answers).to_have_count(1, timeout=ANSWER_MS)
    chat.ask(QUESTION)
    before = chat.log.get_by_role("region", name="以前的对话")
    expect(before.locator("article")).to_have_count(0)
    before.get_by_role("button", name="看以前的对话").click()
    expect(before.get_by_text("我去年问过的事")).to_be_attached()
    expect(before.get_by_text("在网页上")).to_be_attached()
    expect(before.get_by_text("没有更早的了")).to_be_attached()
    expect(before.get_by_role("button", name="没帮上")).to_have_count(0)
    expect(chat.questions.last).to_have_text(QUESTION)
    need, have = chat.widths()
    assert need <= have


def test_an_expired_token_leaves_a_visitor_who_is_told_so(chat: ChatPage, stack: Stack) -> None:
    chat.page.goto(f"{chat.url}/#identity={token(stack, 'late', expired=True)}")
    expect(chat.page.get_by_text("没能确认你的登录身份")).to_be_visible(timeout=ANSWER_MS)
    assert person(chat.page) == "未登录，以访客身份提问"
    expect(chat.page.get_by_role("button", name="看以前的对话")).to_have_count(0)


def test_who_could_not_log_in_is_told_why_and_can_ask(chat: ChatPage) -> None:
    chat.page.goto(f"{chat.url}/#login=outside")
    expect(chat.page.get_by_text("不在这个应用的使用范围里")).to_be_visible(timeout=ANSWER_MS)
    assert chat.page.url == f"{chat.url}/"
    expect(chat.ask(QUESTION)).to_contain_text("10天")


@contextmanager
def inside_wecom(browser: Browser, url: str) -> Iterator[ChatPage]:
    context = browser.new_context(viewport=PHONE, locale="zh-CN", user_agent=INSIDE)
    try:
        yield ChatPage(context.new_page(), url)
    finally:
        context.close()


def test_inside_wecom_the_page_logs_in_by_itself(browser: Browser, stack: Stack) -> None:
    with inside_wecom(browser, stack.url) as chat:

        def platform(route: Route) -> None:
            route.fulfill(status=302, headers={"Location": f"/#identity={token(stack, 'inside')}"})

        chat.page.route("**/api/v1/wecom/login", platform)
        chat.page.goto(chat.url)
        expect(chat.page.get_by_role("banner").locator(".person")).to_have_text(
            "已登录：王敏", timeout=ANSWER_MS
        )
        assert chat.page.url == f"{chat.url}/"


def test_inside_wecom_without_a_login_one_asks_as_a_visitor(browser: Browser, stack: Stack) -> None:
    with inside_wecom(browser, stack.url) as chat:
        chat.open()
        assert person(chat.page) == "未登录，以访客身份提问"
