"""Pictures and papers in a browser: sent in the chat, read at the desk, on a phone and on a screen."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, ViewportSize, expect

from tests.browser.chat import ANSWER_MS, ChatPage
from tests.browser.console import WAIT_MS, ConsolePage
from tests.browser.test_console import window
from tests.officer import Officer
from tests.stack import Stack

pytestmark = pytest.mark.verify

BRANCH = "示例银行/广东省分行/佛山分行"
OUTLET = f"{BRANCH}/禅城支行"


def picture(side: int = 320) -> FilePayload:
    """A real picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    line = b"\0" + b"".join(bytes((200, 60, x % 256)) for x in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(line * side)), chunk(b"IEND", b""))
    png = b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
    return {"name": "诊断证明.png", "mimeType": "image/png", "buffer": png}


PAPER: FilePayload = {
    "name": "住院费用清单（2026年11月）.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.7\n" + b"%" * 5000,
}
PROGRAM: FilePayload = {"name": "发票.png", "mimeType": "image/png", "buffer": b"MZ\x90\0"}


def choose(chat: ChatPage, *files: FilePayload) -> Locator:
    """Choose files for the next message and return the list of them."""
    chat.page.locator("input[type=file]").set_input_files(list(files))
    return chat.page.get_by_role("list", name="要发的图片、文件")


def is_drawn(image: Locator) -> bool:
    return bool(image.evaluate("image => image.complete && image.naturalWidth > 0"))


@pytest.fixture(scope="module")
def officer(stack: Stack) -> Iterator[Officer]:
    with Officer(stack, name="周敏", org=BRANCH, roles=["officer"]) as one:
        yield one


def test_a_picture_and_a_paper_are_sent_and_can_be_opened_again(chat: ChatPage) -> None:
    chat.open()
    chosen = choose(chat, picture(), PAPER)
    send = chat.page.get_by_role("button", name="发送")
    expect(chosen.get_by_role("listitem")).to_have_count(2)
    expect(send).to_be_enabled(timeout=ANSWER_MS)
    need, have = chat.widths()
    assert need <= have
    send.click()
    own = chat.log.locator("article.employee").last
    image = own.get_by_role("img", name="诊断证明.png")
    expect(image).to_be_visible(timeout=ANSWER_MS)
    expect(chosen).to_have_count(0)
    expect(chat.log.get_by_text("收到1张图片和1个文件")).to_be_visible(timeout=ANSWER_MS)
    assert is_drawn(image)
    with chat.page.expect_download() as saving:
        own.get_by_role("button", name="住院费用清单").click()
    assert saving.value.suggested_filename == PAPER["name"]
    assert saving.value.path().read_bytes() == PAPER["buffer"]
    need, have = chat.widths()
    assert need <= have
    expect(chat.option("新办一件事")).to_be_in_viewport()
    chat.page.reload()
    expect(image).to_be_visible(timeout=ANSWER_MS)


def test_a_file_that_cannot_be_taken_says_so_and_the_rest_goes(chat: ChatPage) -> None:
    chat.open()
    chosen = choose(chat, PROGRAM, picture())
    expect(chosen.get_by_role("alert")).to_contain_text("这种文件收不了", timeout=ANSWER_MS)
    chat.page.get_by_role("button", name="发送").click()
    expect(chat.log.get_by_text("收到1张图片")).to_be_visible(timeout=ANSWER_MS)


def test_what_is_sent_for_a_case_is_seen_at_the_desk(
    browser: Browser, stack: Stack, officer: Officer, viewport: ViewportSize
) -> None:
    with window(browser, viewport) as page:
        chat = ChatPage(page, stack.url).open()
        page.get_by_label("所在单位").select_option(OUTLET)
        expect(page.get_by_label("所在单位")).to_have_value(OUTLET)
        chat.ask("我要提建议，食堂晚上没有热菜，值班的人只能吃泡面")
        choose(chat, picture())
        page.get_by_role("button", name="发送").click()
        expect(chat.log.get_by_text("提交时一起放进材料")).to_be_visible(timeout=ANSWER_MS)
        chat.ask("就在这里通知我")
        chat.option("提交").click()
        filed = chat.answers.filter(has_text="工单号").last
        expect(filed).to_contain_text("（1个）已放进去", timeout=ANSWER_MS)
        found = re.search(r"GH\d{6}-\d{4}", filed.inner_text())
        assert found is not None
        choose(chat, PAPER)
        page.get_by_role("button", name="发送").click()
        expect(chat.log.get_by_text(f"已放进工单{found.group()}的材料")).to_be_visible(timeout=ANSWER_MS)
    with window(browser, viewport) as page:
        desk = ConsolePage(page, stack.url).sign_in(officer.login).see_queue()
        page.goto(f"{stack.url}/console/#/tickets/{found.group()}")
        expect(page.get_by_role("heading", name="材料（2）")).to_be_visible(timeout=WAIT_MS)
        image = page.get_by_role("img", name="诊断证明.png")
        image.scroll_into_view_if_needed()
        expect(image).to_be_visible(timeout=WAIT_MS)
        page.wait_for_timeout(500)
        assert is_drawn(image)
        need, have = desk.widths()
        assert need <= have
        with page.expect_download() as saving:
            page.get_by_role("link", name="住院费用清单").click()
        assert saving.value.suggested_filename == PAPER["name"]
