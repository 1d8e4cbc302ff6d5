"""Pictures and papers over HTTP: handing in, sending, looking at them again, and at the desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from api.middleware import BODY_LIMIT
from service.attachments.rules import SIZE_LIMIT
from service.insights.tables import EventLog
from service.people.roles import Role
from service.people.tables import Staff
from tests.api.deployment import NoDialogue, new_deployment
from tests.api.test_desk_questions import sign_in
from tests.service.papers import PDF, PNG

BRANCH = "示例银行/安徽省分行/合肥分行"


@pytest.fixture(scope="module")
def app(home: Path, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The application without Rasa."""
    settings = new_deployment(home, tmp_path_factory.mktemp("deployment"), cards=("wages",))
    return create_app(settings, probe=NoDialogue())


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="https://testserver") as opened:
        yield opened


class Employee:
    """A visitor with a conversation."""

    def __init__(self, client: TestClient) -> None:
        opened = client.post("/api/v1/conversations", json={"org": f"{BRANCH}/蜀山支行"}).json()
        self._client = client
        self._headers = {"Authorization": f"Bearer {opened['token']}"}
        self.at = f"/api/v1/conversations/{opened['id']}"

    def hand_in(self, content: bytes, name: str = "诊断证明.png") -> Any:
        files = {"file": (name, content, "application/x-unknown")}
        return self._client.post(f"{self.at}/attachments", files=files, headers=self._headers)

    def send(self, client_id: str, **body: object) -> Any:
        sent = {"client_id": client_id, **body}
        return self._client.post(f"{self.at}/messages", json=sent, headers=self._headers)

    def get(self, path: str) -> Any:
        return self._client.get(path, headers=self._headers)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self._client.post(path, json=body, headers=self._headers)

    def delete(self) -> Any:
        return self._client.delete(self.at, headers=self._headers)


@pytest.fixture
def employee(client: TestClient) -> Employee:
    return Employee(client)


def test_what_is_handed_in_is_sent_with_a_message_and_can_be_looked_at_again(employee: Employee) -> None:
    handed_in = employee.hand_in(PNG)
    assert handed_in.status_code == 201, handed_in.text
    view = handed_in.json()
    assert (view["name"], view["media_type"], view["size"]) == ("诊断证明.png", "image/png", len(PNG))
    sent = employee.send("1", attachments=[view["id"]])
    assert sent.status_code == 200, sent.text
    body = sent.json()
    assert (body["accepted"]["attachments"], body["pending"]) == ([view], False)
    assert "收到1张图片" in body["messages"][0]["text"]
    assert employee.send("1", attachments=[view["id"]]).json()["accepted"] == body["accepted"]
    content = employee.get(f"{employee.at}/attachments/{view['id']}")
    assert (content.content, content.headers["Content-Type"]) == (PNG, "image/png")
    assert content.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in content.headers["Content-Security-Policy"]
    assert content.headers["Content-Disposition"].startswith("inline; filename*=UTF-8''%E8%AF%8A")
    assert content.headers["Cache-Control"] == "private, no-store"


def test_papers_are_for_saving_not_for_showing_in_place(employee: Employee) -> None:
    view = employee.hand_in(PDF, "缴费.pdf").json()
    content = employee.get(f"{employee.at}/attachments/{view['id']}")
    assert content.headers["Content-Disposition"].startswith("attachment;")


def test_nobody_elses_token_opens_it(client: TestClient, employee: Employee) -> None:
    view = employee.hand_in(PNG).json()
    other = Employee(client)
    assert other.get(f"{employee.at}/attachments/{view['id']}").status_code == 401
    assert other.get(f"{other.at}/attachments/{view['id']}").json()["code"] == "attachment_not_found"
    assert other.send("1", attachments=[view["id"]]).json()["code"] == "attachment_not_found"
    assert client.post(f"{employee.at}/attachments", files={"file": ("a.png", PNG)}).status_code == 401


