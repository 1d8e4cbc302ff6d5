"""The whole product, with its dialogue, called by the platform: the app and the bot in webhook mode."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from service.conversations.tables import Sender
from service.database import Database
from tests.api.wecom.app_client import platform
from tests.api.wecom.called import (
    APP_KEY,
    APP_TOKEN,
    BOT_KEY,
    BOT_NAME,
    BOT_TOKEN,
    QUESTION,
    Called,
    ReplyAddress,
    soon,
)
from tests.api.wecom.peer_platform import PeerPlatform
from tests.api.wecom.platform_model import AGENT_ID, CORP_ID, SECRET
from tests.clocked_service import read_clock
from tests.stack import start_stack

pytestmark = pytest.mark.verify


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Called]:
    data, replies = tmp_path_factory.mktemp("whole"), ReplyAddress()
    with (
        pytest.MonkeyPatch.context() as environment,
        platform(environment) as model,
        PeerPlatform() as peer,
    ):
        settings = {
            "UA_PUBLIC_URL": "http://127.0.0.1", "UA_WECOM_API_URL": model.url,
            "UA_WECOM_CORP_ID": CORP_ID, "UA_WECOM_AGENT_ID": str(AGENT_ID),
            "UA_WECOM_APP_SECRET": SECRET.get_secret_value(),
            "UA_WECOM_APP_TOKEN": APP_TOKEN, "UA_WECOM_APP_AES_KEY": APP_KEY, "UA_WECOM_BOT_NAME": BOT_NAME,
            "UA_WECOM_BOT_TOKEN": BOT_TOKEN, "UA_WECOM_BOT_AES_KEY": BOT_KEY,
        }  # fmt: skip
        stack = start_stack(data, settings=settings)
        try:
            stack.wait_until(degraded=False)
            database = Database(f"sqlite:///{data / 'database.sqlite3'}")
            ahead = read_clock(data) - datetime.now(UTC)
            yield Called(data, stack.url, stack.process, peer, model, replies, database, ahead)
            database.close()
        finally:
            replies.close()
            assert stack.stop() == 0, stack.log()


def test_a_question_to_the_app_is_answered_by_the_dialogue(called: Called) -> None:
    acknowledged = called.writes("lin")
    assert (acknowledged.status, acknowledged.body) == (200, "")
    sent = called.answer_to("lin")
    (stored,) = called.messages("lin", Sender.BOT)
    assert (stored.decision, stored.intent) == ("answer", "ask_leave")
    assert stored.text in sent.text


def test_a_flow_goes_on_from_message_to_message_in_the_bots_streams(called: Called) -> None:
    _, answered = called.asks("worker", "帮我算一下年休假有几天")
    first = called.finished(answered)["stream"]["content"]
    assert "年" in first
    _, answered = called.asks("worker", "工作12年了")
    told = called.finished(answered)["stream"]["content"]
    assert "10" in told
    rows = soon(lambda: called.rows("worker"), lambda rows: all(row.state == "sent" for row in rows))
    assert {row.remote_id for row in rows} == {
        message.turn_id for message in called.messages("worker", Sender.BOT)
    }


def test_a_question_in_a_group_is_answered_there(called: Called) -> None:
    _, answered = called.asks("member", f"@{BOT_NAME} {QUESTION}", chattype="group", chatid="group-1")
    told = called.finished(answered)["stream"]["content"]
    assert called.messages("member", Sender.BOT)[-1].text in told
