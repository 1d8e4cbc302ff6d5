"""From an employee's choice to an answer: proposed, confirmed at the desk, live without a restart."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from service.conversations import operations as conversations
from service.conversations import queries
from service.conversations.answering import answer_turn
from service.conversations.replies import Reply
from service.knowledge.asked import Asked
from service.knowledge.choices import to_choose
from service.people.roles import Role
from service.people.staff import add_staff
from service.people.viewer import Grant
from tests.api.deployment import NoDialogue, new_deployment

PASSWORD = "a password of the tests"
ASKED = "歇着拿钱的日子一年里头攒几回"
CARD = "leave-annual-days"
BRANCH = "示例银行/安徽省分行/合肥分行"
T = TypeVar("T")


@pytest.fixture(scope="module")
def app(home: Path, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The application on a knowledge base of a few cards, without Rasa."""
    settings = new_deployment(home, tmp_path_factory.mktemp("deployment"), cards=("leave", "wages"))
    return create_app(settings, probe=NoDialogue())


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    """A browser at a service that started after an employee of BRANCH had asked and chosen."""
    ask_and_choose(app, f"{BRANCH}/蜀山支行")
    with TestClient(app, base_url="https://testserver") as opened:
        yield opened


def sign_in(client: TestClient, login: str, role: Role, organisation: str) -> None:
    """Sign in as a new member of staff."""
    parts = client.app.state.parts  # type: ignore[attr-defined]
    grants = [Grant(role, organisation)]
    with parts.database.write() as db:
        now = parts.clock.now()
        add_staff(db, login=login, display_name=login, password=PASSWORD, grants=grants, now=now)
    client.cookies.clear()
    answer = client.post("/api/v1/desk/login", json={"login": login, "password": PASSWORD})
    assert answer.status_code < 300, answer.text


def ask_and_choose(app: FastAPI, organisation: str) -> None:
    """Have an employee ask in words of their own and choose a card, as the dialogue would have it."""
    parts = app.state.parts
    now = parts.clock.now()

    def turn(chat_id: str, reply: Reply, *, text: str | None = None, option: str | None = None) -> str | None:
        with parts.database.write() as db:
            chat = queries.conversation(db, chat_id)
            asked = Asked(text=text or "", as_of=parts.clock.today(), organisation=organisation)
            accepted = parts.receiving.receive(
                db, chat, client_id=text or "option", text=text, option=option, asked=asked, now=now
            )
            (said,) = (
                answer_turn(db, accepted.turn.id, [reply], degraded=False, model_version=None, now=now) or []
            )
            return said.options[0]["id"] if said.options else None

    with parts.database.write() as db:
        chat, _ = conversations.open_conversation(
            db, channel="web", organisation=organisation, opening=Reply("你好"), now=now
        )
    choices = (to_choose(CARD, "年休假有几天"),)
    option = turn(chat.id, Reply("哪一个？", decision="clarify", choices=choices), text=ASKED)
    turn(chat.id, Reply("5天。", decision="answer"), option=option)


def soon(look: Callable[[], T], wanted: Callable[[T], bool]) -> T:
    """What `look` sees once it is `wanted`; jobs and builds run beside the requests."""
    deadline = time.monotonic() + 20
    while not wanted(seen := look()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return seen


def proposed(client: TestClient, state: str = "candidate") -> list[dict[str, Any]]:
    answer = client.get("/api/v1/desk/questions", params={"state": state})
    assert answer.status_code == 200, answer.text
    return list(answer.json())


def found(client: TestClient) -> tuple[str, float]:
    """The decision on the question and the confidence."""
    body = client.post("/api/v1/search", json={"text": ASKED}).json()
    return body["decision"], body["confidence"]


def test_a_question_an_employee_chose_a_card_for_answers_once_it_is_confirmed(client: TestClient) -> None:
    sign_in(client, "head", Role.SUPERVISOR, "示例银行")
    (question,) = soon(lambda: proposed(client), bool)
    assert (question["text"], question["source_id"], question["chosen"]) == (ASKED, CARD, 1)
    assert (question["source_title"], question["organisation"]) == ("年休假有几天", "示例银行")
    before = found(client)
    assert before[0] != "answer"
    confirmed = client.post(f"/api/v1/desk/questions/{question['id']}/confirm")
    assert confirmed.status_code == 200, confirmed.text
    assert (confirmed.json()["state"], confirmed.json()["decided_by"]["name"]) == ("confirmed", "head")
    assert soon(lambda: found(client), lambda seen: seen[0] == "answer")[0] == "answer"
    assert [one["id"] for one in proposed(client, "confirmed")] == [question["id"]]
    rejected = client.post(f"/api/v1/desk/questions/{question['id']}/reject")
    assert rejected.json()["state"] == "rejected"
    assert soon(lambda: found(client), lambda seen: seen == before) == before


def test_others_neither_see_nor_decide(client: TestClient) -> None:
    sign_in(client, "here", Role.ADMINISTRATOR, "示例银行")
    (question,) = soon(lambda: [*proposed(client), *proposed(client, "rejected")], bool)
    address = f"/api/v1/desk/questions/{question['id']}/confirm"
    for login, role, unit in (
        ("officer", Role.OFFICER, "示例银行"),
        ("branch", Role.SUPERVISOR, BRANCH),
    ):
        sign_in(client, login, role, unit)
        assert [proposed(client, state) for state in ("candidate", "confirmed", "rejected")] == [[], [], []]
        answer = client.post(address)
        assert (answer.status_code, answer.json()["code"]) == (404, "question_not_found")
    client.cookies.clear()
    assert client.post(address).status_code == 401
    assert client.get("/api/v1/desk/questions").status_code == 401
