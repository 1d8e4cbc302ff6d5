"""Nothing written is lost, nothing arrives twice, whatever happens to network, page and conversation."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.chat import ANSWER_MS, ChatPage

pytestmark = pytest.mark.verify

FIRST, SECOND = "我工作12年了年假几天", "产假有多少天"


def test_a_reload_keeps_the_conversation_and_the_draft(chat: ChatPage) -> None:
    chat.open().ask(FIRST)
    chat.field.fill("写到一半")
    chat.page.reload()
    expect(chat.questions).to_have_text([FIRST], use_inner_text=True)
    expect(chat.answers).to_have_count(2)
    expect(chat.field).to_have_value("写到一半")


def test_a_closed_tab_is_continued_in_a_new_one(chat: ChatPage) -> None:
    chat.open().ask(FIRST)
    context = chat.page.context
    chat.page.close()
    later = ChatPage(context.new_page(), chat.url)
    later.page.goto(later.url)
    expect(later.questions).to_have_text([FIRST], use_inner_text=True)
    later.ask(SECOND)
    expect(later.questions).to_have_count(2)


def test_two_messages_in_a_row_arrive_in_order_and_once(chat: ChatPage) -> None:
    chat.open()
    chat.write(FIRST)
    chat.write(SECOND)
    expect(chat.answers).to_have_count(3, timeout=2 * ANSWER_MS)
    chat.wait_until_delivered()
    expect(chat.questions).to_have_text([FIRST, SECOND], use_inner_text=True)
    assert _said(chat) == [FIRST, SECOND]


def test_what_is_written_offline_is_sent_once_when_the_network_is_back(chat: ChatPage) -> None:
    chat.open()
    chat.page.context.set_offline(True)
    chat.write(FIRST)
    expect(chat.unsent).to_contain_text(FIRST)
    expect(chat.unsent).to_contain_text("正在重试", timeout=10_000)
    expect(chat.page.get_by_role("banner")).to_contain_text("正在重连")
    chat.page.context.set_offline(False)
    expect(chat.answers).to_have_count(2, timeout=ANSWER_MS)
    chat.wait_until_delivered()
    chat.wait_until_online()
    assert _said(chat) == [FIRST]


def test_what_was_written_offline_survives_a_reload(chat: ChatPage) -> None:
    chat.open()
    chat.page.route("**/messages", lambda route: route.abort())
    chat.write(FIRST)
    expect(chat.unsent).to_contain_text(FIRST)
    chat.page.unroute_all()
    chat.page.reload()
    expect(chat.answers).to_have_count(2, timeout=ANSWER_MS)
    chat.wait_until_delivered()
    assert _said(chat) == [FIRST]


def test_a_lost_answer_to_a_send_does_not_send_twice(chat: ChatPage) -> None:
    chat.open()
    tries = 0

    def lose_the_first_answer(route: Route) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    chat.page.route("**/messages", lose_the_first_answer)
    chat.write(FIRST)
    expect(chat.answers).to_have_count(2, timeout=ANSWER_MS)
    chat.wait_until_delivered()
    assert tries == 2
    expect(chat.questions).to_have_count(1)
    assert _said(chat) == [FIRST]


def test_what_was_said_elsewhere_while_offline_is_there_after_the_reconnect(chat: ChatPage) -> None:
    chat.open()
    chat.page.context.set_offline(True)
    chat.send_elsewhere(FIRST)
    chat.page.context.set_offline(False)
    expect(chat.questions).to_have_text([FIRST], use_inner_text=True, timeout=ANSWER_MS)
    expect(chat.answers).to_have_count(2, timeout=ANSWER_MS)


def test_a_network_that_blocks_websocket_still_brings_answers_from_elsewhere(chat: ChatPage) -> None:
    chat.page.route_web_socket("**/stream*", lambda socket: socket.close(code=3000))
    chat.open()
    chat.send_elsewhere(FIRST)
    expect(chat.answers).to_have_count(2, timeout=ANSWER_MS)


def test_too_long_a_text_is_refused_before_it_is_sent(chat: ChatPage) -> None:
    chat.open()
    chat.field.fill("字" * 2001)
    expect(chat.page.get_by_text("超出 1 字")).to_be_visible()
    chat.field.press("Enter")
    expect(chat.unsent).to_have_count(0)
    chat.field.fill("字" * 2000)
    chat.field.press("Enter")
    expect(chat.questions).to_have_count(1, timeout=ANSWER_MS)


def test_ending_and_clearing_leaves_nothing_behind(chat: ChatPage) -> None:
    chat.open().ask(FIRST)
    chat.page.get_by_role("button", name="结束并清除").click()
    chat.panel.get_by_role("button", name="结束并清除").click()
    expect(chat.page.get_by_text("这次会话已经清除")).to_be_visible()
    assert chat.page.evaluate("localStorage.length + sessionStorage.length") == 0
    chat.page.reload()
    expect(chat.answers).to_have_count(1)
    expect(chat.questions).to_have_count(0)


def test_another_branch_begins_a_new_conversation_after_asking(chat: ChatPage) -> None:
    chat.open().ask(FIRST)
    branches = chat.page.get_by_label("所在单位")
    branches.select_option("示例银行/安徽省分行")
    chat.panel.get_by_role("button", name="取消").click()
    expect(chat.questions).to_have_count(1)
    expect(branches).to_have_value("")
    branches.select_option("示例银行/安徽省分行")
    chat.panel.get_by_role("button", name="换单位并开始").click()
    expect(chat.questions).to_have_count(0)
    expect(branches).to_have_value("示例银行/安徽省分行")


def test_a_conversation_the_server_has_lost_is_replaced(chat: ChatPage) -> None:
    chat.open()
    chat.page.evaluate(
        "localStorage.setItem('ua.conversation', JSON.stringify({id: '0'.repeat(32), token: 'gone'}))"
    )
    chat.page.reload()
    expect(chat.page.get_by_text("之前的会话已经失效")).to_be_visible()
    expect(chat.answers).to_have_count(1)
    chat.ask(FIRST)


def _said(chat: ChatPage) -> list[str]:
    """Return what the employee has said, as the server has it."""
    return [message["text"] for message in chat.stored() if message["sender"] == "employee"]
