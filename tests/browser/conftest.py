"""A browser, and a chat page that is open and ready in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, ViewportSize, sync_playwright

from tests.browser.chat import ChatPage

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 800}
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _chromium(playwright: Playwright) -> str | None:
    """Return the browser to use: UA_CHROMIUM, the machine's own, or the one Playwright has installed."""
    named = os.environ.get("UA_CHROMIUM")
    bundled = playwright.chromium.executable_path
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return named or found or (bundled if Path(bundled).is_file() else None)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = _chromium(playwright)
        if path is None:
            reason = "no Chromium: set UA_CHROMIUM or install one"
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        running = playwright.chromium.launch(executable_path=path, args=flags)
        yield running
        running.close()


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def viewport(request: pytest.FixtureRequest) -> ViewportSize:
    size: ViewportSize = request.param
    return size


@pytest.fixture
def chat(browser: Browser, viewport: ViewportSize, server_url: str) -> Iterator[ChatPage]:
    """The page, opened by somebody new; a script error or a breach of the content policy fails the test."""
    touch = viewport == PHONE
    context = browser.new_context(
        viewport=viewport, has_touch=touch, is_mobile=touch, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    faults: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Security Policy" in line.text else None)
    try:
        yield ChatPage(page, server_url)
    finally:
        context.close()
    assert not faults
