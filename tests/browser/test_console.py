"""Employee and officer in two browsers on the real stack: from 找人工 to the answer and back to the bot."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.chat import ANSWER_MS, ChatPage
from tests.browser.conftest import DESK, PHONE
from tests.browser.console import WAIT_MS, ConsolePage
from tests.officer import Officer
from tests.stack import Stack

BRANCH = "示例银行/广东省分行/广州分行"
OUTLET = f"{BRANCH}/天河支行"
QUESTION = "年休假有几天"


@pytest.fixture(scope="module")
def officer(stack: Stack) -> Iterator[Officer]:
    with Officer(stack, name="周岚", org=BRANCH) as one:
        yield one


@contextmanager
def window(browser: Browser, size: ViewportSize) -> Iterator[Page]:
    """A browser of its own; a script error or a breach of the content policy fails the test."""
    phone = size == PHONE
    context = browser.new_context(
        viewport=size, has_touch=phone, is_mobile=phone, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    faults: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Security Policy" in line.text else None)
    try:
        yield page
    finally:
        context.close()
    assert not faults


@contextmanager
def employee(browser: Browser, url: str, size: ViewportSize = PHONE) -> Iterator[ChatPage]:
    with window(browser, size) as page:
        chat = ChatPage(page, url).open()
        page.get_by_label("所在单位").select_option(OUTLET)
        expect(page.get_by_label("所在单位")).to_have_value(OUTLET)
        yield chat


@contextmanager
def console(
    browser: Browser, stack: Stack, officer: Officer, size: ViewportSize = DESK
) -> Iterator[ConsolePage]:
    with window(browser, size) as page:
        yield ConsolePage(page, stack.url).sign_in(officer.login).see_queue()


def call(chat: ChatPage) -> None:
    """Ask for a person and wait until the page says that one waits."""
    chat.write("找人工")
    expect(chat.standing).to_contain_text("排队中，第", timeout=ANSWER_MS)


@pytest.mark.parametrize(
    "size", [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone", marks=pytest.mark.verify)]
)
def test_a_person_is_called_answers_and_gives_the_conversation_back(
    browser: Browser, stack: Stack, officer: Officer, size: ViewportSize
) -> None:
    words = f"屏幕宽{size['width']}的这位"
    with employee(browser, stack.url) as chat, console(browser, stack, officer, size) as desk:
        chat.ask(QUESTION)
        before = desk.waiting("找人工").count()
        call(chat)
        expect(desk.waiting("找人工")).to_have_count(before + 1, timeout=1_000)
        chat.write(words)
        desk.open(words)
        expect(desk.log).to_contain_text(QUESTION)
        expect(desk.why("年休假按累计工龄算")).to_contain_text("直接回答", timeout=WAIT_MS)
        desk.claim()
        expect(chat.standing).to_contain_text("周岚", timeout=WAIT_MS)
        chat.write("加班费怎么算")
        expect(desk.log).to_contain_text("加班费怎么算", timeout=WAIT_MS)
        desk.reply("我来帮你看看")
        expect(chat.log).to_contain_text("我来帮你看看", timeout=WAIT_MS)
        expect(chat.log.locator("article.staff")).to_contain_text("广州分行工会 周岚")
        # The bot would have answered within this time.
        time.sleep(1.5)
        said = [message["sender"] for message in chat.stored()]
        assert said[said.index("system") :] == ["system", "employee", "staff"]
        need, have = desk.widths()
        assert need <= have
        desk.give_back()
        expect(chat.log).to_contain_text("周岚已把对话交还给助手", timeout=WAIT_MS)
        chat.ask("产假有多少天")
        assert chat.stored()[-1]["sender"] == "bot"


@pytest.mark.verify
def test_two_officers_press_at_once_one_wins_and_the_other_is_told_who(
    browser: Browser, stack: Stack, officer: Officer
) -> None:
    words = "两个人抢的这位"
    with Officer(stack, name="吴迪", org=BRANCH) as other, employee(browser, stack.url) as chat:
        call(chat)
        chat.write(words)
        with console(browser, stack, officer) as first, console(browser, stack, other) as second:
            for desk in (first, second):
                desk.open(words)
                expect(desk.page.get_by_role("button", name="接起会话")).to_be_visible()
            moment = (time.time() + 1.0) * 1000
            for desk in (first, second):
                desk.page.evaluate(
                    """moment => {
                        const buttons = [...document.querySelectorAll("button")];
                        const claim = buttons.find((button) => button.textContent.includes("接起会话"));
                        setTimeout(() => claim.click(), moment - Date.now());
                    }""",
                    moment,
                )
            time.sleep(2.5)
            winners = [desk for desk in (first, second) if desk.reply_box.is_visible()]
            assert len(winners) == 1
            loser, name = (second, "周岚") if winners == [first] else (first, "吴迪")
            expect(loser.page.get_by_text(re.compile(name)).first).to_be_visible()
        introductions = [message for message in chat.stored() if message["sender"] == "system"]
        assert len(introductions) == 1
        assert name in introductions[0]["text"]


@pytest.mark.verify
def test_danger_stands_out_at_the_desk_of_the_person_on_call(browser: Browser, stack: Stack) -> None:
    with (
        Officer(stack, name="郑值班", org=BRANCH, roles=["on_call"]) as on_call,
        employee(browser, stack.url) as chat,
        console(browser, stack, on_call) as desk,
    ):
        chat.write("撑不下去了，感觉没我大家都轻松")
        expect(desk.page.get_by_text("紧急会话等待接待")).to_be_visible(timeout=WAIT_MS)
        expect(desk.page).to_have_title(re.compile("紧急"), timeout=WAIT_MS)
        desk.open("撑不下去了").claim().reply("我在，愿意说说吗")
        expect(chat.log).to_contain_text("我在，愿意说说吗", timeout=WAIT_MS)


@pytest.mark.verify
def test_what_was_written_while_the_employee_was_away_is_there_on_return(
    browser: Browser, stack: Stack, officer: Officer
) -> None:
    with employee(browser, stack.url) as chat:
        call(chat)
        conversation = chat.stored()[0]["conversation_id"]
        page = chat.page
        page.goto("about:blank")
        officer.claim(conversation)
        officer.say(conversation, "等你回来")
        page.goto(stack.url)
        expect(chat.log).to_contain_text("等你回来", timeout=WAIT_MS)


@pytest.mark.verify
def test_a_wrong_password_is_said_and_a_session_that_ended_leads_back_to_the_door(
    browser: Browser, stack: Stack, officer: Officer
) -> None:
    with window(browser, PHONE) as page:
        desk = ConsolePage(page, stack.url).sign_in(officer.login, "not the password")
        expect(page.get_by_text("登录名或密码不对")).to_be_visible()
        desk.sign_in(officer.login).see_queue()
        page.context.clear_cookies()
        page.goto(f"{stack.url}/console/#/tickets")
        page.reload()
        expect(page.get_by_role("button", name="登录")).to_be_visible(timeout=WAIT_MS)