def test_what_is_not_taken_is_refused_by_name(client: TestClient, employee: Employee) -> None:
    refused = employee.hand_in(b"MZ\x90\0", "发票.png")
    assert (refused.status_code, refused.json()["code"]) == (422, "attachment_kind")
    large = employee.hand_in(PDF.ljust(SIZE_LIMIT + 1), "大.pdf")
    assert (large.status_code, large.json()["code"]) == (422, "attachment_too_large")
    larger = employee.hand_in(PDF.ljust(SIZE_LIMIT + 100_000), "大.pdf")
    assert (larger.status_code, larger.json()["code"]) == (413, "body_too_large")
    assert employee.hand_in(PDF.ljust(SIZE_LIMIT), "正好.pdf").status_code == 201
    nothing = employee.post(f"{employee.at}/attachments", {})
    assert (nothing.status_code, nothing.json()["code"]) == (400, "bad_request")
    elsewhere = employee.post(f"{employee.at}/messages", {"client_id": "1", "text": "x" * BODY_LIMIT})
    assert elsewhere.status_code == 413


def test_a_message_is_a_text_or_an_option_or_attachments(employee: Employee) -> None:
    view = employee.hand_in(PNG).json()
    assert employee.send("1").status_code == 422
    assert employee.send("1", option="x", attachments=[view["id"]]).status_code == 422
    assert employee.send("1", attachments=["x"] * 10).json()["code"] == "too_many_in_message"


def test_a_case_has_its_material_and_its_readers_see_it(
    app: FastAPI, client: TestClient, employee: Employee
) -> None:
    view = employee.hand_in(PNG).json()
    employee.send("1", attachments=[view["id"]])
    case = {"client_id": "t", "kind": "suggestion", "description": "食堂的菜太油腻"}
    filed = employee.post("/api/v1/tickets", case).json()
    assert filed["attachments"] == [view]
    more = employee.hand_in(PDF, "菜单.pdf").json()
    told = employee.send("2", attachments=[more["id"]]).json()["messages"][0]["text"]
    assert f"已放进工单**{filed['number']}**的材料" in told
    at_desk = f"/api/v1/desk/attachments/{view['id']}"
    assert client.get(at_desk).json()["code"] == "login_required"
    sign_in(client, "hefei", Role.OFFICER, BRANCH)
    ticket = client.get(f"/api/v1/desk/tickets/{filed['number']}").json()
    assert ticket["attachments"] == [view, more]
    assert [(step["kind"], step["text"]) for step in ticket["history"]][-1] == (
        "added",
        "补充了材料：1个文件",
    )
    for _ in range(2):
        assert client.get(at_desk).content == PNG
    sign_in(client, "elsewhere", Role.OFFICER, "示例银行/安徽省分行/芜湖分行")
    assert client.get(at_desk).json()["code"] == "attachment_not_found"
    client.cookies.clear()
    with app.state.parts.database.read() as db:
        (opened,) = db.scalars(select(EventLog).where(EventLog.kind == "attachment_opened"))
        hefei = db.scalars(select(Staff.id).where(Staff.login == "hefei")).one()
    assert opened.data == {"attachment": view["id"], "ticket": filed["number"], "staff_id": hefei}
    assert opened.conversation_id is None


@pytest.mark.parametrize("consent", [True, False])
def test_papers_go_into_a_case_about_health_with_a_consent_only(employee: Employee, *, consent: bool) -> None:
    view = employee.hand_in(PNG).json()
    employee.send("1", attachments=[view["id"]])
    case = {"client_id": f"t{consent}", "kind": "hardship", "description": "家里困难", "consent": consent}
    filed = employee.post("/api/v1/tickets", case).json()
    assert filed["attachments"] == ([view] if consent else [])


def test_with_the_conversation_goes_the_content(app: FastAPI, employee: Employee) -> None:
    view = employee.hand_in(PNG).json()
    kept = app.state.parts.settings.uploads_dir / view["id"][:2] / view["id"]
    assert kept.is_file()
    assert employee.delete().status_code == 204
    assert not kept.exists()
