"""From the open page to a cited answer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.chat import ANSWER_MS, ChatPage

QUESTION = "年休假有几天"
ARTICLE = "职工带薪年休假条例 第三条"


def test_the_page_opens_with_four_ways_to_begin(chat: ChatPage) -> None:
    chat.open()
    for title in ("我要咨询", "我要办事", "找工会的人", "我的办理进度"):
        expect(chat.option(title)).to_be_enabled()
    # One line says who can read what is typed.
    expect(chat.answers.first.locator("blockquote")).to_be_visible()


def test_annual_leave_is_answered_with_its_article_and_the_chip_opens_it(chat: ChatPage) -> None:
    chat.open()
    answer = chat.ask(QUESTION)
    expect(answer).to_contain_text("10天")
    panel = chat.open_source(ARTICLE)
    expect(panel.get_by_role("heading", level=2)).to_contain_text(ARTICLE)
    # Either the article itself, or the honest word that its law has not been imported.
    expect(panel.locator(".text, .notice").first).to_be_visible()


@pytest.mark.verify
def test_details_are_folded_and_open_on_demand(chat: ChatPage) -> None:
    answer = chat.open().ask(QUESTION)
    expect(answer.get_by_text("谁决定")).to_have_count(0)
    answer.get_by_role("button", name="展开细节").click()
    expect(answer.get_by_text("谁决定")).to_be_visible()


@pytest.mark.verify
def test_an_option_is_taken_once_and_closes_the_others(chat: ChatPage) -> None:
    chat.open()
    chat.option("我要咨询").click()
    expect(chat.answers).to_have_count(2, timeout=ANSWER_MS)
    expect(chat.questions).to_have_text(["我要咨询"], use_inner_text=True)
    expect(chat.option("找工会的人").first).to_be_disabled()
    expect(chat.option("我要咨询").first).to_have_attribute("aria-pressed", "true")


@pytest.mark.verify
def test_the_source_panel_keeps_the_focus_and_gives_it_back(chat: ChatPage) -> None:
    chat.open().ask(QUESTION)
    panel = chat.open_source(ARTICLE)
    for _ in range(12):
        chat.page.keyboard.press("Tab")
        inside = chat.page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
        assert inside, "the focus left the panel"
    chat.page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    focused = chat.page.evaluate("document.activeElement.textContent.trim()")
    assert focused == ARTICLE


@pytest.mark.verify
def test_the_back_button_leads_back_through_the_sources_and_stays_on_the_page(chat: ChatPage) -> None:
    chat.open().ask(QUESTION)
    panel = chat.open_source(ARTICLE)
    panel.get_by_role("button", name="年休假有几天", exact=True).click()
    expect(panel.get_by_role("heading", level=2)).to_have_text("年休假有几天")
    chat.page.go_back()
    expect(panel.get_by_role("heading", level=2)).to_contain_text(ARTICLE)
    chat.page.go_back()
    expect(panel).to_have_count(0)
    expect(chat.questions).to_have_count(1)


@pytest.mark.verify
def test_feedback_asks_for_the_reason_and_is_remembered(chat: ChatPage) -> None:
    chat.open()
    answer = chat.ask(QUESTION)
    answer.get_by_role("button", name="没帮上").click()
    answer.get_by_role("radio", name="规定过时了").check()
    answer.get_by_role("button", name="提交").click()
    expect(answer).to_contain_text("谢谢，已记下")
    chat.page.reload()
    expect(chat.answers.last).to_contain_text("谢谢，已记下")


@pytest.mark.verify
def test_markup_in_a_message_is_shown_as_text(chat: ChatPage) -> None:
    markup = "<img src=x onerror=\"document.title='broken'\"><b>粗</b>"

    def with_markup(route: Route) -> None:
        body = route.fetch().json()
        body["messages"][0]["text"] = f"看这里：{markup} [点我](javascript:alert(1))"
        route.fulfill(status=201, json=body)

    chat.page.route("**/api/v1/conversations", with_markup)
    chat.open()
    shown = chat.answers.first
    expect(shown).to_contain_text(markup)
    expect(shown.locator("img, b, a")).to_have_count(0)
    chat.write(markup)
    expect(chat.questions).to_contain_text([markup], timeout=ANSWER_MS)
    expect(chat.questions.locator("img, b")).to_have_count(0)
    assert chat.page.title() == "工会智能服务助手"


@pytest.mark.verify
def test_nothing_is_wider_than_the_screen(chat: ChatPage) -> None:
    chat.open()
    answer = chat.ask(QUESTION)
    answer.get_by_role("button", name="展开细节").click()
    chat.write("长" * 300 + "https://example.org/" + "a" * 300)
    expect(chat.questions).to_have_count(2, timeout=ANSWER_MS)
    need, have = chat.widths()
    assert need <= have
    chat.open_source(ARTICLE)
    need, have = chat.widths()
    assert need <= have
