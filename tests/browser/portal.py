"""A portal on a site of its own, with the widget on its pages."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import jwt
from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.browser.chat import ANSWER_MS
from tests.stack import PORTAL_SECRET

HEFEI = "示例银行/安徽省分行/合肥分行"
PAST, FUTURE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def token(subject: str, name: str, *, org: str = HEFEI, until: datetime = FUTURE) -> str:
    """Return what the portal gives a person who has signed in."""
    claims = {"sub": subject, "name": name, "org": org, "exp": int(until.timestamp())}
    return jwt.encode(claims, PORTAL_SECRET, "HS256")


@contextmanager
def serve_portal(origin: str, script: str) -> Iterator[None]:
    """Serve pages under a content policy as strict as can be.

    They include `script`, twice by mistake; `/bare` does not.
    """
    policy = f"default-src 'none'; script-src {script}; frame-src {origin_of(script)}"
    tag = f'<script src="{script}" async></script>'
    bare = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>门户</title>
<body><h1>门户</h1><button>门户的按钮</button>"""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write((bare if self.path == "/bare" else bare + tag + tag).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", urlsplit(origin).port or 80), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


class PortalPage:
    """A page of the portal, as who is signed in there uses it."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.origin = origin
        self.launcher = page.locator("union-assistant .launcher")
        self.panel = page.locator("union-assistant dialog")
        self.frame: FrameLocator = page.frame_locator("union-assistant iframe")
        self.log = self.frame.get_by_role("log")
        self.field = self.frame.get_by_role("textbox", name="输入你的问题")
        self.answers = self.log.locator("article.bot")
        self.questions = self.log.locator("article.employee .plain")
        self.badge = page.locator("union-assistant .badge")
        self.standing = self.frame.locator("main > [role=status]")
        self.person = self.frame.get_by_role("banner").locator(".person")

    def visit(self) -> PortalPage:
        self.page.goto(f"{self.origin}/home")
        expect(self.launcher).to_be_visible()
        return self

    def sign_in(self, *tokens: str) -> None:
        """Give the widget a function that returns `tokens` one after the other, the last one for ever."""
        self.page.evaluate(
            "tokens => UnionAssistant.identify(async () => tokens.length > 1 ? tokens.shift() : tokens[0])",
            list(tokens),
        )

    def open(self) -> PortalPage:
        """Open the chat and wait until it can be used."""
        self.launcher.click()
        expect(self.answers.first).to_be_visible(timeout=ANSWER_MS)
        return self

    def ask(self, text: str) -> Locator:
        """Send a text and return the answer to it."""
        before = self.answers.count()
        self.field.fill(text)
        self.field.press("Enter")
        expect(self.answers).not_to_have_count(before, timeout=ANSWER_MS)
        return self.answers.last

    def kept(self) -> dict[str, str]:
        """Return everything the chat keeps in the browser."""
        frame = next(frame for frame in self.page.frames if "embed" in frame.url)
        stored: dict[str, str] = frame.evaluate("({...localStorage, ...sessionStorage})")
        return stored

    def conversation(self) -> str:
        """Return the id of the conversation the frame is in."""
        kept = next(value for name, value in self.kept().items() if name.endswith("ua.conversation"))
        return str(json.loads(kept)["id"])
