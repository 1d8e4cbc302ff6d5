"""What the doctor finds of WeChat Work beside a service that runs."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from pydantic import SecretStr
from sqlalchemy import select
from websockets.sync.client import connect

from api.app import create_app
from api.cli.doctor import wecom, wecom_addresses
from api.serving.ports import local_url
from api.settings import Settings
from service.conversations.messages import add_message
from service.conversations.replies import Reply
from service.conversations.tables import Outbox, Sender
from service.database import Database
from service.messengers import operations, sending, unsent
from service.messengers.operations import Writer
from service.messengers.tables import Provider
from service.texts import Texts, load_texts
from tests.api.deployment import NoDialogue, new_deployment
from tests.api.wecom import gateway_server
from tests.api.wecom.app_client import unused_port
from tests.api.wecom.gateway import Gateway
from tests.api.wecom.platform_model import AGENT_ID, CORP_ID, SECRET
from tests.api.wecom.test_doctor import AES_KEY, TOKEN, said


@pytest.fixture
def texts(home: Path) -> Texts:
    return load_texts(home / "texts" / "zh-CN")


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


@pytest.fixture(scope="module")
def running(home: Path, tmp_path_factory: pytest.TempPathFactory, gateway: Gateway) -> Iterator[Settings]:
    """A service with the AI bot by long connection, and an app that receives at its own address."""
    port = unused_port()
    given = new_deployment(home, tmp_path_factory.mktemp("deployment"), cards=("dues",))
    settings = Settings(
        home=given.home, data_dir=given.data, port=port, public_url=f"http://127.0.0.1:{port}",
        wecom_bot_id=gateway_server.BOT, wecom_bot_secret=SecretStr(gateway_server.SECRET),
        wecom_bot_url=gateway.url, wecom_corp_id=CORP_ID, wecom_agent_id=AGENT_ID, wecom_app_secret=SECRET,
        wecom_app_token=TOKEN, wecom_app_aes_key=AES_KEY, wecom_api_url=f"http://127.0.0.1:{unused_port()}",
        _env_file=None,
    )  # fmt: skip
    app = create_app(settings, probe=NoDialogue())
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    soon(lambda: gateway.subscribed == 1)
    yield settings
    server.should_exit = True
    thread.join(30)
    assert not thread.is_alive()


def soon(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


def test_a_running_service_that_is_subscribed_is_good_and_stays_so(
    running: Settings, gateway: Gateway, texts: Texts
) -> None:
    assert said(wecom.line(running), texts) == "✓ 智能机器人的长连接已接通"
    assert len(gateway.connections) == 1
    assert said(wecom_addresses.public(running), texts) == (
        f"! 对外地址 {local_url('127.0.0.1', running.port)} 只有这台机器自己打得开，消息里的链接职工点不开，"
        "企业微信也回调不到。正式使用请把 UA_PUBLIC_URL 设成职工打得开的 https 地址。"
    )


def test_a_callback_address_proves_to_be_ours_and_with_other_keys_not(
    running: Settings, texts: Texts
) -> None:
    assert (said(wecom_addresses.app_address(running), texts) or "").startswith("✓ 回调地址能用")
    other = running.model_copy(update={"wecom_app_token": SecretStr("another")})
    assert (said(wecom_addresses.app_address(other), texts) or "").startswith("✗ 回调地址")
    assert "拒绝了" in (said(wecom_addresses.app_address(other), texts) or "")
    webhook = running.model_copy(
        update={"wecom_bot_secret": None, "wecom_bot_token": TOKEN, "wecom_bot_aes_key": AES_KEY}
    )
    assert "还没有接企业微信" in (said(wecom_addresses.bot_address(webhook), texts) or "")


def test_a_rival_that_takes_the_bot_is_named(running: Settings, gateway: Gateway, texts: Texts) -> None:
    body = {"bot_id": gateway_server.BOT, "secret": gateway_server.SECRET}
    frame = {"cmd": "aibot_subscribe", "headers": {"req_id": "rival"}, "body": body}
    with connect(gateway.url, proxy=None) as rival:
        rival.send(json.dumps(frame))
        soon(lambda: "被别处顶掉了" in (said(wecom.line(running), texts) or ""))


def test_what_waits_for_a_decision_is_counted_with_the_command(running: Settings, texts: Texts) -> None:
    assert said(wecom.sends(running), texts) == "✓ 发往企业微信的消息没有失败或不明的"
    database = Database(running.database)
    with database.write() as db:
        now = datetime.now(UTC)
        chat = operations.chat_of(db, Writer(Provider.BOT, "wang"), is_portal_subject=False, now=now)
        conversation = operations.begin(db, chat, opening=None, now=now)
        message = add_message(db, conversation.id, sender=Sender.SYSTEM, reply=Reply("您好"), now=now)
        row = db.scalars(select(Outbox.id).where(Outbox.message_id == message.id)).one()
        sending.unknown(db, [row], error="unacknowledged")
    line = said(wecom.sends(running), texts) or ""
    assert line.startswith("! 发往企业微信的消息有 0 条没有送达、1 条不知道送到没有")
    assert "union-assistant wecom sends" in line
    with database.write() as db:
        assert unsent.drop(db, row, now=now)
    database.close()
    assert (said(wecom.sends(running), texts) or "").startswith("✓ ")
