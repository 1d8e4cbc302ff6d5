"""The widget on a portal's page: another origin, a strict content policy, people who sign in and out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Route, ViewportSize, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.portal import FUTURE, HEFEI, PAST, PortalPage, serve_portal, token
from tests.officer import Officer
from tests.stack import Stack, free_port

QUESTION = "年休假有几天"
ZHANG, LI = token("8001", "张三"), token("8002", "李四")


@pytest.fixture(scope="module")
def portals(portal_origins: tuple[str, str], server_url: str) -> Iterator[tuple[str, str]]:
    """A portal whose pages include the widget, by both of its names."""
    with serve_portal(portal_origins[0], f"{server_url}/widget.js"):
        yield portal_origins


@pytest.fixture
def pages(portals: tuple[str, str]) -> str:
    return portals[0]


@pytest.fixture
def foreign_pages(portals: tuple[str, str]) -> str:
    """Pages of another site than the chat's: the browser of these tests lets their frames store nothing."""
    return portals[1]


@contextmanager
def visited(browser: Browser, origin: str, viewport: ViewportSize) -> Iterator[PortalPage]:
    """A page of the portal; a script error or a breach of a content policy fails the test."""
    touch = viewport == PHONE
    context = browser.new_context(
        viewport=viewport, has_touch=touch, is_mobile=touch, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    faults: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Security Policy" in line.text else None)
    try:
        yield PortalPage(page, origin).visit()
    finally:
        context.close()
    assert not faults


@pytest.fixture
def portal(browser: Browser, pages: str) -> Iterator[PortalPage]:
    with visited(browser, pages, DESK) as page:
        yield page


def wait_until_read(portal: PortalPage, officer: Officer) -> None:
    """Wait until the union knows that the last message was on the employee's screen."""
    last = int(portal.log.locator("[data-seq]").last.get_attribute("data-seq") or 0)
    for _ in range(50):
        if officer.read_up_to(portal.conversation()) == last:
            return
        portal.page.wait_for_timeout(100)
    raise AssertionError(f"message {last} does not count as read")


def test_the_widget_knows_who_is_signed_in_to_the_portal_and_answers(portal: PortalPage) -> None:
    portal.sign_in(ZHANG)
    portal.open()
    expect(portal.person).to_have_text("已登录：张三 · 合肥分行")
    expect(portal.frame.get_by_label("所在单位")).to_have_count(0)
    expect(portal.ask(QUESTION)).to_contain_text("10天")


@pytest.mark.verify
def test_a_visitor_is_told_so_and_a_new_conversation_begins_with_the_identity(portal: PortalPage) -> None:
    portal.open()
    expect(portal.person).to_have_text("未登录，以访客身份提问")
    expect(portal.frame.get_by_label("所在单位")).to_be_visible()
    portal.ask(QUESTION)
    portal.sign_in(ZHANG)
    expect(portal.person).to_have_text("已登录：张三 · 合肥分行")
    expect(portal.questions).to_have_count(0)
    portal.ask(QUESTION)
    portal.page.evaluate("UnionAssistant.forget()")
    expect(portal.person).to_have_text("未登录，以访客身份提问")
    expect(portal.questions).to_have_count(0)


@pytest.mark.verify
def test_the_calculators_work_inside_the_frame(portal: PortalPage) -> None:
    frame = portal.open().frame
    frame.get_by_role("button", name="算一算").click()
    frame.get_by_role("button", name="试用期多长").click()
    frame.get_by_role("radio", name="无固定期限合同").check()
    frame.get_by_role("button", name="下一步").click()
    expect(frame.get_by_role("dialog").get_by_role("status")).to_have_text("试用期最长6个月。")
    portal.page.keyboard.press("Escape")
    expect(frame.get_by_role("dialog")).to_have_count(0)
    expect(portal.field).to_be_visible()


@pytest.mark.verify
def test_the_conversation_goes_on_from_page_to_page_and_only_for_the_same_person(portal: PortalPage) -> None:
    portal.sign_in(ZHANG)
    portal.open().ask(QUESTION)
    portal.field.fill("写到一半")
    portal.visit().sign_in(token("8001", "张三", until=FUTURE + timedelta(hours=1)))
    portal.open()
    expect(portal.questions).to_have_text([QUESTION], use_inner_text=True)
    expect(portal.field).to_have_value("写到一半")
    portal.sign_in(LI)
    expect(portal.person).to_have_text("已登录：李四 · 合肥分行")
    expect(portal.questions).to_have_count(0)
    expect(portal.field).to_have_value("")
    portal.visit().sign_in(ZHANG)
    portal.open()
    expect(portal.person).to_have_text("已登录：张三 · 合肥分行")
    expect(portal.questions).to_have_count(0)


@pytest.mark.verify
def test_until_somebody_opens_the_chat_nothing_is_asked_of_the_server(portal: PortalPage) -> None:
    asked: list[str] = []
    portal.page.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    portal.visit().sign_in(ZHANG)
    expect(portal.frame.get_by_text("正在打开会话")).to_be_attached(timeout=10_000)
    portal.page.wait_for_load_state("networkidle")
    assert not asked
    portal.open()
    assert asked


@pytest.mark.verify
def test_the_token_is_in_no_address_and_in_no_storage(portal: PortalPage) -> None:
    addresses: list[str] = []
    portal.page.on("request", lambda request: addresses.append(request.url))
    portal.page.on("websocket", lambda socket: addresses.append(socket.url))
    portal.sign_in(ZHANG)
    portal.open().ask(QUESTION)
    signature = ZHANG.rsplit(".", 1)[1]
    assert addresses
    assert not [address for address in addresses if signature in address]
    assert signature not in str(portal.kept())
    assert "8001" not in str(portal.kept())
    assert portal.page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0


@pytest.mark.verify
def test_an_expired_token_is_replaced_by_a_fresh_one(portal: PortalPage) -> None:
    portal.sign_in(token("8001", "张三", until=PAST), ZHANG)
    portal.open()
    expect(portal.person).to_have_text("已登录：张三 · 合肥分行")
    expect(portal.frame.get_by_role("alert")).to_have_count(0)


@pytest.mark.verify
def test_a_token_that_is_not_taken_leads_to_a_visitor_who_is_told(portal: PortalPage) -> None:
    portal.sign_in(f"{ZHANG}x")
    portal.open()
    expect(portal.person).to_have_text("未登录，以访客身份提问")
    expect(portal.frame.get_by_role("alert")).to_contain_text("没能确认你的登录身份")
    expect(portal.ask(QUESTION)).to_contain_text("10天")


@pytest.mark.verify
def test_what_a_person_of_the_union_writes_is_announced_while_the_chat_is_closed(
    portal: PortalPage, stack: Stack
) -> None:
    with Officer(stack, name="王敏", org=HEFEI) as officer:
        portal.sign_in(ZHANG)
        portal.open().ask("找人工")
        chat = portal.conversation()
        officer.claim(chat)
        expect(portal.standing).to_have_text("正在和 合肥分行工会 王敏 说话")
        wait_until_read(portal, officer)
        portal.page.keyboard.press("Escape")
        expect(portal.badge).to_be_hidden()
        officer.say(chat, "你好，请说说情况。")
        expect(portal.badge).to_have_text("1")
        # On the portal's next page, where nobody has opened the chat yet.
        portal.visit().sign_in(ZHANG)
        expect(portal.badge).to_have_text("1", timeout=10_000)
        assert "1 条新消息" in (portal.launcher.get_attribute("aria-label") or "")
        portal.open()
        said = portal.log.locator("article.staff")
        expect(said).to_contain_text("你好，请说说情况。")
        expect(said.get_by_role("heading")).to_have_text("合肥分行工会 王敏")
        expect(portal.badge).to_be_hidden()
        wait_until_read(portal, officer)
        officer.hand_back(chat)
        expect(portal.standing).to_have_text("")


@pytest.mark.verify
def test_a_link_to_the_report_page_opens_a_tab_that_knows_nothing_of_the_conversation(
    portal: PortalPage,
) -> None:
    def with_link(route: Route) -> None:
        body = route.fetch().json()
        body["messages"][0]["text"] = "请到[匿名报告](/report)写。"
        route.fulfill(status=201, json=body)

    portal.page.route("**/api/v1/conversations", with_link)
    portal.open()
    with portal.page.context.expect_page() as opened:
        portal.answers.first.get_by_role("link", name="匿名报告").click()
    report = opened.value
    expect(report.get_by_role("heading", name="匿名报告")).to_be_visible()
    assert report.evaluate("[window.opener, document.referrer]") == [None, ""]
    expect(portal.answers).to_have_count(1)


@pytest.mark.verify
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_it_is_used_by_keyboard_and_gives_the_focus_back(
    browser: Browser, pages: str, viewport: ViewportSize
) -> None:
    with visited(browser, pages, viewport) as portal:
        portal.launcher.focus()
        portal.page.keyboard.press("Enter")
        expect(portal.answers.first).to_be_visible()
        expect(portal.launcher).to_have_attribute("aria-expanded", "true")
        if viewport == DESK:
            expect(portal.field).to_be_focused()
        # An open dialog of the chat takes Esc for itself; the next one puts the chat away.
        portal.frame.get_by_role("button", name="结束并清除").click()
        portal.page.keyboard.press("Escape")
        expect(portal.frame.get_by_role("dialog")).to_have_count(0)
        expect(portal.panel).to_be_visible()
        portal.page.keyboard.press("Escape")
        expect(portal.panel).to_be_hidden()
        expect(portal.launcher).to_be_focused()
        expect(portal.launcher).to_have_attribute("aria-expanded", "false")


@pytest.mark.verify
def test_it_fills_a_phone_and_leaves_the_page_as_it_was(browser: Browser, pages: str) -> None:
    with visited(browser, pages, PHONE) as portal:
        portal.open()
        assert portal.panel.bounding_box() == {"x": 0, "y": 0, **PHONE}
        need, have = portal.frame.locator("html").evaluate("page => [page.scrollWidth, page.clientWidth]")
        assert need <= have
        # Behind the chat nothing can be reached.
        blocked = portal.page.evaluate(
            "document.elementFromPoint(60, 60) === document.querySelector('union-assistant')"
        )
        assert blocked
        portal.frame.get_by_role("button", name="收起").click()
        expect(portal.panel).to_be_hidden()
        portal.page.get_by_role("button", name="门户的按钮").click(timeout=2000)


@pytest.mark.verify
def test_it_adds_one_name_and_one_element_to_the_page_however_often_it_is_included(
    portal: PortalPage,
) -> None:
    names = "Object.getOwnPropertyNames(window)"
    with_widget = set(portal.open().page.evaluate(names))
    expect(portal.page.locator("union-assistant")).to_have_count(1)
    shown = portal.launcher.evaluate("button => getComputedStyle(button).position")
    assert shown == "fixed", "the portal's content policy kept the styles out"
    portal.page.goto(f"{portal.origin}/bare")
    added = {name for name in with_widget - set(portal.page.evaluate(names)) if not name.isdigit()}
    assert added == {"UnionAssistant"}


@pytest.mark.verify
def test_where_the_browser_forbids_storage_the_chat_works_while_the_page_is_open(
    browser: Browser, foreign_pages: str
) -> None:
    with visited(browser, foreign_pages, DESK) as portal:
        portal.sign_in(ZHANG)
        portal.open()
        expect(portal.ask(QUESTION)).to_contain_text("10天")
        portal.page.keyboard.press("Escape")
        portal.open()
        expect(portal.questions).to_have_count(1)
        expect(portal.person).to_have_text("已登录：张三 · 合肥分行")


@pytest.mark.verify
def test_a_site_that_was_not_named_cannot_frame_the_chat(browser: Browser, server_url: str) -> None:
    origin = f"http://localhost:{free_port()}"
    context = browser.new_context(viewport=DESK)
    with serve_portal(origin, f"{server_url}/widget.js"):
        stranger = PortalPage(context.new_page(), origin).visit()
        stranger.launcher.click()
        expect(stranger.panel.get_by_text("现在打不开")).to_be_visible(timeout=20_000)
        stranger.panel.get_by_role("button", name="关闭").click()
        expect(stranger.panel).to_be_hidden()
        expect(stranger.launcher).to_be_focused()
    context.close()
