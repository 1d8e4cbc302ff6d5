"""Staff who answer from WeChat Work, in the running service: told by its jobs and by what a page does."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from api.channels.wecom.incoming import Entered, Incoming, Pressed, Said, What
from api.parts import Parts
from service.clock import Clock
from service.conversations import queries
from service.conversations.tables import Conversation, Message
from service.handover.operations import Call, request
from service.handover.tables import Reason
from service.messengers import staff_links
from service.messengers.desk_words import DeskWords
from service.messengers.tables import Provider, StaffTalk
from service.people.roles import Role
from service.people.staff import add_staff
from service.people.viewer import Grant
from service.texts import load_texts
from tests.api.deployment import NoDialogue, new_deployment
from tests.service.world import CITY, MORNING

NUMBERS = itertools.count(1)
PATIENCE = 20.0
"""Seconds: the job looks every five."""


@pytest.fixture(scope="module")
def app(home: Path, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    bare = new_deployment(home, tmp_path_factory.mktemp("deployment"), cards=("leave",))
    bot = {"wecom_bot_token": SecretStr("token"), "wecom_bot_aes_key": SecretStr("A" * 43)}
    settings = bare.model_copy(update={"public_url": "https://union.example", **bot})
    return create_app(settings, probe=NoDialogue(), clock=Clock(settings.timezone, lambda: MORNING))


@pytest.fixture(scope="module")
def parts(app: FastAPI) -> Parts:
    found: Parts = app.state.parts
    return found


@pytest.fixture(scope="module")
def client(app: FastAPI, parts: Parts) -> Iterator[TestClient]:
    words = DeskWords(load_texts(parts.settings.texts_dir), {})
    with parts.database.write() as db:
        grants = [Grant(Role.OFFICER, CITY)]
        officer = add_staff(
            db,
            login="liqiang",
            display_name="李强",
            password="a password of the tests",
            grants=grants,
            now=MORNING,
        )
        staff_links.link(db, officer, "LiQiang", words=words, now=MORNING)
    with TestClient(app, base_url="https://testserver") as opened:
        come(opened, parts, Entered())
        yield opened


def come(client: TestClient, parts: Parts, what: What) -> None:
    """Have the member of staff do something in WeChat Work."""
    assert parts.wecom is not None
    assert client.portal is not None
    incoming = Incoming(Provider.BOT, f"m:{next(NUMBERS)}", "LiQiang", None, what, MORNING)
    client.portal.call(parts.wecom.inbound.handle, incoming)


def told(parts: Parts) -> Message:
    """Return what the member of staff was told last."""
    with parts.database.read() as db:
        own = select(Conversation.id).where(Conversation.channel == "wecom_bot")
        query = select(Message).where(Message.conversation_id.in_(own)).order_by(Message.seq.desc())
        return db.scalars(query.limit(1)).one()


def wait_for(parts: Parts, words: str) -> Message:
    until = time.monotonic() + PATIENCE
    while words not in told(parts).text:
        assert time.monotonic() < until, told(parts).text
        time.sleep(0.1)
    return told(parts)


def test_staff_are_told_who_waits_take_it_and_learn_that_the_page_removed_it(
    client: TestClient, parts: Parts
) -> None:
    opened = client.post("/api/v1/conversations", json={"org": CITY}).json()
    page = {"Authorization": f"Bearer {opened['token']}"}
    address = f"/api/v1/conversations/{opened['id']}"
    with parts.database.write() as db:
        call = Call(Reason.ASKED, CITY, "说明", urgent=False, beside=False)
        request(db, queries.conversation(db, opened["id"]), call, now=MORNING)
    notice = wait_for(parts, "在等工会的人")
    come(client, parts, Pressed(notice.options[0]["id"], "", None))
    come(client, parts, Said("我是李强，请说", spoken=False))
    read = client.get(f"{address}/messages", headers=page).json()
    assert read["state"] == "staff"
    assert read["messages"][-1]["text"] == "我是李强，请说"
    assert client.delete(address, headers=page).status_code == 204
    assert "清除了这次对话" in told(parts).text
    with parts.database.read() as db:
        assert db.scalars(select(StaffTalk)).all() == []


@pytest.mark.verify
def test_staff_learn_that_the_page_ended_the_conversation(client: TestClient, parts: Parts) -> None:
    opened = client.post("/api/v1/conversations", json={"org": CITY}).json()
    page = {"Authorization": f"Bearer {opened['token']}"}
    with parts.database.write() as db:
        call = Call(Reason.ASKED, CITY, "说明", urgent=False, beside=False)
        request(db, queries.conversation(db, opened["id"]), call, now=MORNING)
    notice = wait_for(parts, "在等工会的人")
    come(client, parts, Pressed(notice.options[0]["id"], "", None))
    assert client.post(f"/api/v1/conversations/{opened['id']}/close", headers=page).status_code == 200
    wait_for(parts, "已经结束")
