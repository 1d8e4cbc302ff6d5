"""The work of the desk beside conversations, in a browser: tickets, activities, consultation times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chat import ANSWER_MS, ChatPage
from tests.browser.conftest import DESK, PHONE
from tests.browser.console import WAIT_MS, ConsolePage
from tests.browser.test_console import window
from tests.officer import Officer
from tests.stack import Stack

pytestmark = pytest.mark.verify

BRANCH = "示例银行/广东省分行/佛山分行"
OUTLET = f"{BRANCH}/禅城支行"


@pytest.fixture(scope="module")
def officer(stack: Stack) -> Iterator[Officer]:
    with Officer(stack, name="马丽", org=BRANCH, roles=["officer", "adviser", "counsellor"]) as one:
        yield one


@pytest.fixture
def chat(browser: Browser, stack: Stack) -> Iterator[ChatPage]:
    with window(browser, PHONE) as page:
        opened = ChatPage(page, stack.url).open()
        page.get_by_label("所在单位").select_option(OUTLET)
        expect(page.get_by_label("所在单位")).to_have_value(OUTLET)
        yield opened


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def desk(
    browser: Browser, stack: Stack, officer: Officer, request: pytest.FixtureRequest
) -> Iterator[ConsolePage]:
    with window(browser, request.param) as page:
        yield ConsolePage(page, stack.url).sign_in(officer.login).see_queue()


def test_a_ticket_filed_in_the_chat_is_taken_answered_and_closed_at_the_desk(
    chat: ChatPage, desk: ConsolePage
) -> None:
    chat.ask("我要提建议，食堂晚上没有热菜，值班的人只能吃泡面")
    chat.ask("就在这里通知我")
    chat.option("提交").click()
    filed = chat.answers.filter(has_text="工单号").last
    expect(filed).to_be_visible(timeout=ANSWER_MS)
    found = re.search(r"GH\d{6}-\d{4}", filed.inner_text())
    assert found is not None
    number = found.group()
    desk.page.goto(f"{desk.url}/console/#/tickets")
    desk.page.get_by_text("全部", exact=True).click()
    desk.page.get_by_role("link").filter(has_text=number).click()
    ticket = desk.page.get_by_role("article", name=f"工单 {number}")
    expect(ticket).to_contain_text("值班的人只能吃泡面")
    ticket.get_by_role("button", name="由我负责").click()
    expect(chat.log).to_contain_text(number, timeout=WAIT_MS)
    expect(ticket.get_by_role("heading", level=1)).to_contain_text("已分派", timeout=WAIT_MS)
    ticket.get_by_role("textbox", name="答复职工").fill("已经请食堂加热菜")
    ticket.get_by_role("button", name="发给职工").click()
    expect(chat.log).to_contain_text("已经请食堂加热菜", timeout=WAIT_MS)
    need, have = desk.widths()
    assert need <= have
    chat.ask("我的办理进度")
    expect(chat.answers.last).to_contain_text(number)


def test_an_activity_put_up_at_the_desk_is_joined_in_the_chat(chat: ChatPage, desk: ConsolePage) -> None:
    title = f"羽毛球{uuid4().hex[:4]}"
    page = desk.page
    page.goto(f"{desk.url}/console/#/activities")
    page.get_by_role("button", name="发布活动").click()
    form = page.get_by_role("main")
    form.get_by_label("活动名称").fill(title)
    form.get_by_label("哪些人可以报名").click()
    page.get_by_role("option", name="佛山分行").click()
    form.get_by_label("地点").fill("佛山分行职工之家")
    for label, moment in (
        ("开始时间", "2026-12-10 19:00"),
        ("结束时间", "2026-12-10 21:00"),
        ("报名截止", "2026-12-08 18:00"),
    ):
        form.get_by_label(label).fill(moment)
        form.get_by_label(label).press("Enter")
    form.get_by_label("联系人").fill("马丽 0757-0000-0202")
    form.get_by_label("说明").fill("自带球拍")
    form.get_by_role("button", name="保存").click()
    expect(page.get_by_text(title).filter(visible=True).first).to_be_visible(timeout=WAIT_MS)
    answer = chat.ask("最近有什么活动")
    expect(answer).to_contain_text(title)
    chat.ask(f"我要报名{title}")
    chat.option("报名").click()
    expect(chat.answers.last).to_contain_text("哪个名字", timeout=ANSWER_MS)
    chat.ask("陈晨")
    expect(chat.answers.last).to_contain_text(title, timeout=ANSWER_MS)
    page.goto(f"{desk.url}/console/#/activities")
    page.reload()
    page.get_by_role("link").filter(has_text=title).first.click()
    expect(page.get_by_text("陈晨").filter(visible=True).first).to_be_visible(timeout=WAIT_MS)
    page.get_by_role("button", name="取消活动").click()
    page.get_by_role("dialog").get_by_role("button", name="取消活动").click()
    expect(chat.log).to_contain_text("不办了", timeout=WAIT_MS)


def test_a_consultation_time_opened_at_the_desk_is_booked_in_the_chat(
    chat: ChatPage, desk: ConsolePage
) -> None:
    page = desk.page
    page.goto(f"{desk.url}/console/#/slots")
    page.get_by_role("button", name="增加咨询时间").click()
    form = page.get_by_role("dialog")
    hour = 14 if page.viewport_size == DESK else 9
    form.get_by_role("combobox", name="日期", exact=True).fill("2026-12-03")
    form.get_by_role("combobox", name="日期", exact=True).press("Enter")
    form.get_by_label("从几点开始").fill(f"{hour:02}:00")
    form.get_by_label("从几点开始").press("Enter")
    form.get_by_role("spinbutton", name="连续几次").fill("1")
    form.get_by_role("spinbutton", name="连续几次").press("Tab")
    form.get_by_label("地点").fill("佛山分行3楼305室")
    form.get_by_label("面向哪个单位").click()
    page.get_by_role("option", name="佛山分行").click()
    form.get_by_role("button", name="增加", exact=True).click()
    first = page.get_by_role("button", name=f"取消 {hour:02}:00 的咨询时间")
    expect(first).to_be_visible(timeout=WAIT_MS)
    chat.ask("预约法律咨询")
    chat.log.get_by_role("button", name=re.compile(f"{hour}:00，30分钟")).click()
    expect(chat.answers.last).to_contain_text("怎么称呼", timeout=ANSWER_MS)
    chat.ask("小陈")
    expect(chat.answers.last).to_contain_text("约好了", timeout=ANSWER_MS)
    page.reload()
    expect(page.get_by_text("小陈").filter(visible=True).first).to_be_visible(timeout=WAIT_MS)
