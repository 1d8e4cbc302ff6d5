"""The anonymous report page, and that nothing of a report stays in the browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page, Request, Route, ViewportSize, expect

from tests.browser.conftest import PHONE

CODE = re.compile(r"^[0-9A-Z]{4}(-[0-9A-Z]{4})+$")
STORY = "三楼消防通道一直锁着，物业说钥匙丢了。"


@pytest.fixture
def page(browser: Browser, viewport: ViewportSize, server_url: str) -> Iterator[Page]:
    """The page, opened by somebody new; a script error or a breach of the content policy fails the test."""
    touch = viewport == PHONE
    context = browser.new_context(
        viewport=viewport, has_touch=touch, is_mobile=touch, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    faults: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Security Policy" in line.text else None)
    page.goto(f"{server_url}/report")
    try:
        yield page
    finally:
        context.close()
    assert not faults


def submit(page: Page, text: str = STORY) -> str:
    """Send a report and return its code."""
    page.get_by_label("劳动安全和健康").check()
    page.get_by_label("发生了什么").fill(text)
    page.get_by_role("button", name="提交报告").click()
    shown = page.locator("p.code")
    expect(shown).to_have_text(CODE)
    return shown.inner_text()


def look_up(page: Page, code: str) -> None:
    page.get_by_role("tab", name="查看回复").click()
    page.get_by_label("回执码").fill(code)
    page.get_by_role("button", name="查看", exact=True).click()


def test_a_report_is_taken_and_found_again_by_its_code(page: Page) -> None:
    code = submit(page)
    expect(page.get_by_text("只显示这一次")).to_be_visible()
    page.get_by_role("button", name="我已经记下").click()
    expect(page.get_by_text(code)).to_have_count(0)
    look_up(page, code.lower().replace("-", " "))
    expect(page.get_by_text(STORY)).to_be_visible()
    expect(page.get_by_text("已收到", exact=True)).to_be_visible()


@pytest.mark.verify
def test_the_reporter_adds_to_the_report(page: Page) -> None:
    code = submit(page)
    page.get_by_role("button", name="我已经记下").click()
    look_up(page, code)
    page.get_by_label("补充情况").fill("二楼也锁了，我的电话是13912345678。")
    page.get_by_role("button", name="提交补充").click()
    expect(page.get_by_text("补充已收到")).to_be_visible()
    expect(page.get_by_role("article").last).to_contain_text("二楼也锁了")
    expect(page.get_by_text("13912345678")).to_have_count(0)
    page.get_by_role("button", name="从本页清除").click()
    expect(page.get_by_text(STORY)).to_have_count(0)


@pytest.mark.verify
def test_nothing_stays_in_the_browser(page: Page) -> None:
    addresses: list[str] = []
    secrets: list[str] = []

    def note(request: Request) -> None:
        addresses.append(request.url)
        secrets.extend(name for name in request.headers if name in ("cookie", "authorization"))

    page.on("request", note)
    code = submit(page)
    page.get_by_role("button", name="我已经记下").click()
    look_up(page, code)
    expect(page.get_by_text(STORY)).to_be_visible()
    assert page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0
    assert page.evaluate("indexedDB.databases().then(found => found.length)") == 0
    assert not page.context.cookies()
    assert not secrets
    assert not [address for address in addresses if code in address]
    assert page.url.endswith("/report")


@pytest.mark.verify
def test_the_back_button_brings_nothing_up_again(page: Page, server_url: str) -> None:
    code = submit(page)
    page.get_by_role("button", name="我已经记下").click()
    look_up(page, code)
    expect(page.get_by_text(STORY)).to_be_visible()
    page.goto(server_url)
    page.go_back()
    expect(page.get_by_role("heading", name="匿名报告")).to_be_visible()
    expect(page.get_by_text(STORY)).to_have_count(0)
    assert code not in page.content()


@pytest.mark.verify
def test_leaving_with_a_code_that_was_not_saved_is_asked_about(page: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    submit(page)
    page.close(run_before_unload=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="我已经记下").click()
    page.close(run_before_unload=True)
    assert asked == ["beforeunload"]


@pytest.mark.verify
@pytest.mark.parametrize("fault", ["busy", "offline"])
def test_what_was_not_received_is_not_lost(page: Page, fault: str) -> None:
    def refuse(route: Route) -> None:
        if fault == "offline":
            route.abort()
        else:
            body = {"code": "too_many_reports", "detail": "请过几分钟再试。", "request_id": "r"}
            route.fulfill(status=429, json=body)

    page.route("**/api/v1/reports", refuse)
    page.get_by_label("性骚扰、欺凌、歧视").check()
    page.get_by_label("发生了什么").fill(STORY)
    page.get_by_role("button", name="提交报告").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("你写的都还在")
    expect(page.get_by_label("发生了什么")).to_have_value(STORY)
    expect(page.get_by_label("性骚扰、欺凌、歧视")).to_be_checked()
    page.unroute_all()
    page.get_by_role("button", name="提交报告").click()
    expect(page.locator("p.code")).to_have_text(CODE)


@pytest.mark.verify
def test_a_code_that_nobody_has_is_said_to_be_unknown(page: Page) -> None:
    look_up(page, "AAAA-AAAA")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("回执码")).to_have_value("AAAA-AAAA")


@pytest.mark.verify
def test_nothing_is_wider_than_the_screen(page: Page) -> None:
    submit(page, "长" * 300 + "https://example.org/" + "a" * 300)
    page.get_by_role("button", name="复制").click()
    need, have = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert need <= have
