"""A deployment with a self-built app, the platform beside it, and a browser inside WeChat Work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import yaml
from httpx2 import Response
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from api.app import create_app
from api.parts import Parts
from api.settings import Settings
from service.clock import Clock
from tests.api.deployment import NoDialogue, new_deployment
from tests.api.wecom.platform_model import AGENT_ID, CORP_ID, SECRET, PlatformModel

PORTAL_SECRET = "what a portal signs its employees' tokens with"
LOGIN = "/api/v1/wecom/login"
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
HEFEI = "示例银行/安徽省分行/合肥分行"
DEPARTMENTS = [
    {"id": 1, "name": "示例银行", "parentid": 0},
    {"id": 5, "name": "合肥", "parentid": 1},
    {"id": 7, "name": "合肥营业部", "parentid": 5},
]


@dataclass
class Served:
    """The service over HTTP. `now` is what its clock says."""

    browser: TestClient
    model: PlatformModel
    parts: Parts
    clock: list[datetime] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.clock[0]

    @now.setter
    def now(self, value: datetime) -> None:
        self.clock[0] = value

    @contextmanager
    def write(self) -> Iterator[Session]:
        with self.parts.database.write() as db:
            yield db

    def begin(self) -> str:
        """Open the app; return the state with which the browser is sent to the platform."""
        return state_in(self.browser.get(LOGIN, follow_redirects=False))

    def come_back(self, state: str, *, code: str = "c-1") -> Response:
        """Be sent back by the platform."""
        return self.browser.get(
            f"{LOGIN}/back", params={"code": code, "state": state}, follow_redirects=False
        )

    def log_in(self, userid: str = "lin", *, code: str = "c-1") -> str:
        """Log in; return the token with which the chat page is told who it is."""
        self.model.codes[code] = {"userid": userid}
        answer = self.come_back(self.begin(), code=code)
        return answer.headers["location"].removeprefix("/#identity=")

    def open(self, token: str | None) -> Response:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return self.browser.post("/api/v1/conversations", json={}, headers=headers)

    def history(self, token: str | None, **params: Any) -> Response:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return self.browser.get("/api/v1/history", params=params, headers=headers)


def state_in(answer: Response) -> str:
    """Return the state in an address of the platform."""
    assert answer.status_code == 302, answer.text
    return parse_qs(urlsplit(answer.headers["location"]).query)["state"][0]


def portal_token(served: Served, subject: str, name: str, **claims: Any) -> str:
    until = int(served.now.timestamp()) + 300
    return jwt.encode({"sub": subject, "name": name, "exp": until, **claims}, PORTAL_SECRET, "HS256")


@contextmanager
def running(settings: Settings, model: PlatformModel) -> Iterator[Served]:
    clock = [NOW]
    app = create_app(settings, probe=NoDialogue(), clock=Clock("Asia/Shanghai", lambda: clock[0]))
    with TestClient(app, base_url="https://testserver") as browser:
        yield Served(browser, model, app.state.parts, clock)


def prepared(home: Path, folder: Path) -> Settings:
    """Return the settings of a deployment whose branch in Hefei has departments in WeChat Work."""
    settings = new_deployment(home, folder, cards=("leave",))
    file = folder / "knowledge_base" / "organisations.yml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    for unit in content["organisations"]:
        if unit["path"] == HEFEI:
            unit["wecom_departments"] = [5]
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return settings


def with_app(settings: Settings, model: PlatformModel, **more: Any) -> Settings:
    return Settings(
        **{
            "home": settings.home,
            "data_dir": settings.data_dir,
            "portal_jwt_secret": PORTAL_SECRET,
            "public_url": "https://testserver",
            "wecom_corp_id": CORP_ID,
            "wecom_agent_id": AGENT_ID,
            "wecom_app_secret": SECRET,
            "wecom_api_url": model.url,
            **more,
        }
    )
