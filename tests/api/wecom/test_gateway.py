"""The model of the platform's gateway, held against the vendor's own client: they understand each other."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.api.wecom.gateway import Gateway
from tests.api.wecom.gateway_rules import BAD_PARAMETER, BAD_REQ_ID, STREAM_EXPIRED, TOO_LATE
from tests.api.wecom.gateway_server import BOT, SECRET
from tests.api.wecom.peer_bot import PeerBot


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


@pytest.fixture
def bot(gateway: Gateway) -> Iterator[PeerBot]:
    with PeerBot(gateway.url, bot_id=BOT, secret=SECRET) as running:
        running.next("authenticated")
        yield running


def test_the_vendors_bot_answers_a_text_with_a_stream(gateway: Gateway, bot: PeerBot) -> None:
    asked = gateway.say("年假有几天", userid="lisi", chatid="group-1")
    assert bot.next("heard") == {
        "what": "heard",
        "text": "年假有几天",
        "userid": "lisi",
        "chatid": "group-1",
    }
    for _ in range(3):
        assert bot.next("acked")["errcode"] == 0
    name = f"stream-of-{asked.msgid}"
    assert gateway.streams() == {name: [("正在查找", False), ("正在查找政策", False), ("aaa", True)]}
    first, *others = gateway.taken("aibot_respond_msg")
    assert first["stream"]["feedback"] == {"id": "feedback-1"}
    assert all("feedback" not in other["stream"] for other in others)


def test_the_vendors_bot_welcomes_sends_a_card_changes_it_and_pushes(gateway: Gateway, bot: PeerBot) -> None:
    gateway.enter()
    assert bot.next("acked") == {"what": "acked", "cmd": "welcome", "errcode": 0}
    gateway.say("卡片")
    assert bot.next("acked") == {"what": "acked", "cmd": "card", "errcode": 0}
    gateway.press("apply", task_id="task-1")
    assert bot.next("acked") == {"what": "acked", "cmd": "update", "errcode": 0}
    gateway.say("推送")
    assert bot.next("acked") == {"what": "acked", "cmd": "push", "errcode": 0}
    gateway.rate("feedback-1", 2)
    assert bot.next("rated")["feedback"] == {"id": "feedback-1", "type": 2}

    assert gateway.taken("aibot_respond_welcome_msg") == [{"msgtype": "text", "text": {"content": "您好"}}]
    assert gateway.taken("aibot_respond_msg")[0]["template_card"]["task_id"] == "task-1"
    assert gateway.taken("aibot_respond_update_msg")[0]["template_card"]["main_title"]["title"] == "已选择"
    assert gateway.taken("aibot_send_msg")[0]["chatid"] == "zhangsan"
    assert gateway.refused() == []


@pytest.mark.parametrize(
    ("text", "errcode"), [("冒名", BAD_REQ_ID), ("太长", BAD_PARAMETER), ("再改", STREAM_EXPIRED)]
)
def test_the_vendors_bot_is_told_what_is_not_taken(
    gateway: Gateway, bot: PeerBot, text: str, errcode: int
) -> None:
    gateway.say(text)
    assert bot.next("not_acked")["errcode"] == errcode


def test_a_stream_can_be_updated_for_a_while_only() -> None:
    with (
        Gateway(stream_seconds=0.2) as gateway,
        PeerBot(gateway.url, bot_id=BOT, secret=SECRET) as bot,
    ):
        bot.next("authenticated")
        gateway.delay(0.15)
        gateway.say("你好")
        assert [bot.next("acked")["errcode"] for _ in range(2)] == [0, 0]
        assert bot.next("not_acked")["errcode"] == STREAM_EXPIRED


def test_a_welcome_comes_too_late_after_a_while() -> None:
    with (
        Gateway(reply_seconds=-1) as gateway,
        PeerBot(gateway.url, bot_id=BOT, secret=SECRET) as bot,
    ):
        bot.next("authenticated")
        gateway.enter()
        assert bot.next("not_acked")["errcode"] == TOO_LATE


def test_a_wrong_secret_is_refused_and_the_vendors_bot_tries_again(gateway: Gateway) -> None:
    with PeerBot(gateway.url, bot_id=BOT, secret="wrong") as bot:
        assert "853000" in bot.next("error")["reason"]
        bot.next("reconnecting")
        bot.next("error")
    assert [item.taken for item in gateway.subscriptions][:2] == [False, False]
    assert gateway.subscribed == 0


def test_a_newer_subscription_kicks_the_older(gateway: Gateway, bot: PeerBot) -> None:
    with PeerBot(gateway.url, bot_id=BOT, secret=SECRET) as newer:
        newer.next("authenticated")
        bot.next("kicked")
        assert gateway.subscribed == 1
        gateway.say("谁在")
        newer.next("heard")


def test_pings_are_acknowledged_and_a_frozen_gateway_acknowledges_none(gateway: Gateway) -> None:
    with PeerBot(gateway.url, bot_id=BOT, secret=SECRET, ping=0.1) as bot:
        bot.next("authenticated")
        assert bot.quiet(0.6), "a bot whose pings are acknowledged stays"
        assert len(gateway.taken("ping")) >= 4
        gateway.freeze()
        bot.next("disconnected")
        bot.next("reconnecting")
        assert gateway.subscribed == 0
        time.sleep(0.2)
        gateway.thaw()
        bot.next("authenticated")


def test_a_closed_and_a_cut_connection_are_both_noticed(gateway: Gateway, bot: PeerBot) -> None:
    gateway.close_connections()
    assert bot.next("disconnected")["reason"] == "going away"
    bot.next("authenticated")
    gateway.cut_connections()
    assert "1006" in bot.next("disconnected")["reason"]
    bot.next("authenticated")


def test_what_comes_while_the_bot_is_away_is_lost_unless_it_is_kept() -> None:
    for keeping in (False, True):
        with Gateway(replay=keeping) as gateway:
            gateway.say("有人吗")
            with PeerBot(gateway.url, bot_id=BOT, secret=SECRET) as bot:
                bot.next("authenticated")
                gateway.say("现在呢")
                assert bot.next("heard")["text"] == ("有人吗" if keeping else "现在呢")


def test_a_command_whose_acknowledgement_never_comes_was_done_all_the_same(
    gateway: Gateway, bot: PeerBot
) -> None:
    gateway.cut_before_ack("aibot_send_msg")
    gateway.say("推送")
    assert bot.next("not_acked")["errcode"] is None
    assert len(gateway.taken("aibot_send_msg")) == 1


def test_a_message_may_be_delivered_twice(gateway: Gateway, bot: PeerBot) -> None:
    twice = gateway.say("你好", copies=2)
    assert [bot.next("heard")["text"] for _ in range(2)] == ["你好", "你好"]
    assert len(set(twice.req_ids)) == 2
