"""What the browser gets for a page's address, and who may show the page inside another."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.middleware import RequestEdge
from api.pages import serve_pages
from api.settings import Settings
from service.texts import load_texts

PORTALS = "https://portal.example http://10.0.0.8:8080"


@pytest.fixture
def browser(home: Path, tmp_path: Path) -> TestClient:
    """A browser at built pages, which two portals may frame."""
    for name in ("index.html", "report/index.html", "console/index.html", "widget.js", "assets/chat-1a2b.js"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    app = FastAPI()
    app.add_middleware(RequestEdge, unlimited=(), embed_origins=PORTALS)
    serve_pages(app, tmp_path, load_texts(home / "texts" / "zh-CN"))
    return TestClient(app)


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/", "index.html"),
        ("/?embed=1", "index.html"),
        ("/report", "report/index.html"),
        ("/report/", "report/index.html"),
        ("/console", "console/index.html"),
        ("/console/", "console/index.html"),
        ("/widget.js", "widget.js"),
    ],
)
def test_a_page_is_found_with_and_without_a_slash_and_asked_for_anew(
    browser: TestClient, address: str, file: str
) -> None:
    answer = browser.get(address, follow_redirects=False)
    assert (answer.status_code, answer.text) == (200, file)
    assert answer.headers["Cache-Control"] == "no-cache"


def test_what_changes_its_name_with_its_content_is_kept(browser: TestClient) -> None:
    assert "immutable" in browser.get("/assets/chat-1a2b.js").headers["Cache-Control"]
    assert browser.get("/assets").status_code == 404


def test_the_portals_may_frame_the_chat_and_nothing_else(browser: TestClient) -> None:
    for address in ("/", "/?embed=1"):
        policy = browser.get(address).headers["Content-Security-Policy"]
        assert policy.endswith(f"frame-ancestors 'self' {PORTALS}")
    for address in ("/console/", "/report", "/widget.js", "/nothing"):
        policy = browser.get(address).headers["Content-Security-Policy"]
        assert policy.endswith("frame-ancestors 'self'")


def test_no_portal_may_frame_the_chat_unless_it_is_named() -> None:
    assert Settings(_env_file=None).embed_origins == ""


@pytest.mark.parametrize(
    "wrong",
    [
        "portal.example",
        "https://portal.example/",
        "https://*.example",
        "*",
        "https://a.example; script-src *",
    ],
)
def test_what_is_not_an_origin_stops_the_start(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("UA_EMBED_ORIGINS", wrong)
    with pytest.raises(ValueError, match="is not an origin"):
        Settings(_env_file=None)
