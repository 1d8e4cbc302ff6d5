"""“算一算” in the chat page: questions one after the other, a result with its articles, a number changed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Request, expect

from tests.browser.chat import ChatPage

PROBATION = "试用期多长，工资最低多少"
ARTICLE = "劳动合同法 第十九条"

pytestmark = pytest.mark.verify


def choose(chat: ChatPage) -> Locator:
    """Open the calculators and begin the one of probation; returns its panel."""
    chat.open().page.get_by_role("button", name="算一算").click()
    chat.page.get_by_role("button", name=PROBATION).click()
    panel = chat.page.get_by_role("dialog", name=PROBATION)
    expect(panel.get_by_role("radio", name="有到期日的合同")).to_be_focused()
    return panel


def work_out(panel: Locator, months: str) -> None:
    """Answer both questions of a contract with a fixed term."""
    panel.get_by_role("radio", name="有到期日的合同").check()
    panel.get_by_role("button", name="下一步").click()
    answer(panel, months)


def answer(panel: Locator, months: str) -> None:
    panel.get_by_role("textbox", name="合同多长").fill(months)
    panel.get_by_role("textbox", name="合同多长").press("Enter")


def says(panel: Locator, headline: str) -> None:
    expect(panel.get_by_role("status")).to_have_text(headline)


def test_only_what_is_needed_is_asked_and_a_chip_opens_the_article(chat: ChatPage) -> None:
    panel = choose(chat)
    expect(panel.get_by_role("textbox")).to_have_count(0)
    work_out(panel, "36")
    says(panel, "试用期最长6个月。")
    panel.get_by_role("button", name=ARTICLE).click()
    source = chat.page.get_by_role("dialog", name=ARTICLE)
    expect(source.locator(".text, .notice").first).to_be_visible()
    chat.page.go_back()
    expect(source).to_have_count(0)
    says(panel, "试用期最长6个月。")
    expect(panel.get_by_role("button", name=ARTICLE)).to_be_focused()


def test_a_changed_number_is_worked_out_anew_with_what_else_was_written(chat: ChatPage) -> None:
    panel = choose(chat)
    work_out(panel, "36")
    panel.get_by_role("button", name="改一个数").click()
    expect(panel.get_by_role("textbox", name="合同多长")).to_have_value("36")
    panel.get_by_role("textbox", name="转正后的月工资").fill("6,000")
    answer(panel, "24")
    says(panel, "试用期最长2个月，每月工资最低4800元。")
    expect(panel).to_contain_text("4800元")
    panel.get_by_role("button", name="清空").click()
    expect(panel.get_by_role("radio", name="有到期日的合同")).not_to_be_checked()
    expect(panel.get_by_role("textbox")).to_have_count(0)


def test_what_cannot_be_is_said_at_its_field(chat: ChatPage) -> None:
    panel = choose(chat)
    work_out(panel, "三年")
    expect(panel.get_by_role("alert").filter(has_text="只填数字")).to_be_visible()
    answer(panel, "0")
    expect(panel.get_by_role("alert").filter(has_text="算不了")).to_be_visible()
    expect(panel.get_by_role("textbox", name="合同多长")).to_be_focused()
    answer(panel, "2")
    says(panel, "这样的合同不能约定试用期。")


def test_an_answer_that_makes_a_question_needless_takes_it_away(chat: ChatPage) -> None:
    panel = choose(chat)
    work_out(panel, "12")
    panel.get_by_role("button", name="改一个数").click()
    panel.get_by_role("radio", name="无固定期限合同").check()
    panel.get_by_role("button", name="重新算").click()
    says(panel, "试用期最长6个月。")


def test_the_keyboard_alone_is_enough(chat: ChatPage) -> None:
    keyboard = chat.open().page.keyboard
    opener = chat.page.get_by_role("button", name="算一算")
    opener.focus()
    keyboard.press("Enter")
    chat.page.get_by_role("button", name=PROBATION).focus()
    keyboard.press("Enter")
    panel = chat.page.get_by_role("dialog", name=PROBATION)
    expect(panel.get_by_role("radio", name="有到期日的合同")).to_be_focused()
    keyboard.press("Space")
    keyboard.press("Enter")
    expect(panel.get_by_role("textbox", name="合同多长")).to_be_focused()
    keyboard.type("36")
    keyboard.press("Enter")
    says(panel, "试用期最长6个月。")
    for _ in range(12):
        keyboard.press("Tab")
        inside = "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        assert chat.page.evaluate(inside), "the focus left the panel"
    keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(opener).to_be_focused()


def test_the_back_button_leads_to_the_form_to_the_list_and_out(chat: ChatPage) -> None:
    panel = choose(chat)
    work_out(panel, "36")
    says(panel, "试用期最长6个月。")
    chat.page.go_back()
    expect(panel.get_by_role("textbox", name="合同多长")).to_have_value("36")
    chat.page.go_back()
    expect(chat.page.get_by_role("heading", name="想算哪一项？")).to_be_visible()
    chat.page.go_back()
    expect(chat.panel).to_have_count(0)
    expect(chat.answers).to_have_count(1)


def test_what_is_written_stays_in_the_page_and_goes_to_the_calculator_alone(chat: ChatPage) -> None:
    months = "123.4567"
    told: list[str] = []

    def note(request: Request) -> None:
        if months in request.url or months in (request.post_data or ""):
            told.append(f"{request.method} {request.url.removeprefix(chat.url)}")

    panel = choose(chat)
    chat.page.on("request", note)
    work_out(panel, months)
    says(panel, "试用期最长6个月。")
    assert told == ["POST /api/v1/entitlements/probation"]
    assert months not in chat.page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")


def test_nothing_is_wider_than_the_screen(chat: ChatPage) -> None:
    panel = choose(chat)
    work_out(panel, "36")
    says(panel, "试用期最长6个月。")
    for part in ("这次按这些算", "这些变了结果会变", "请核对"):
        panel.get_by_text(part).click()
    for _ in ("the result", "the form"):
        need, have = chat.widths()
        assert need <= have
        body = panel.locator(".body")
        assert body.evaluate("box => box.scrollWidth <= box.clientWidth")
        chat.page.go_back()
